"""What the product would decide about one lead's channel now, read as check reads it; nothing is written, queued or posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.stage_lists import StageLists, read_lists
from chalicelib.events import LeadEvent
from chalicelib.routing import Finding, Route, explain, holds
from chalicelib.steps.check import GiveUpPolicy, Waited, judge
from chalicelib.timing import ZOHO_LOOKUP_SECONDS
from chalicelib.verdict.model import Lead, Verdict
from chalicelib.wiring.clients import new_id, utc_now
from chalicelib.zoho.lookup import look_up
from ops.check.stage import DeployedStage
from ops.stage import LedgerTable


@dataclass(frozen=True, slots=True)
class RouteFindings:
    """One rule: what was found of each of its conditions, and whether all of them hold."""

    number: int
    channel: str
    conditions: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Return whether the rule holds."""
        return holds(self.conditions)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The rules in order, the verdict that they were asked about, and the lead's item; `are_readable` is about the rules."""

    verdict: Verdict
    rules: tuple[RouteFindings, ...]
    item: LedgerItem | None
    are_readable: bool

    @property
    def first(self) -> RouteFindings | None:
        """Return the first rule that holds."""
        return next((rule for rule in self.rules if rule.holds), None)


def explain_lead(stage: DeployedStage, lead_id: str) -> Explanation:
    """Ask Zoho about the lead as check does, and go through the stage's rules.

    Raises `LeadmatchError` while Zoho gives no answer that check would take.
    """
    unreadable: list[str] = []
    table = LedgerTable(stage.account.session.client("dynamodb"), stage.name)
    lists = read_lists(table.lists(), warn=unreadable.append)
    lead, verdict = _judged(stage, lead_id, lists)
    item = stage.wiring.ledger.read(lead_id)
    return Explanation(verdict, _rules(lists.routes, lead, verdict), item, "routes" not in unreadable)


def _judged(stage: DeployedStage, lead_id: str, lists: StageLists) -> tuple[Lead | None, Verdict]:
    """Return the lead and the verdict that check would reach at its first attempt."""
    result = look_up(stage.zoho(), lead_id=lead_id, seconds=ZOHO_LOOKUP_SECONDS)
    event = LeadEvent(lead_id, new_id(), utc_now(), "check")
    return result.lead, judge(result, event, give_up_policy=GiveUpPolicy(), waited=Waited(0.0, 0.0), lists=lists)


def _rules(routes: Sequence[Route], lead: Lead | None, verdict: Verdict) -> tuple[RouteFindings, ...]:
    return tuple(
        RouteFindings(number, route.channel, explain(route, lead, verdict)) for number, route in enumerate(routes, 1)
    )
