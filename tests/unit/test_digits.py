"""What counts as digits when strangers send them."""

from __future__ import annotations

import pytest

from chalicelib.digits import is_digits


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
