"""What a Slack workspace remembers: its channels and, in order, their messages."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sandbox.slack.arguments import RefusedError
from sandbox.slack.ids import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID
from sandbox.slack.people import People
from sandbox.slack.views import Views

_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]+")

Blocks = Sequence[Mapping[str, Any]]
Metadata = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation; messages are addressed to its id."""

    id: str
    name: str
    archived: bool = False
    joined: bool = True
    private: bool = False
    shared: str = ""
    """How others share it, by Slack's own property, such as `is_ext_shared`."""

    @classmethod
    def of(cls, text: str) -> Channel:
        """Take an id such as `C0LEADS` as it is, and give a name such as `#leads` an id that is always the same."""
        if _CHANNEL_ID.fullmatch(text):
            return cls(text, text.lower())
        name = text.removeprefix("#")
        return cls("C" + hashlib.sha256(name.encode()).hexdigest()[:10].upper(), name)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands now, and in `history` the versions it had before, oldest first."""

    ts: str
    channel: str
    text: str
    blocks: Blocks = ()
    metadata: Metadata | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    edited: str | None = None
    bot_id: str = BOT_ID
    history: tuple[Message, ...] = ()

    @property
    def root(self) -> str:
        """The ts of the thread that a reply to this message belongs to."""
        return self.thread_ts or self.ts

    def as_slack(self, *, metadata: bool = False) -> dict[str, Any]:
        """Return the JSON form; https://docs.slack.dev/reference/events/message."""
        optional = {
            "thread_ts": self.thread_ts,
            "subtype": "thread_broadcast" if self.broadcast else None,
            "metadata": self.metadata if metadata else None,
            "edited": {"user": BOT_USER_ID, "ts": self.edited} if self.edited else None,
        }
        return {
            "type": "message",
            "user": BOT_USER_ID,
            "bot_id": self.bot_id,
            "app_id": APP_ID,
            "team": TEAM_ID,
            "ts": self.ts,
            "text": self.text,
            "blocks": list(self.blocks),
            **{key: value for key, value in optional.items() if value is not None},
        }


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """A message that one person alone sees, until they reload; nobody can read it back or edit it."""

    channel: str
    user_id: str
    text: str
    blocks: Blocks = ()


