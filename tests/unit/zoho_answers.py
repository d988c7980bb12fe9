"""The recorded Zoho answers and what is expected of them; run as a program, it writes what is expected of new files."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from chalicelib.errors import LeadmatchError, Retryable
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.oauth import AccessToken, ZohoClientCredentials, refresh
from tests.local_http import LocalHttp, answer

FOLDER = Path(__file__).parents[1] / "answers" / "zoho"
LEAD_ID = "7110000000000204017"
NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
TOKEN = AccessToken("1000.token-of-the-tests", "https://www.zohoapis.com", NOW)
ACCOUNTS = "https://accounts.zoho.com"
CREDENTIALS = ZohoClientCredentials("1000.CLIENT", "client-secret-text", "1000.refresh-token-text", ACCOUNTS)


class Tokens:
    """Gives the same token always and remembers which ones were refused."""

    def __init__(self, *tokens: AccessToken) -> None:
        self.tokens = list(tokens or (TOKEN,))
        self.refused: list[str] = []

    def get(self, *, refused: AccessToken | None = None) -> AccessToken:
        """Return the next token once one is refused."""
        if refused:
            self.refused.append(refused.value)
        return self.tokens[min(len(self.refused), len(self.tokens) - 1)]


def recorded(kind: str) -> list[Path]:
    """Return the answers of one folder."""
    return sorted(path for path in (FOLDER / kind).iterdir() if path.suffix in (".json", ".html"))


def expected_path(path: Path) -> Path:
    """Return the file that says what is expected."""
    return path.parent / "expected" / f"{path.stem}.json"


def outcome(kind: str, path: Path) -> Any:
    """Serve the answer over HTTP, let leadmatch read it, and give what came of it as JSON values."""
    with LocalHttp(answer(int(path.name[:3]), path.read_bytes())) as server, requests.Session() as session:
        session.trust_env = False
        try:
            result = READERS[kind](session, server.url)
        except LeadmatchError as error:
            later = error.retry_after_seconds if isinstance(error, Retryable) else None
            return {"error": type(error).__name__, "reason": error.reason, "retry_after_seconds": later}
    return json.loads(json.dumps(result and dataclasses.asdict(result), default=str))


def client(session: requests.Session, url: str, *, tokens: Tokens | None = None) -> ZohoClient:
    """Build a client of a local server."""
    return ZohoClient(tokens=tokens or Tokens(), session=lambda: session, api_version="v7", api_url=url)


READERS: dict[str, Callable[[requests.Session, str], Any]] = {
    "": lambda session, url: client(session, url).conversion_options(lead_id=LEAD_ID),
    "lead": lambda session, url: client(session, url).lead(lead_id=LEAD_ID),
    "token": lambda session, url: refresh(session, replace(CREDENTIALS, accounts_url=url), now=lambda: NOW),
}


def main() -> None:
    """Write what is expected of each answer that has no expectation yet."""
    for kind in READERS:
        for path in recorded(kind):
            target = expected_path(path)
            if not target.exists():
                text = json.dumps(outcome(kind, path), indent=2, ensure_ascii=False)
                target.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
