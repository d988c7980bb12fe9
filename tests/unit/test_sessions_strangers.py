"""What stands between a function and the other side has no say: foreign certificates, proxies and files of the environment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from chalicelib.http import AnswerLost, NotSent, exchange
from chalicelib.wiring.clients import fresh_session
from chalicelib.wiring.sessions import open_session
from tests.certificates import HERE, Authority
from tests.local_http import LocalHttp, answer
from tests.unit.zoho_answers import NOW

SESSIONS: dict[str, Callable[[], requests.Session]] = {
    "to Zoho": lambda: open_session(now=lambda: NOW),
    "to Slack": fresh_session,
}
EACH = pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
TOKEN = {"Authorization": "Zoho-oauthtoken secret"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority"))


def ask(session: Callable[[], requests.Session], url: str, *, trusted: Authority | None = None) -> bytes:
    """Ask with a token, in a session that trusts one authority more if need be."""
    with session() as opened:
        if trusted:
            opened.verify = str(trusted.path)
        return exchange(opened, "GET", url, read_seconds=5, headers=TOKEN).body


@EACH
def test_a_server_with_a_foreign_certificate_learns_nothing(
    authority: Authority, session: Callable[[], requests.Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when a file that the environment names would make it a good one."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(authority.path))
    with LocalHttp(answer(200, b"{}"), tls=authority.serves("foreign")) as server:
        with pytest.raises((NotSent, AnswerLost)):
            ask(session, server.url)
        assert server.seen == []


@EACH
def test_a_server_with_a_good_certificate_is_answered(
    authority: Authority, session: Callable[[], requests.Session]
) -> None:
    """The other tests can fail: what they see refused is the certificate."""
    with LocalHttp(answer(200, b"{}"), tls=authority.serves("good")) as server:
        assert ask(session, server.url, trusted=authority) == b"{}"


@EACH
@pytest.mark.parametrize(
    "wrong", [{"valid_for": timedelta(days=-1)}, {"address": "127.0.0.2"}], ids=["old", "another's"]
)
def test_a_certificate_that_is_over_or_another_s_is_refused(
    authority: Authority, session: Callable[[], requests.Session], wrong: dict[str, object]
) -> None:
    """Though a good authority signed it."""
    with LocalHttp(answer(200, b"{}"), tls=authority.serves("wrong", **wrong)) as server:  # type: ignore[arg-type] # one of two
        with pytest.raises((NotSent, AnswerLost)):
            ask(session, server.url, trusted=authority)
        assert server.seen == []


@EACH
@pytest.mark.parametrize("spelling", [str.upper, str.lower], ids=["upper case", "lower case"])
def test_a_proxy_of_the_environment_is_not_asked(
    session: Callable[[], requests.Session], spelling: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would see every lead; whoever can set a function's variables should not get tokens by that."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with LocalHttp(answer(200, b"proxy")) as proxy, LocalHttp(answer(200, b"server")) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(spelling(name), proxy.url)
        assert ask(session, server.url) == b"server"
        assert proxy.seen == []


@EACH
def test_a_netrc_file_gives_no_password_away(
    session: Callable[[], requests.Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it take the place of a token."""
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HERE} login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with LocalHttp(answer(200, b"{}")) as server:
        ask(session, server.url)
        assert [seen.headers.get("authorization") for seen in server.seen] == [TOKEN["Authorization"]]
