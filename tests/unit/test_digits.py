"""What counts as digits when strangers send them."""

from __future__ import annotations

import pytest

from chalicelib.digits import is_digits, means_nothing


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("0", True),
        ("0042", True),
        ("00042", False),
        ("", False),
        ("4.2", False),
        ("-1", False),
        ("²", False),
        ("٣", False),
    ],
)
def test_digits_are_ascii_and_no_more_than_asked_for(text: str, *, good: bool) -> None:
    """What Python would read beyond them, int() refuses or reads as something else."""
    assert is_digits(text, most=4) is good


@pytest.mark.parametrize("text", ["", " ", "null", "NULL", "None", "undefined", " nil "])
def test_nothing_is_known_in_every_spelling(text: str) -> None:
    """As programs of several languages write it."""
    assert means_nothing(text)
    assert not means_nothing(f"{text}x" if text.strip() else "0")
