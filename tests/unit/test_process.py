"""What of the process a test may not leave behind."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

import pytest

from chalicelib import timing
from tests.process import Process

CHANGES = {
    "environment LEADMATCH_STAGE": lambda: os.environ.update(LEADMATCH_STAGE="of-this-test"),
    "environment HOME": lambda: os.environ.pop("HOME"),
    "folder": lambda: os.chdir("/"),
    "logger leadmatch": lambda: logging.getLogger("leadmatch").addHandler(logging.NullHandler()),
    "logger ": lambda: logging.getLogger().setLevel(logging.CRITICAL),
    "chalicelib.timing.BETWEEN_POSTS_SECONDS": lambda: setattr(timing, "BETWEEN_POSTS_SECONDS", 0.0),
}


@pytest.mark.parametrize(("name", "change"), CHANGES.items(), ids=CHANGES)
@pytest.mark.parametrize("stage_is_set", [True, False])
def test_what_is_different_is_named_and_put_back(
    monkeypatch: pytest.MonkeyPatch, name: str, change: Callable[[], object], *, stage_is_set: bool
) -> None:
    """The fixture of every test fails with the name, once, whether what was changed had been there or not."""
    monkeypatch.delenv("LEADMATCH_STAGE", raising=False)
    if stage_is_set:
        monkeypatch.setenv("LEADMATCH_STAGE", "before")
    before = Process()
    change()
    assert before.restore() == [name]
    assert before.restore() == []
