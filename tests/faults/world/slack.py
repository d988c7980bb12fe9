"""Slack as its client meets it: channels that close, editing that is restricted, messages that people delete, words on no page.

What a code means is left to the product: its own reading of Slack's answers makes the error.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from chalicelib.errors import LeadmatchError, SlackFailed, SlackUnavailable, SlackUnclear
from chalicelib.http import Answer as HttpAnswer
from chalicelib.slack.client import method_failure
from chalicelib.slack.error_codes import Meaning, page_of
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.people import SlackUser
from tests.faults.world.chaos import Answer, Chaos
from tests.faults.world.clock import Clock

POST, UPDATE, HISTORY, REPLIES = "chat.postMessage", "chat.update", "conversations.history", "conversations.replies"
PERMALINK, LOOKUP = "chat.getPermalink", "users.lookupByEmail"
CLOSINGS: dict[str, tuple[str, str, str]] = {
    "archived": ("is_archived", "is_inactive", ""),
    "gone": ("channel_not_found", "channel_not_found", "channel_not_found"),
    "bot removed": ("not_in_channel", "channel_not_found", "not_in_channel"),
    "no permission": ("no_permission", "no_permission", "no_permission"),
    "posting restricted": ("restricted_action", "", ""),
    "read only": ("restricted_action_read_only_channel", "", ""),
}
"""What a channel answers to posts, edits and look-ups when it is so; an empty text where it does what it is asked.
https://docs.slack.dev/reference/methods/chat.postMessage and the pages beside it."""
WEATHER = (Meaning.THROTTLED, Meaning.WAIT, Meaning.TOKEN, Meaning.SCOPE, Meaning.CONTENT)
"""Whatever Slack says so, it did not do what it was asked."""
IN_DOUBT = (Meaning.UNCLEAR, Meaning.FAILED)
UNKNOWN_WORDS = ("word_of_no_page", "another_new_word")
ROSA = "U0ROSA"
UNKNOWN_SHARE = 0.3
"""Of the codes that Slack answers, how many are on no page."""


@dataclass(frozen=True, slots=True)
class SlackPost:
    """One thing that people saw in a channel: a post, an edit, or a reply in a thread."""

    kind: str
    event_id: str
    ts: str
    text: str = ""
    channel: str = ""
    at: float = 0.0


@dataclass(slots=True)
class _Standing:
    """A message that stands in a channel: its metadata's event id, when it was posted, and its thread."""

    event_id: str
    ts: str
    at: float
    thread_ts: str
    channel: str
    listed_at: float
    """From when on the channel's history shows it."""


