"""What follows from a click in Slack: the form opens, follows what is chosen, and is queued when it is submitted.

Everything is answered from one read of the ledger and, at the most, what Slack says of the person; Zoho is not asked. A form that is
delivered twice is one click, by the id of its view and of the state that it was submitted in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib import match_event
from chalicelib.aws.conversions import ConversionContext
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Message, Outbox
from chalicelib.conversion import Click, ClickKind, Person, Wanted, click_id
from chalicelib.errors import (
    AwsUnavailable,
    LeadmatchError,
    SlackRefused,
    TriggerExpired,
    TriggerUsed,
)
from chalicelib.events import LeadEvent
from chalicelib.slack import modal
from chalicelib.slack.actions import CHECK_AGAIN, CONVERT, DISMISS
from chalicelib.slack.form import Form, Mistakes, NotOffered, read_choices, read_dismissal, read_submission
from chalicelib.slack.interactions import Interaction, Target, View, read_target
from chalicelib.slack.outcomes import about_lead
from chalicelib.slack.people import OBJECTIONS, SlackUser, may_by_list, objection, refusal_at_opening
from chalicelib.steps.results import HttpReply

STRANGER, NOT_KNOWN = "slack_user_is_stranger", "slack_user_not_known"
TITLES = {CONVERT: "Convert lead", DISMISS: "Dismiss lead"}

CHECKING = "Checking this lead again. Its message will say what was found."
CHECKED = "This lead was checked again since. Its newest message says what was found."
FORGOTTEN = "leadmatch does not remember this lead any more. Open it in Zoho."
NOT_READ = "leadmatch could not read this lead just now. Click again in a minute."
NOT_OPENED = "Slack did not open the form. Open the lead in Zoho and convert it there."
NOT_TAKEN = "leadmatch could not take this just now. Submit it again in a minute."
NOT_OFFERED = "Nothing was done: the form asked for something that it does not offer. Close it, and click again."
CONVERTS = "<@{who}> is converting this lead just now. Its message will say what came of it."
DISMISSED = "<@{who}> dismissed this lead. Click Check again in its message to open it again."
CONVERTED = "This lead is converted already. Its message says into what."


class InteractiveSlack(Protocol):
    """What act asks of Slack while a person waits."""

    def open_view(self, *, trigger_id: str, view: Mapping[str, Any]) -> None: ...
    def update_view(self, *, view_id: str, view: Mapping[str, Any], view_hash: str = "") -> None: ...
    def user(self, user_id: str) -> SlackUser: ...
    def group_members(self, group_id: str) -> frozenset[str]: ...
    def respond(self, response_url: str, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Seen:
    """A lead as the ledger has it, and the form that follows from that."""

    context: ConversionContext
    lead: LedgerItem
    form: Form

    @property
    def closed(self) -> tuple[str, str]:
        """Why nobody can act on the lead now, as a machine word and in words; two empty texts where somebody can."""
        conversion, decision = self.context.conversion, self.lead.current_decision
        converts = (
            conversion.click.person.user_id if conversion and conversion.is_under_way and conversion.click else ""
        )
        if decision and decision.state == "converting":
            converts = converts or decision.by
        if converts:
            return "lead_being_converted", CONVERTS.format(who=converts)
        if (conversion and conversion.state == "CONVERTED") or (decision and decision.state == "converted"):
            return "lead_converted", CONVERTED
        if decision and decision.state == "dismissed":
            return "lead_dismissed", DISMISSED.format(who=decision.by)
        return "", ""

    def named(self, text: str) -> str:
        """Return what is said in the channel of this lead, with the lead before it."""
        match = self.form.match
        return about_lead(match.title, match.url(match.event.lead_id), text)

    def is_shown_by(self, target: Target) -> bool:
        """Return whether a form shows the lead as it stands."""
        return (self.lead.revision, self.lead.event_id) == (target.revision, target.event_id)

    def has_taken(self, view: View) -> bool:
        """Return whether this very form was submitted before."""
        decision, conversion = self.lead.current_decision, self.context.conversion
        known = {decision.click_id if decision else "", *(conversion.clicks if conversion else ())}
        return click_id(view.id, view.hash, view.values) in known


@dataclass(frozen=True, slots=True)
class Interactions:
    """Answers what people do with our buttons and forms; `team` is the workspace, or the org, whose people they must be."""

    team: str
    read_context: Callable[[str], ConversionContext]
    slack: InteractiveSlack
    inbox: Outbox
    clicks: Outbox
    now: Callable[[], datetime]

    def answer(self, done: Interaction) -> HttpReply:
        """Answer it with 200 and, for a submitted form, what takes its place; raise `CallRefused` for what no form of ours sends."""
        is_ours = done.team_id == self.team
        if done.kind == "button" and done.action in (CONVERT, CHECK_AGAIN, DISMISS):
            target = read_target(done.value)
            return self._clicked(done, target) if is_ours else self._told(STRANGER, done, OBJECTIONS[STRANGER])
        view = done.view
        is_choice = done.kind == "choice" and view is not None and view.callback_id == CONVERT
        if view is None or view.callback_id not in TITLES or not (is_choice or done.kind == "submission"):
            return _reply("ignored", done)
        target = read_target(view.metadata)
        if is_choice:
            return self._chose(done, view, target) if is_ours else _reply(STRANGER, done)
        return self._submitted(done, view, target) if is_ours else _said(STRANGER, done, view, OBJECTIONS[STRANGER])

    def _clicked(self, done: Interaction, target: Target) -> HttpReply:
        try:
            seen = self._see(target, done.channel)
        except LeadmatchError as error:
            return self._told(error.reason, done, about_lead(f"Lead {target.lead_id}", "", NOT_READ))
        if seen is None:
            return self._told("lead_forgotten", done, about_lead(f"Lead {target.lead_id}", "", FORGOTTEN))
        if done.action == CHECK_AGAIN:
            return self._check_again(done, target, seen)
        word, text = seen.closed
        if word:
            return self._told(word, done, seen.named(text))
        if word := refusal_at_opening(seen.context.lists.converters, done.user_id):
            return self._told(word, done, OBJECTIONS[word])
        return self._open(done, seen)

    def _check_again(self, done: Interaction, target: Target, seen: _Seen) -> HttpReply:
        """Queue the lead for another check, one for each state that a message shows: a double click is one check."""
        lead, event = seen.lead, LeadEvent.of_click(target.lead_id, str(target.revision), self.now())
        if event.event_id in (lead.event_id, *lead.earlier):
            return self._told("check_repeated", done, seen.named(CHECKED))
        try:
            self.inbox.send(Message.of_event(event))
        except AwsUnavailable as error:
            return self._told(error.reason, done, seen.named(NOT_READ))
        return self._told("check_queued", done, seen.named(CHECKING))

    def _open(self, done: Interaction, seen: _Seen) -> HttpReply:
        view = modal.conversion_form(seen.form) if done.action == CONVERT else modal.dismissal_form(seen.form)
        try:
            self.slack.open_view(trigger_id=done.trigger_id, view=view)
        except TriggerExpired as error:
            return self._told(error.reason, done, seen.named(modal.TOO_SLOW))
        except TriggerUsed as error:  # the same click, delivered once more
            return _reply(error.reason, done)
        except SlackRefused as error:
            return self._told(error.reason, done, seen.named(NOT_OPENED))
        except LeadmatchError as error:  # Slack does not answer: nothing could be said in time either
            return _reply(error.reason, done)
        return _reply("form_opened", done)

    def _chose(self, done: Interaction, view: View, target: Target) -> HttpReply:
        """Render the form again after a choice: what it makes, and what else it asks, follow from that.

        A form that was closed, or in which a later choice came first, is left as it is; so is one that Slack does not update: what is
        submitted is what counts.
        """
        try:
            seen = self._see(target, target.channel)
            if seen is None:
                shown = modal.statement(TITLES[view.callback_id], FORGOTTEN)
            elif seen.is_shown_by(target):
                shown = modal.conversion_form(seen.form, chosen=read_choices(view.values, seen.form))
            else:
                shown = modal.changed_form(seen.form)
            self.slack.update_view(view_id=view.id, view=shown, view_hash=view.hash)
        except LeadmatchError as error:
            return _reply(error.reason, done)
        return _reply("form_updated", done)

    def _submitted(self, done: Interaction, view: View, target: Target) -> HttpReply:
        try:
            seen = self._see(target, target.channel)
        except LeadmatchError as error:
            return _errors(error.reason, done, view)
        if seen is None:
            return _said("lead_forgotten", done, view, FORGOTTEN)
        if seen.has_taken(view):
            return _replaced("click_repeated", done, _waiting(view))
        word, text = seen.closed
        if word:
            return _said(word, done, view, text)
        if view.callback_id == CONVERT and not seen.is_shown_by(target):
            return _replaced("lead_changed", done, modal.changed_form(seen.form))
        return self._asked(done, view, target, seen)

    def _asked(self, done: Interaction, view: View, target: Target, seen: _Seen) -> HttpReply:
        """Queue what a submitted form asks for, if it is whole, and all of it is ours to ask."""
        asked = read_submission(view.values, seen.form) if view.callback_id == CONVERT else read_dismissal(view.values)
        if isinstance(asked, Mistakes):
            return _reply("form_incomplete", done, {"response_action": "errors", "errors": dict(asked.by_block)})
        if isinstance(asked, NotOffered):
            return _said(asked.reason, done, view, NOT_OFFERED)
        chosen = read_choices(view.values, seen.form)
        if view.callback_id == CONVERT and view.metadata.get("makes") != chosen.makes:  # a choice was not shown in time
            again = modal.conversion_form(seen.form, chosen=chosen, error=modal.LOOK_AGAIN)
            return _replaced("form_not_followed", done, again)
        return self._queued(done, view, target, asked, seen.context)

    def _queued(
        self, done: Interaction, view: View, target: Target, asked: Wanted | str, context: ConversionContext
    ) -> HttpReply:
        """Queue what a person may ask for, and say meanwhile that it is worked on."""
        try:
            user, word = self._who(done, context)
        except LeadmatchError as error:  # what cannot be asked is refused
            return _said(NOT_KNOWN, done, view, OBJECTIONS[NOT_KNOWN], cause=error.reason)
        if word:
            return _said(word, done, view, OBJECTIONS[word])
        click = Click(
            kind=_KINDS[view.callback_id],
            click_id=click_id(view.id, view.hash, view.values),
            lead_id=target.lead_id,
            event_id=target.event_id,
            revision=target.revision,
            at=self.now(),
            person=Person(done.user_id, target.channel, view.id, user.email),
            wanted=asked if isinstance(asked, Wanted) else None,
            reason=asked if isinstance(asked, str) else "",
        )
        try:
            self.clicks.send(Message.of_click(click))
        except AwsUnavailable as error:
            return _errors(error.reason, done, view)
        return _replaced("click_queued", done, _waiting(view))

    def _who(self, done: Interaction, context: ConversionContext) -> tuple[SlackUser, str]:
        """Return who Slack says the person is now, and why they may not, if so; raise what Slack does not answer."""
        converters = context.lists.converters
        if word := refusal_at_opening(converters, done.user_id):
            return SlackUser(), word
        user = self.slack.user(done.user_id)
        is_listed = may_by_list(converters.slack, done.user_id, self.slack.group_members)
        return user, objection(user, user_id=done.user_id, team=self.team) or (
            "" if is_listed else "slack_user_not_listed"
        )

    def _see(self, target: Target, channel: str) -> _Seen | None:
        """Read a lead; None for one that the ledger does not remember."""
        context = self.read_context(target.lead_id)
        lead = context.lead
        if lead is None or not lead.match:
            return None
        form = Form(match_event.read(lead.match), lead.revision, channel, context.known_pipelines, self.now().date())
        return _Seen(context, lead, form)

    def _told(self, word: str, done: Interaction, text: str) -> HttpReply:
        """Tell the person alone; where that cannot be done the log says so."""
        try:
            self.slack.respond(done.response_url, text)
        except LeadmatchError as error:
            return _reply(word, done, not_told=error.reason)
        return _reply(word, done)


_KINDS: Mapping[str, ClickKind] = {CONVERT: "convert", DISMISS: "dismiss"}


def _waiting(view: View) -> modal.View:
    return modal.converting() if view.callback_id == CONVERT else modal.dismissing()


def _said(word: str, done: Interaction, view: View, text: str, **about: str) -> HttpReply:
    return _replaced(word, done, modal.statement(TITLES[view.callback_id], text), **about)


def _replaced(word: str, done: Interaction, view: modal.View, **about: str) -> HttpReply:
    return _reply(word, done, {"response_action": "update", "view": view}, **about)


def _errors(word: str, done: Interaction, view: View) -> HttpReply:
    """Leave the form open, so that it can be submitted again as it is: it is the same click then."""
    block = "contact" if view.callback_id == CONVERT else "reason"
    return _reply(word, done, {"response_action": "errors", "errors": {block: NOT_TAKEN}})


def _reply(word: str, done: Interaction, body: dict[str, Any] | str = "", **about: str) -> HttpReply:
    """Return the answer, and what the log says of it: ids and machine words."""
    said = {
        "kind": done.kind,
        "action": done.action or (done.view.callback_id if done.view else ""),
        "person": done.user_id,
    }
    return HttpReply(200, body, word, about={**said, **about})
