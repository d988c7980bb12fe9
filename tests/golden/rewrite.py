"""Rewrites the golden messages, docs/events, the events' schemas and the counts of docs/stand-ins.md from today's code: `python -m tests.golden.rewrite`, then read the diff."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from chalicelib.match_event import Match
from chalicelib.slack.message import SlackMessage, render
from tests.golden import announcements, converted, events, schema, stand_ins
from tests.golden.cases import CASES

FOLDER = Path(__file__).parent


def golden(match: Match) -> dict[str, object]:
    """Return a match's message as it is compared and written."""
    return written(render(match))


def written(message: SlackMessage) -> dict[str, object]:
    """Return a message as it is compared and written."""
    return {"text": message.text, "blocks": list(message.blocks)}


def rewrite() -> None:
    """Write every case, and delete the files of cases that are gone."""
    _rewrite(FOLDER, {name: golden(match) for name, match in CASES.items()})
    _rewrite(announcements.FOLDER, {name: written(one) for name, one in announcements.ANNOUNCEMENTS.items()})
    _rewrite(events.FOLDER, {name: events.event_of(name) for name in events.EXAMPLES})
    _write(schema.FILE, schema.match_event_schema())
    _write(schema.CONVERTED_FILE, schema.converted_event_schema())
    _write(converted.FILE, converted.example())
    stand_ins.FILE.write_text(stand_ins.page(), encoding="utf-8")


def _rewrite(folder: Path, cases: Mapping[str, object]) -> None:
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*.json"):
        if file.stem not in cases:
            file.unlink()
    for name, case in cases.items():
        _write(folder / f"{name}.json", case)


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    rewrite()