class Workspace:
    """Channels and messages in memory, the people and what they have open; safe to use from several threads.

    `enterprise_id` is set where the workspace is part of an org.
    """

    def __init__(self, channels: Sequence[str], *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._channels = {channel.id: channel for channel in map(Channel.of, channels)}
        self._messages: dict[tuple[str, str], Message] = {}
        self._ephemerals: list[Ephemeral] = []
        self.people = People()
        self.views = Views(clock=clock)
        self.enterprise_id = ""
        self._last_micros = 0
        self.edit_window_minutes = -1
        """For how long a message may be edited: -1 always, 0 never."""

    def channel(self, id_or_name: str) -> Channel:
        """Find a channel by `C...` id, `name` or `#name`."""
        with self._lock:
            for channel in self._channels.values():
                if id_or_name.removeprefix("#") in (channel.id, channel.name):
                    return channel
        raise RefusedError("channel_not_found")

    def channel_by_id(self, id_: str) -> Channel:
        """Find a channel by its id: of Slack's methods only chat.postMessage takes a name."""
        with self._lock:
            if found := self._channels.get(id_):
                return found
        raise RefusedError("channel_not_found")

    def own_channel(self, id_: str) -> Channel:
        """Find a channel by its id that our bot is in; most pages have no word for one that it is not in."""
        channel = self.channel_by_id(id_)
        if not channel.joined:
            raise RefusedError("channel_not_found")
        return channel

    def keep_channel(self, channel: Channel) -> None:
        """Let a channel be as this one is: archived, private, with our bot or without it."""
        with self._lock:
            self._channels[channel.id] = channel

    def archive(self, id_or_name: str) -> None:
        """Archive a channel: it can be read but not written to."""
        self.keep_channel(replace(self.channel(id_or_name), archived=True))

    def leave(self, id_or_name: str) -> None:
        """Take our bot out of a channel."""
        self.keep_channel(replace(self.channel(id_or_name), joined=False))

    def reopen(self, id_or_name: str) -> None:
        """Unarchive a channel and let our bot in again."""
        self.keep_channel(replace(self.channel(id_or_name), archived=False, joined=True))

    def messages(self, id_or_name: str) -> list[Message]:
        """Every message of a channel, replies too, oldest first."""
        channel = self.channel(id_or_name).id
        with self._lock:
            return [message for message in self._messages.values() if message.channel == channel]

    def message(self, channel: str, ts: str) -> Message:
        """Find one message by channel id and ts."""
        with self._lock:
            if found := self._messages.get((channel, ts)):
                return found
        raise RefusedError("message_not_found")

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Return the message that started a thread, then its replies, oldest first."""
        try:
            root = self.message(channel, ts).root
        except RefusedError:
            raise RefusedError("thread_not_found") from None
        return [message for message in self.messages(channel) if message.root == root]

    def post(
        self,
        channel: str,
        *,
        text: str = "",
        blocks: Blocks = (),
        metadata: Metadata | None = None,
        thread_ts: str | None = None,
        broadcast: bool = False,
        bot_id: str = BOT_ID,
    ) -> Message:
        """Add a message to the channel with this id; a reply to a reply joins its thread."""
        with self._lock:
            root = self._root(channel, thread_ts) if thread_ts else None
            ts = self._next_ts()
            return self._keep(Message(ts, channel, text, blocks, metadata, root, broadcast=broadcast, bot_id=bot_id))

    def update(
        self, channel: str, ts: str, *, text: str | None, blocks: Blocks | None, metadata: Metadata | None
    ) -> Message:
        """Change our own message; what is None stays, what is empty goes."""
        with self._lock:
            before = self.message(channel, ts)
            if before.bot_id != BOT_ID:
                raise RefusedError("cant_update_message")
            if 0 <= self.edit_window_minutes * 60 <= self._clock() - float(before.ts):
                raise RefusedError("edit_window_closed")
            changed = replace(
                before,
                text=before.text if text is None else text,
                blocks=before.blocks if blocks is None else blocks,
                metadata=before.metadata if metadata is None else metadata or None,
                edited=self._next_ts(),
                history=(*before.history, replace(before, history=())),
            )
            return self._keep(changed)

    def delete(self, channel: str, ts: str) -> None:
        """Remove our own message."""
        with self._lock:
            if self.message(channel, ts).bot_id != BOT_ID:
                raise RefusedError("cant_delete_message")
            del self._messages[channel, ts]

    def whisper(self, ephemeral: Ephemeral) -> str:
        """Show a message to one person, and return its ts."""
        with self._lock:
            self._ephemerals.append(ephemeral)
            return self._next_ts()

    def ephemerals(self, user_id: str | None = None) -> list[Ephemeral]:
        """Return what people alone were shown, or one of them, oldest first."""
        with self._lock:
            return [one for one in self._ephemerals if user_id in (None, one.user_id)]

    def conversation(self, id_or_name: str) -> list[dict[str, Any]]:
        """Return what a person sees in a channel, oldest first: messages with their `channel_name` and `replies`."""
        channel = self.channel(id_or_name)
        messages = self.messages(channel.id)
        return [
            message.as_slack()
            | {"channel_name": channel.name}
            | {"replies": [reply.as_slack() for reply in messages if reply.thread_ts == message.ts]}
            for message in messages
            if message.thread_ts is None
        ]

    def _root(self, channel: str, thread_ts: str) -> str:
        try:
            return self.message(channel, thread_ts).root
        except RefusedError:
            raise RefusedError("cannot_reply_to_message") from None

    def _keep(self, message: Message) -> Message:
        self._messages[message.channel, message.ts] = message
        return message

    def _next_ts(self) -> str:
        self._last_micros = max(int(Decimal(str(self._clock())) * 1_000_000), self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"
