"""What a probe finds: facts, warnings and troubles, each of the last two with its remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["ok", "failed", "not run"]
Value = str | float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or may be, and what to do about it; a line that begins with a command is to be pasted."""

    what: str
    fix: str


@dataclass(slots=True)
class Findings:
    """One probe's findings; `say` shows a person what is going on meanwhile."""

    say: Callable[[str], None] = lambda _: None
    facts: list[str] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    troubles: list[Finding] = field(default_factory=list)  # a key of `check --json`
    values: dict[str, Value] = field(default_factory=dict)

    def fact(self, text: str) -> None:
        """Note what is as it should be."""
        self.facts.append(text)

    def warn(self, what: str, fix: str) -> None:
        """Note what a person should look at, although the stage works."""
        self.warnings.append(Finding(what, fix))

    def problem(self, what: str, fix: str) -> None:
        """Note what keeps the stage from working."""
        self.troubles.append(Finding(what, fix))


@dataclass(frozen=True, slots=True)
class Result:
    """One probe's end."""

    name: str
    status: Status
    seconds: float
    findings: Findings
