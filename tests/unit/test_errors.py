"""The error tree: what its docstring draws is what the code has."""

from __future__ import annotations

import re

from chalicelib import errors
from chalicelib.errors import CallRefused, LeadmatchError, Permanent, Retryable


def test_the_drawing_names_every_error_under_its_parent() -> None:
    """A reader may trust the picture."""
    drawn, parents = {}, {0: "LeadmatchError"}
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"([│ ]*)[├└]── (\w+)", line):
            depth = len(found[1]) // 4 + 1
            drawn[found[2]] = parents[depth - 1]
            parents[depth] = found[2]
    real = {
        name: value.__mro__[1].__name__
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, LeadmatchError) and value is not LeadmatchError
    }
    assert drawn == real


def test_every_error_is_either_tried_again_or_not() -> None:
    """Except a refused call, which is answered."""
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, LeadmatchError) and value not in (LeadmatchError, CallRefused):
            assert issubclass(value, Retryable) != issubclass(value, Permanent)
