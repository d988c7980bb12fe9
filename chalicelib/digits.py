"""Texts from outside that are to be a number or an id: how they may look before anybody reads them as one."""

from __future__ import annotations


def is_digits(text: str, *, most: int) -> bool:
    """Tell whether a text is ASCII digits, one at least and so many at most: `isdigit` takes other scripts' and ², too."""
    return text.isascii() and text.isdigit() and len(text) <= most
