"""The file of `provision --lists`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.errors import OpsError
from ops.provision.settings import lists_from_file


@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "byte_order_mark"])
def test_the_lists_are_read(tmp_path: Path, start: str) -> None:
    """As JSON, also as Windows writes it."""
    path = tmp_path / "lists.json"
    path.write_text(start + '{"placeholders": ["Acme Bot GmbH", "Größe AG"]}', encoding="utf-8")
    assert lists_from_file(path) == {"placeholders": ["Acme Bot GmbH", "Größe AG"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not JSON"),
        (b"Acme Bot GmbH", "is not JSON"),
        (b'["Acme"]', "is not a JSON object"),
        ('{"placeholders": ["Größe"]}'.encode("latin-1"), "is not UTF-8 text"),
        (b'{"placeholder": ["x"]}', 'lists.json: "placeholder" is not a list that leadmatch knows'),
        (b"{}", "contains no list"),
        (b'{"placeholders": ["A"], "placeholders": ["B"]}', "lists.json: placeholders is there 2 times"),
        (b'{"placeholders": [7]}', 'lists.json: "placeholders", entry 1: it is not a text.'),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """With what is wrong and where."""
    path = tmp_path / "lists.json"
    path.write_bytes(content)
    with pytest.raises(OpsError) as caught:
        lists_from_file(path)
    assert said in caught.value.message


def test_several_complaints_stand_one_a_line(tmp_path: Path) -> None:
    """So that one run shows them all."""
    path = tmp_path / "lists.json"
    path.write_text('{"placeholders": ["", 7], "route": []}')
    with pytest.raises(OpsError) as caught:
        lists_from_file(path)
    assert len(caught.value.message.splitlines()) == 4
