"""`python -m ops route`: what is asked for, and how the answer is told to a person or to a program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from chalicelib.errors import ChannelClosed, LeadmatchError
from chalicelib.routing import Finding
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.verdict.wording import clean, cut
from ops.check.stage import DeployedStage, open_stage
from ops.cli import checked_lead_id, stage_option, wrapped
from ops.config_checks import require_own_names
from ops.errors import OpsError
from ops.remedies import remedy, remedy_for
from ops.route.explain import Explanation, RouteFindings, explain_lead
from ops.slack import MEND_ROUTE, channel_info, channel_label, closed_to_bot

VALUE_LIMIT = 200
UNREADABLE = "The routes cannot be read: every lead's first message goes to LEADMATCH_SLACK_CHANNEL."
WRITE_AGAIN = "Write them again (docs/slack.md): python -m ops provision --stage {stage} --lists lists.json"
TRIAL = "In the trial mode all messages go to the incoming webhook's own channel, whatever the routes say."


@click.command("route")
@click.argument("lead_id", callback=checked_lead_id)
@stage_option("The stage, such as dev or prod.")
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object on stdout.")
@click.option("--region", help="The AWS region; by default the stage's.")
@click.option("--profile", help="The AWS profile; by default the one that is set.")
def route(lead_id: str, stage: str, *, as_object: bool, region: str | None, profile: str | None) -> None:
    """Show which route holds for a lead, and why; nothing is written or posted.

    LEAD_ID is the long number at the end of the lead's address in Zoho. The lead is read and checked as the functions do it. Exit code 0: it
    is known where its message is or goes; 1: it is not, the lead cannot be checked, or the channel is closed; 2: wrong usage.

    \b
    Examples:
      python -m ops route 3652397000007526001 --stage dev
      python -m ops route 3652397000007526001 --stage dev --json
    """  # noqa: D301 - click's mark for lines that stay as they are
    deployed = open_stage(stage, profile=profile, region=region)
    require_own_names(deployed.project, stage)
    try:
        found = Answer(deployed, lead_id, explain_lead(deployed, lead_id), Channels(deployed.slack()))
    except LeadmatchError as error:
        finding = remedy(error, stage)
        raise OpsError(f"Lead {lead_id}: {finding.what}", finding.fix) from None
    if as_object:
        click.echo(json.dumps(found.as_object()))
    else:
        for line in found.lines():
            click.echo(line)
    raise SystemExit(1 if found.problems else 0)


@dataclass(frozen=True, slots=True)
class Channels:
    """Channels as Slack tells of them, each asked for once."""

    slack: SlackBot | SlackWebhook
    seen: dict[str, Mapping[str, Any] | LeadmatchError] = field(default_factory=dict)

    def label(self, channel: str) -> str:
        """Return a channel by its id, and by its name where Slack tells it."""
        about = self._about(channel)
        return channel if isinstance(about, LeadmatchError) else channel_label(channel, about)

    def closed(self, channel: str) -> ChannelClosed | None:
        """Return why the bot may not post there, as far as Slack tells."""
        about = self._about(channel)
        if isinstance(about, LeadmatchError):
            return about if isinstance(about, ChannelClosed) else None
        return closed_to_bot(about)

    def permalink(self, channel: str, ts: str) -> str:
        """Return a message's address; an empty text where Slack does not tell it."""
        try:
            return self.slack.permalink(channel=channel, ts=ts) if ts else ""
        except LeadmatchError:
            return ""

    def _about(self, channel: str) -> Mapping[str, Any] | LeadmatchError:
        if channel not in self.seen:
            self.seen[channel] = self._asked(channel)
        return self.seen[channel]

    def _asked(self, channel: str) -> Mapping[str, Any] | LeadmatchError:
        if isinstance(self.slack, SlackWebhook):
            return {}
        try:
            return channel_info(self.slack, channel)
        except LeadmatchError as error:
            return error


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told of one lead."""

    stage: DeployedStage
    lead_id: str
    found: Explanation
    channels: Channels

    @property
    def channel(self) -> str:
        """Return where a first message would go now; an empty text where none would be posted."""
        settings, action = self.stage.settings, self.found.verdict.action
        if action == "already_converted":
            return ""
        if action == "lead_not_found":
            return settings.operator_channel
        return self.found.first.channel if self.found.first else settings.slack_channel

    @property
    def place(self) -> str:
        """Return where the lead's next message is shown: where one stands that nobody moves, else where a first one goes."""
        shown = self.found.item.shown if self.found.item else None
        return shown.channel if shown and not shown.provisional else self.channel

    @property
    def problems(self) -> list[str]:
        """Return what has to be mended, each with how."""
        found, verdict = [], self.found.verdict
        if verdict.action == "unchecked":
            found.append(
                f"The lead cannot be checked ({verdict.reason}). {remedy_for(verdict.reason, self.stage.name)}"
            )
        if not self.found.are_readable:
            found.append(f"{UNREADABLE} {WRITE_AGAIN.format(stage=self.stage.name)}")
        if closed := self.channels.closed(self.place) if self.place else None:
            found.append(f"Channel {self.place}: {remedy(closed, self.stage.name).what} {MEND_ROUTE}")
        return found

    def lines(self) -> Iterator[str]:
        """Return the lines that a person reads."""
        verdict = self.found.verdict
        yield f"Lead {self.lead_id}, verdict {verdict.action}, confidence {verdict.confidence}."
        for rule in self.found.rules:
            yield from self._rule_lines(rule)
        yield ""
        for text in (self._first_message(), self._standing()):
            yield from wrapped(text) if text else ()
        if isinstance(self.channels.slack, SlackWebhook):
            yield from wrapped(TRIAL)
        for problem in self.problems:
            first, *more = (line for part in problem.splitlines() for line in wrapped(part, indent="  "))
            yield f"{click.style('x', fg='red')} {first.strip()}"
            yield from more

    def _rule_lines(self, rule: RouteFindings) -> Iterator[str]:
        first = self.found.first
        if rule.holds and first is not rule and first is not None:
            word, colour = f"holds as well, after rule {first.number}", "yellow"
        else:
            word, colour = ("holds", "green") if rule.holds else ("does not hold", "bright_black")
        yield ""
        head, *more = wrapped(f"Rule {rule.number} {word}: channel {self.channels.label(rule.channel)}")
        yield head.replace(word, click.style(word, fg=colour), 1)
        yield from more
        for finding in rule.conditions:
            mark = click.style("yes", fg="green") if finding.holds else click.style("no ", fg="bright_black")
            head, *more = wrapped(_condition(finding), indent="      ")
            yield f"  {mark} {head.strip()}"
            yield from more

    def _first_message(self) -> str:
        action, first = self.found.verdict.action, self.found.first
        if action == "already_converted":
            return "The lead is converted: no first message is posted, whatever the rules say."
        if action == "lead_not_found":
            where = self.channels.label(self.channel)
            return f"Zoho does not show the lead: a first message goes to the operator's channel {where}, whatever the rules say."
        why = f"Rule {first.number} decides" if first else "No rule holds"
        return f"{why}: a first message goes to channel {self.channels.label(self.channel)}."

    def _standing(self) -> str:
        shown = self.found.item.shown if self.found.item else None
        if shown is None:
            return "No message about this lead stands in Slack yet."
        where, link = self.channels.label(shown.channel), self.channels.permalink(shown.channel, shown.ts)
        said = f"Its message stands in channel {where}"
        if shown.provisional:
            said += ", provisionally: the next event that sales people can act on is posted where the rules say."
        else:
            said += " and never moves: later events are shown there, whatever the rules say."
        return f"{said} {link}".strip()

    def as_object(self) -> dict[str, Any]:
        """Return the same for a program."""
        shown, first = self.found.item.shown if self.found.item else None, self.found.first
        return {
            "stage": self.stage.name,
            "lead_id": self.lead_id,
            "verdict": self.found.verdict.action,
            "confidence": self.found.verdict.confidence,
            "rules": [_rule_object(rule) for rule in self.found.rules],
            "rule": first.number if first else None,
            "channel": self.channel or None,
            "message": shown and {"channel": shown.channel, "ts": shown.ts, "provisional": shown.provisional},
            "problems": self.problems,
        }


def _condition(finding: Finding) -> str:
    wanted = " or ".join(map(_value, finding.condition.values))
    if finding.found is None:
        return f"{finding.condition.field} is {wanted}; it could not be read"
    found = ", ".join(map(_value, finding.found)) or "empty"
    return f"{finding.condition.field} is {wanted}; it is {found}"


def _value(text: str) -> str:
    """Return a value of the CRM's as a terminal may show it."""
    return cut(clean(text), VALUE_LIMIT)


def _rule_object(rule: RouteFindings) -> dict[str, Any]:
    conditions = [
        {"field": one.condition.field, "values": list(one.condition.values), "found": one.found, "holds": one.holds}
        for one in rule.conditions
    ]
    return {"number": rule.number, "channel": rule.channel, "holds": rule.holds, "conditions": conditions}
