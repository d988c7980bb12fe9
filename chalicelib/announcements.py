"""What a channel is told though it is about no lead: an outage of Zoho, and a trouble that only a person can cure. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.events import read_time, time_text


@dataclass(frozen=True, slots=True)
class Outage:
    """Zoho does not answer; `waiting` counts the leads. At its end either Zoho `answered`, or no lead waits any more."""

    since: datetime
    waiting: int
    as_of: datetime
    is_over: bool = False
    answered: bool = False

    def to_json(self) -> str:
        """Give the ledger's form."""
        times = {"since": time_text(self.since), "as_of": time_text(self.as_of)}
        return json.dumps({**times, "waiting": self.waiting, "is_over": self.is_over, "answered": self.answered})

    @classmethod
    def from_json(cls, text: str) -> Outage:
        """Read the ledger's form."""
        fields: Mapping[str, Any] = json.loads(text)
        return cls(
            since=read_time(fields["since"]),
            waiting=int(fields["waiting"]),
            as_of=read_time(fields["as_of"]),
            is_over=bool(fields["is_over"]),
            answered=bool(fields["answered"]),
        )


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happened, in a sentence or two, and what a person has to do about it, step by step; nothing when it `is_over`."""

    happened: str
    steps: tuple[str, ...]
    is_over: bool = False

    def to_json(self) -> str:
        """Give the ledger's form."""
        return json.dumps({"happened": self.happened, "steps": self.steps, "is_over": self.is_over})

    @classmethod
    def from_json(cls, text: str) -> Trouble:
        """Read the ledger's form."""
        fields: Mapping[str, Any] = json.loads(text)
        return cls(str(fields["happened"]), tuple(map(str, fields["steps"])), bool(fields.get("is_over")))
