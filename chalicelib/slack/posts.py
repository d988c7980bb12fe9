"""What an item of the ledger asks to be posted, by the kind of its notice, and what is posted when Slack refuses that.

notify decides whether and where it is posted. A fallback takes the place of a refused message: its text alone, then the
one that the item brings for this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from chalicelib import match_event
from chalicelib.conversion import Decision
from chalicelib.errors import ContentRefused
from chalicelib.events import NoticeKind
from chalicelib.match_event import Match
from chalicelib.slack.announcements import OperatorAlert, Outage, render_alert, render_outage
from chalicelib.slack.message import SlackMessage, render, render_change, with_line
from chalicelib.slack.text import link, mrkdwn
from chalicelib.verdict.model import Owner, Verdict

Sent = TypeVar("Sent")
UserOf = Callable[[Owner], str]
"""What finds the Slack user of a lead's owner: their id, or an empty text."""

ID_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Shows:
    """What an item of the ledger holds to be posted; `has_actions` when people act on it with its buttons."""

    match: str
    decision: Decision | None = None
    revision: int = 0
    has_actions: bool = False


@dataclass(frozen=True, slots=True)
class OwnerMention:
    """Whom the first post of a message may mention, and what renders the message so that it mentions a Slack user."""

    owner: Owner
    render: Callable[[str], SlackMessage]


@dataclass(frozen=True, slots=True)
class SlackPost:
    """A message, and what is to be known about it.

    `fallback` takes its place when Slack refuses it, blocks and text. `fingerprint` is what readers act on: a change of it is
    worth `change`, a reply in the thread, or where nothing can be edited a new message. What is `edit_only` is not posted while
    nothing is shown. What `stays` is shown where an earlier message stands, whatever channel its notice names; one that is `provisional` says
    nothing of where its lead's message belongs. `earlier` is how a new message names the one before it; without a name it says
    nothing of that one. `mention` is for a first post alone.
    """

    message: SlackMessage
    fingerprint: str
    fallback: SlackMessage | None = None
    change: SlackMessage | None = None
    edit_only: bool = False
    stays: bool = False
    provisional: bool = False
    earlier: str = ""
    mention: OwnerMention | None = None

    def as_fallback(self) -> SlackPost:
        """Return the post without what Slack may fail on: its fallback, or the text alone."""
        plain = self.fallback or SlackMessage(self.message.text, ())
        return replace(self, message=plain, fallback=None, change=self.change and plain, mention=None)

    def mentioning(self, user_of: UserOf) -> SlackPost:
        """Return the post as it mentions the owner, if `user_of` gives their Slack user's id."""
        user = user_of(self.mention.owner) if self.mention else ""
        return replace(self, message=self.mention.render(user)) if self.mention and user else self

    def in_another_channel(self, line: str, *, provisional: bool) -> SlackPost:
        """Return the post for where it goes when a channel is closed: it calls nobody there."""
        return replace(self.with_line(line), stays=False, provisional=provisional, mention=None)

    def with_line(self, line: str) -> SlackPost:
        """Return the post with a line below its message; an empty line adds nothing."""
        return replace(self, message=with_line(self.message, line)) if line else self

    def after_earlier(self, url: str, *, replaces: bool) -> SlackPost:
        """Return the post with a line about the earlier message, linked where its address is known."""
        if replaces:
            return self.with_line(f"This message replaces {link(url, f'an {self.earlier}')}.")
        return self.with_line(link(url, self.earlier.capitalize()) if url else "")


def of_verdict(item: Shows) -> SlackPost:
    """Return the post of a lead's verdict; a lead that is already converted only edits an earlier message.

    The first message decides the channel, unless it is about a lead that is not found, which is nothing that sales people can act
    on. What a person decided is shown where they did, and is no news for the thread.
    """
    match = match_event.read(item.match)
    shown = partial(render, match, decision=item.decision, actions=item.has_actions, revision=item.revision)
    owner = match.lead.owner if match.lead else None
    post = _of_lead(match, shown(), item.decision)
    return replace(
        post,
        fallback=minimal(match),
        change=None if item.decision else render_change(match),
        stays=True,
        provisional=item.decision is not None or post.edit_only or match.verdict.action == "lead_not_found",
        mention=OwnerMention(owner, lambda user: shown(mention=user)) if owner else None,
    )


def of_verdict_without_summary(item: Shows) -> SlackPost:
    """Return the post of a lead's verdict without its summary: rendering the summary may be what crashed.

    It goes to the operator, who decides nothing about where the lead's message belongs.
    """
    match = match_event.read(item.match)
    return replace(_of_lead(match, minimal(match), item.decision), provisional=True)


def of_banner(item: Shows) -> SlackPost:
    """Return the banner of an outage: it is edited without a reply in its thread, and the end of an outage is posted only as an edit."""
    outage = Outage.from_json(item.match)
    return SlackPost(
        message=render_outage(outage),
        fingerprint="over" if outage.is_over else "lasts",
        edit_only=outage.is_over,
    )


def of_alert(item: Shows) -> SlackPost:
    """Return the post of an operator alert."""
    return SlackPost(message=render_alert(OperatorAlert.from_json(item.match)), fingerprint="alert")


POST_OF_KIND: Mapping[NoticeKind, Callable[[Shows], SlackPost]] = {
    "verdict": of_verdict,
    "minimal": of_verdict_without_summary,
    "banner": of_banner,
    "alert": of_alert,
}


def or_fallback(message: SlackMessage, fallback: SlackMessage | None, send: Callable[[SlackMessage], Sent]) -> Sent:
    """Send a message, or the first fallback that Slack takes; raise its last refusal when it takes none."""
    for simpler in _fallbacks(message, fallback):
        try:
            return send(message)
        except ContentRefused:
            message = simpler
    return send(message)


def was_waiting(fingerprint: str) -> bool:
    """Return whether a message said that its lead waits: nobody looks at it any more."""
    return fingerprint.partition("/")[0] == "wait"


def minimal(match: Match) -> SlackMessage:
    """Say no more than which lead it is about and where to look.

    It holds nothing of the CRM's but the lead's id, so there is nothing left in it to refuse.
    """
    lead_id = match.event.lead_id
    where = link(match.url(lead_id), "Open the lead in Zoho")
    return SlackMessage(
        f"Lead {mrkdwn(lead_id, ID_LIMIT)} was checked, but its summary could not be shown. {where}.", ()
    )


def _of_lead(match: Match, message: SlackMessage, decision: Decision | None) -> SlackPost:
    return SlackPost(
        message=message,
        fingerprint=_fingerprint(match.verdict) + (f"/{decision.state}" if decision and decision.is_final else ""),
        edit_only=match.verdict.action == "already_converted",
        earlier="earlier message about this lead",
    )


def _fingerprint(verdict: Verdict) -> str:
    blocked = "blocked" if verdict.blocked else ""
    return f"{verdict.action}/{verdict.targets.contact.id or ''}/{verdict.targets.account.id or ''}/{blocked}"


def _fallbacks(message: SlackMessage, fallback: SlackMessage | None) -> Iterator[SlackMessage]:
    if message.blocks:
        yield SlackMessage(message.text, ())
    if fallback:
        yield fallback