@dataclass
class Slack:
    """Channels that remember everything that was ever shown in them; `words` is the share of calls that get a code."""

    clock: Clock
    chaos: Chaos
    dice: random.Random
    told: list[SlackPost] = field(default_factory=list)
    stumbles: set[str] = field(default_factory=set)
    """The events over whose message Slack stumbles each time: it never says whether it took it."""
    words: bool = False
    next_words: list[tuple[str, bool]] = field(default_factory=list)
    """What the next calls about messages are answered, and whether they are carried out, before anything is drawn."""
    closed: dict[str, str] = field(default_factory=dict)
    """How channels are closed, by their ids."""
    editable_seconds: float | None = None
    """For how long the workspace lets messages be edited; None for always."""
    listed_within_seconds: float = 0.0
    """How much later than a message the channel's history shows it, at the most."""
    people: dict[str, str] = field(default_factory=lambda: {"rosa@zylker.example": ROSA})
    """Who has an account, by their addresses."""
    lookup_seconds: float = 0.0
    """How long the answer to a look-up of a person takes."""
    met_closed: set[str] = field(default_factory=set)
    """The events whose message a closed channel kept out."""
    frozen: set[str] = field(default_factory=set)
    """The messages that Slack would not edit."""
    deleted: set[str] = field(default_factory=set)
    """The messages that somebody deleted."""
    _standing: dict[str, _Standing] = field(default_factory=dict)

    def post(
        self,
        *,
        channel: str,
        message: SlackMessage,
        event_id: str,
        thread_ts: str = "",
        broadcast: bool = False,  # noqa: ARG002 - nobody looks
    ) -> str:
        """Take a post."""
        if event_id in self.stumbles:
            raise SlackFailed("Slack answered internal_error.", reason="slack_internal_error")
        self._check_open(channel, POST, event_id)
        return self._call(
            "slack.post",
            POST,
            lambda: self._take(channel, event_id, thread_ts, message.text),
            lost=lambda: SlackUnclear("perhaps", reason="slack_answer_lost"),
        )

    def update(self, *, channel: str, ts: str, message: SlackMessage, event_id: str) -> None:
        """Take an edit; the message then carries the new event's id."""
        self._check_open(channel, UPDATE, event_id)
        if ts in self.deleted:
            raise refusal("message_not_found", UPDATE)
        self._check_editable(ts)

        def edit() -> None:
            if ts in self.deleted:
                return
            assert self._standing[ts].channel == channel
            self._standing[ts].event_id = event_id
            self.told.append(SlackPost("edit", event_id, ts, message.text, channel, self.clock.seconds()))

        self._call("slack.update", UPDATE, edit, lost=lambda: SlackUnclear("perhaps", reason="slack_answer_lost"))

    def find(self, *, channel: str, event_id: str, since: int, until: int | None = None, thread_ts: str = "") -> str:
        """Look through what was posted between the two, the newest first."""
        method = REPLIES if thread_ts else HISTORY
        self._check_open(channel, method, event_id)

        def look() -> str:
            if thread_ts in self.deleted:
                raise refusal("thread_not_found", method)
            for message in reversed(self._standing.values()):
                if message.at < since:
                    break
                what = (message.channel, message.event_id, message.thread_ts)
                is_listed = message.listed_at <= self.clock.seconds()
                if is_listed and (until is None or message.at < until) and what == (channel, event_id, thread_ts):
                    return message.ts
            return ""

        return self._call("slack.find", method, look)

    def permalink(self, *, channel: str, ts: str) -> str:
        """Return an address."""
        if ts in self.deleted:
            raise refusal("message_not_found", PERMALINK)
        return self._call("slack.permalink", PERMALINK, lambda: f"https://slack.example/{channel}/{ts}")

    def user_by_email(self, email: str) -> SlackUser:
        """Return who has an address."""

        def look() -> SlackUser:
            if email not in self.people:
                raise refusal("users_not_found", LOOKUP)
            return SlackUser(self.people[email], email=email, is_deleted=False)

        return self._call("slack.lookup", LOOKUP, look)

    def delete(self, ts: str) -> None:
        """Let somebody delete a message, and its thread with it."""
        self.deleted.add(ts)
        for message in [one for one in self._standing.values() if ts in (one.ts, one.thread_ts)]:
            del self._standing[message.ts]

    def _take(self, channel: str, event_id: str, thread_ts: str, text: str) -> str:
        ts, now = f"{len(self.told) + 1}.0", self.clock.seconds()
        listed_at = now + self.dice.uniform(0, self.listed_within_seconds)
        self._standing[ts] = _Standing(event_id, ts, now, thread_ts, channel, listed_at)
        self.told.append(SlackPost("reply" if thread_ts else "post", event_id, thread_ts or ts, text, channel, now))
        return ts

    def _check_open(self, channel: str, method: str, event_id: str) -> None:
        answers = dict(
            zip((POST, UPDATE, HISTORY), CLOSINGS.get(self.closed.get(channel, ""), ("", "", "")), strict=True)
        )
        if code := answers[HISTORY if method == REPLIES else method]:
            self.met_closed.add(event_id)
            raise refusal(code, method)

    def _check_editable(self, ts: str) -> None:
        if self.editable_seconds is None or self.clock.seconds() - self._standing[ts].at < self.editable_seconds:
            return
        self.frozen.add(ts)
        raise refusal("edit_window_closed" if self.editable_seconds else "cant_update_message", UPDATE)

    def _call(
        self,
        where: str,
        method: str,
        effect: Callable[[], Answer],
        *,
        lost: Callable[[], LeadmatchError] | None = None,
    ) -> Answer:
        if self.next_words and method != LOOKUP:
            self._say(*self.next_words.pop(0), where, method, effect)
        if self.words and self.chaos.draw():
            self._say(*self._drawn_word(method), where, method, effect)
        return self.chaos.call(where, effect, fails=lambda: SlackUnavailable("no", reason="slack_no_answer"), lost=lost)

    def _drawn_word(self, method: str) -> tuple[str, bool]:
        """Return a code, and whether what was asked for is done, where the code leaves that open."""
        listed = page_of(method).codes
        if self.dice.random() < UNKNOWN_SHARE:
            return self.dice.choice(UNKNOWN_WORDS), self.dice.random() < 0.5
        code = self.dice.choice(sorted(code for code, meaning in listed.items() if meaning in (*WEATHER, *IN_DOUBT)))
        return code, listed[code] in IN_DOUBT and self.dice.random() < 0.5

    def _say(self, code: str, is_done: bool, where: str, method: str, effect: Callable[[], object]) -> None:  # noqa: FBT001 - a pair
        """Answer a code in the place of what was asked for."""
        kind = "known" if code in page_of(method).codes else "new"
        self.chaos.happened[f"{where} says a {kind} word{', done' if is_done else ''}"] += 1
        if is_done:
            effect()
        raise refusal(code, method)


def refusal(code: str, method: str) -> LeadmatchError:
    """Return the error that the product makes of a code, in answer to a method."""
    is_throttle = page_of(method).codes.get(code) is Meaning.THROTTLED
    status = HTTPStatus.TOO_MANY_REQUESTS if is_throttle else HTTPStatus.OK
    body = json.dumps({"ok": False, "error": code}).encode()
    return method_failure(HttpAnswer(status, {}, body), method=method, effect=method in (POST, UPDATE))
