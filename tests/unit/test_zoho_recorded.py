"""Every recorded Zoho answer, served over HTTP, means what stands under its name in `expected/`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.zoho_answers import READERS, expected_path, outcome, recorded

FILES = [pytest.param(kind, path, id=f"{kind}/{path.name}") for kind in READERS for path in recorded(kind)]


@pytest.mark.parametrize(("kind", "path"), FILES)
def test_a_recorded_answer_means_what_is_expected(kind: str, path: Path) -> None:
    """Options, leads, tokens and every documented error."""
    assert outcome(kind, path) == json.loads(expected_path(path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", READERS)
def test_nothing_is_expected_of_files_that_are_gone(kind: str) -> None:
    """Answers and expectations come in pairs."""
    expected = {expected_path(path) for path in recorded(kind)}
    assert expected == set(next(iter(expected)).parent.iterdir())
