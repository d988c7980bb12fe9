"""What of the process a test may not leave behind."""

from __future__ import annotations

import logging
import os

import pytest

from chalicelib.slack import pace
from tests.process import Process

CHANGES = {
    "environment LEADMATCH_STAGE": lambda: os.environ.update(LEADMATCH_STAGE="of-this-test"),
    "environment HOME": lambda: os.environ.pop("HOME"),
    "folder": lambda: os.chdir("/"),
    "logger leadmatch": lambda: logging.getLogger("leadmatch").addHandler(logging.NullHandler()),
    "logger ": lambda: logging.getLogger().setLevel(logging.CRITICAL),
    "chalicelib.slack.pace.SECONDS_BETWEEN_POSTS": lambda: setattr(pace, "SECONDS_BETWEEN_POSTS", 0.0),
}


@pytest.mark.parametrize(("name", "change"), CHANGES.items(), ids=CHANGES)
def test_what_is_different_is_named_and_put_back(name: str, change) -> None:
    """The fixture of every test fails with the name."""
    before = Process()
    change()
    assert before.restore() == [name]
    assert before.restore() == []
