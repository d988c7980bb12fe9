"""Texts from outside: how what is to be a number or an id may look before anybody reads it as one, and what stands for nothing."""

from __future__ import annotations

NOTHING = ("", "null", "undefined", "none", "nil")


def is_digits(text: str, *, most: int) -> bool:
    """Return whether a text is ASCII digits, one at least and so many at most: `isdigit` takes other scripts' and ², too."""
    return text.isascii() and text.isdigit() and len(text) <= most


def means_nothing(text: str) -> bool:
    """Return whether a text is how programs write that there is no value, in any capitals."""
    return text.strip().lower() in NOTHING
