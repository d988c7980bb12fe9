"""Reads the tables of `slack.toml` and `zoho.toml`: what a page says of a call, and how the stand-in is made to do it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FOLDER = Path(__file__).parent
ON_DEMAND = "on demand"
KINDS = ("error", "argument", "limit", "rate", "answer")
_NOT_NEEDED = "not needed: "
_SILENT = "the vendor does not say"
_RECORDED = "recorded: "


class Source(StrEnum):
    """Where a row is from."""

    PAGE = "page"
    RECORDED = "recorded"
    """Known from answers that were seen, from Zoho's own samples or reports of others, and on no page that was read."""
    NONE = "unknown"
    """The stand-in has to do something, and no page says what Zoho or Slack does."""


@dataclass(frozen=True, slots=True)
class Row:
    """One statement about a call, and what the stand-in does about it."""

    call: str
    kind: str
    name: str
    says: str
    does: str
    """The name of a cause or a check of the walk, `on demand` for an answer that a test plans, or `not needed: ` and the reason."""

    @property
    def source(self) -> Source:
        """Where the statement is from."""
        if self.says.startswith(_SILENT):
            return Source.NONE
        return Source.RECORDED if self.says.startswith(_RECORDED) else Source.PAGE

    @property
    def is_needed(self) -> bool:
        """Whether the stand-in does it."""
        return not self.does.startswith(_NOT_NEEDED)

    def __str__(self) -> str:
        return f"{self.call} {self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Call:
    """A call with its page and its rows."""

    name: str
    page: str
    rows: Sequence[Row]

    def names(self, kind: str) -> set[str]:
        """Return the names of its rows of one kind, such as the codes of its errors."""
        return {row.name for row in self.rows if row.kind == kind}


def calls(vendor: str) -> Mapping[str, Call]:
    """Return a vendor's calls by name."""
    tables = tomllib.loads((FOLDER / f"{vendor}.toml").read_text(encoding="utf-8"))
    return {name: Call(name, str(table.pop("page")), _rows(name, table)) for name, table in tables.items()}


def rows(vendor: str) -> list[Row]:
    """Return all rows of a vendor that its stand-in does."""
    return [row for call in calls(vendor).values() for row in call.rows if row.is_needed]


def _rows(call: str, table: Mapping[str, Mapping[str, Sequence[str]]]) -> list[Row]:
    return [Row(call, kind, name, says, does) for kind, named in table.items() for name, (says, does) in named.items()]
