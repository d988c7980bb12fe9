"""A file becomes what Zoho answers in the demo: its status, its body, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from sandbox.own_answer import scene_of_file
from sandbox.scenes import Stage
from sandbox.zoho.crm import Crm
from sandbox.zoho.faults import Answer

OPTIONS = '{"__conversion_options": {"Accounts": null}}'


class Zoho:
    """Keeps the answer that it is to give."""

    answer: Answer

    def on(self, _call: str, answer: Answer, *, lead_id: str) -> None:
        """Keep it."""
        assert lead_id
        self.answer = answer


def answered(folder: Path, name: str, content: bytes) -> tuple[Answer, str]:
    """Return what Zoho answers for a file, and what the demo says of it."""
    (path := folder / name).write_bytes(content)
    scene, zoho = scene_of_file(path), Zoho()
    scene.build(Stage(Crm(), zoho))  # type: ignore[arg-type]
    return zoho.answer, scene.about


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("answer.json", OPTIONS, 200),
        ("answer.json", '{"code": "NOT_APPROVED"}', 400),
        ("401_x.json", '{"code": "INVALID_TOKEN"}', 401),
        ("503_busy.json", "<html>Busy</html>", 503),
        ("429.html", "slow down", 429),
        ("302-moved.html", "", 302),
        ("page.html", "<html>Sign in</html>", 200),
        ("answer.json", "", 204),
        ("answer.json", " \r\n ", 204),
        ("503_empty.json", "", 503),
        ("2024.json", OPTIONS, 200),
        ("list.json", "[]", 200),
    ],
)
def test_the_status_is_the_file_s_name_s_or_follows_from_its_content(
    tmp_path: Path, name: str, content: str, status: int
) -> None:
    """204 for an empty file, 400 for an error, else 200, and the demo says which."""
    answer, about = answered(tmp_path, name, content.encode())
    assert answer.status == status
    assert about.startswith(f"Zoho answers HTTP {status}, ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_is_read_in_every_encoding_and_behind_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    """Windows writes them."""
    answer, about = answered(tmp_path, "answer.json", OPTIONS.encode(encoding))
    assert (answer.status, answer.body) == (200, {"__conversion_options": {"Accounts": None}})
    assert "not JSON" not in about


@pytest.mark.parametrize(
    ("content", "text", "said"),
    [
        (b"<html>", "<html>", ", which is not JSON"),
        (b"\xef\xbb\xbfplain", "plain", ", which is not JSON"),
        (b'{"a": 1,}', '{"a": 1,}', ", which is not JSON: "),
        (b"caf\xe9", "caf\ufffd", ", which is not JSON"),
        (b"[" * 100_000, "[" * 100_000, ", which is not JSON"),
    ],
    ids=["HTML", "a byte-order mark before text", "a comma too much", "no UTF-8", "too deep"],
)
def test_what_is_no_json_is_sent_as_it_is_and_said_to_be_none(
    tmp_path: Path, content: bytes, text: str, said: str
) -> None:
    """The place is named where JSON was meant."""
    answer, about = answered(tmp_path, "answer.json", content)
    assert answer.body == text
    assert about.partition("answer.json")[2].startswith(said)


@pytest.mark.parametrize("name", ["204_x.json", "304_x.json", "304_x.txt", "205_x.html"])
@pytest.mark.parametrize("content", [OPTIONS, "<html>", ""])
def test_an_answer_without_a_body_has_none_and_is_said_to_have_none(tmp_path: Path, name: str, content: str) -> None:
    """HTTP allows them none."""
    answer, about = answered(tmp_path, name, content.encode())
    assert answer.body is None
    assert about.startswith(f"Zoho answers HTTP {name[:3]}, without ")
    assert name in about
    assert "JSON" not in about.replace(name, "")


@pytest.mark.parametrize("name", ["999_x.json", "100_x.json", "000.json"])
def test_a_file_named_by_no_status_of_an_answer_is_refused(tmp_path: Path, name: str) -> None:
    """No server answers 999, and 100 is no answer yet."""
    with pytest.raises(click.ClickException, match="which is no HTTP status of an answer"):
        answered(tmp_path, name, b"{}")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\x85", "\u2028", "\x0b"])
def test_a_name_stays_on_its_line(tmp_path: Path, end: str) -> None:
    """The demo's heading is one line, and so is what it says of a file that is not there."""
    _, about = answered(tmp_path, f"my{end}answer.json", OPTIONS.encode())
    assert len(about.splitlines()) == 1
    with pytest.raises(click.ClickException) as raised:
        scene_of_file(tmp_path / f"gone{end}away.json")
    assert len(raised.value.message.splitlines()) == 1


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Neither where the demo names the file nor where it refuses it."""
    _, about = answered(tmp_path, "a\x1b[31m\u202e.json", OPTIONS.encode())
    assert about.endswith("with a[31m.json")
    with pytest.raises(click.ClickException) as raised:
        scene_of_file(tmp_path / "gone\x1b[31m.json")
    assert "\x1b" not in raised.value.message
