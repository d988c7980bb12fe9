"""Rewrites the golden messages from today's code: `python -m tests.golden.rewrite`, then read the diff."""

from __future__ import annotations

import json
from pathlib import Path

from chalicelib.match_event import Match
from chalicelib.slack.message import render
from tests.golden.cases import CASES

FOLDER = Path(__file__).parent


def golden(match: Match) -> dict[str, object]:
    """Give a match's message as it is compared and written."""
    message = render(match)
    return {"text": message.text, "blocks": list(message.blocks)}


def rewrite() -> None:
    """Write every case, and delete the files of cases that are gone."""
    for file in FOLDER.glob("*.json"):
        if file.stem not in CASES:
            file.unlink()
    for name, match in CASES.items():
        text = json.dumps(golden(match), indent=2, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    rewrite()
