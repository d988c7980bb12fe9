"""Which channel a lead's first message goes to: rules that people keep, of which the first that holds decides. Pure.

docs/slack.md says how people write them. `ops route` shows the same for one lead, rule by rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from chalicelib.qualification import comparable

if TYPE_CHECKING:  # act and refresh read the stage's lists as well, and need no verdict
    from chalicelib.verdict.model import Lead, Verdict

CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{6,20}")
"""Slack's id of a public or private channel."""
VERDICT, CONFIDENCE, OWNER, QUALIFYING = "verdict", "confidence", "owner", "qualifying"
TEXTS = ("source", "status", "company", "name", "email", "phone", "website")
"""The lead's plain fields, by their names in `Lead`."""
FIELDS = (OWNER, "source", VERDICT, CONFIDENCE, *TEXTS[1:], QUALIFYING)
"""What a condition may be about. `qualifying` is what stands in the field that LEADMATCH_QUALIFIED names."""
UNROUTED = ("lead_not_found", "already_converted")
"""The verdicts that no rule decides about: the operator hears of the first, and of the second nobody unless a message stands."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where one of the values stands in the field, whatever its capitals and blanks."""

    field: str
    values: tuple[str, ...]

    @property
    def wanted(self) -> frozenset[str]:
        """Return the values in the form in which they are compared."""
        return frozenset(map(comparable, self.values))


@dataclass(frozen=True, slots=True)
class Route:
    """Holds where all of its conditions do."""

    conditions: tuple[Condition, ...]
    channel: str

    def always_follows(self, other: Route) -> bool:
        """Return whether this rule holds wherever the other one does."""
        others = {condition.field: condition.wanted for condition in other.conditions}
        return all(one.field in others and others[one.field] <= one.wanted for one in self.conditions)


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a condition held; `found` is what stands in the field, None when the lead, or the field, could not be read."""

    condition: Condition
    found: tuple[str, ...] | None
    holds: bool


def channel_for(lead: Lead | None, verdict: Verdict, routes: Iterable[Route]) -> str:
    """Return the channel of the first rule that holds; an empty text when none does."""
    return next((route.channel for route in routes if holds(explain(route, lead, verdict))), "")


def explain(route: Route, lead: Lead | None, verdict: Verdict) -> tuple[Finding, ...]:
    """Return of each condition what stands in the field, and whether it holds."""
    return tuple(_finding(condition, values_of(condition.field, lead, verdict)) for condition in route.conditions)


def holds(findings: Sequence[Finding]) -> bool:
    """Return whether a rule holds of whose conditions this was found."""
    return all(finding.holds for finding in findings)


def values_of(field: str, lead: Lead | None, verdict: Verdict) -> tuple[str, ...] | None:
    """Return what a condition about the field is compared with; None when it could not be read."""
    if field in (VERDICT, CONFIDENCE):
        return (verdict.action if field == VERDICT else verdict.confidence,)
    if lead is None:
        return None
    if field == QUALIFYING:
        return lead.qualifying
    if field == OWNER:
        owner = lead.owner
        return tuple(filter(None, (owner.email, owner.name, owner.id))) if owner else ()
    text: str = getattr(lead, field)
    return (text,) if text else ()


def read_route(rule: Mapping[str, Any]) -> Route:
    """Read a rule that nothing is wrong with: {"when": {field: value or list of values}, "channel": id}."""
    conditions = (Condition(field, _texts(values)) for field, values in rule["when"].items())
    return Route(tuple(conditions), rule["channel"].strip())


def write_route(route: Route) -> dict[str, Any]:
    """Return a rule in its written form, each condition with a list."""
    return {"when": {one.field: list(one.values) for one in route.conditions}, "channel": route.channel}


def unknown_words(field: str, values: Iterable[str]) -> Iterator[str]:
    """Say of each verdict or confidence that leadmatch does not know that it is none; a condition about it would never hold."""
    from chalicelib.verdict.model import Action, Confidence

    known = {VERDICT: get_args(Action), CONFIDENCE: get_args(Confidence)}.get(field)
    for value in values if known else ():
        if known and comparable(value) not in known:
            yield f'"{value}" is not a {field}. Known are: {", ".join(known)}'


def idle(routes: Sequence[Route]) -> Iterator[tuple[int, str]]:
    """Yield the number of each rule that can never decide, and why."""
    for at, route in enumerate(routes):
        verdicts = next((one.wanted for one in route.conditions if one.field == VERDICT), frozenset())
        before = next((number for number, one in enumerate(routes[:at], 1) if one.always_follows(route)), 0)
        if before:
            yield at + 1, f"rule {before} holds wherever it does"
        elif verdicts and verdicts <= {*UNROUTED}:
            yield at + 1, f"no rule decides where leads with the verdict {' or '.join(sorted(verdicts))} are shown"


def _finding(condition: Condition, found: tuple[str, ...] | None) -> Finding:
    return Finding(condition, found, not condition.wanted.isdisjoint(map(comparable, found or ())))


def _texts(values: Any) -> tuple[str, ...]:
    listed = [values] if isinstance(values, str) else values
    return tuple(dict.fromkeys(value.strip() for value in listed))
