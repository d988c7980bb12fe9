"""The pieces that the page is made of, each drawn again only when something in it has changed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.acting import NAMES
from sandbox.page import draw
from sandbox.page.leads import STEPS_SHOWN, Leads
from sandbox.page.persons import Persons
from sandbox.page.playground import Playground
from sandbox.slack.workspace import Channel, Message
from sandbox.view import links, modal
from sandbox.view.links import below
from sandbox.view.shown import with_names
from sandbox.watch import Watch

PAGES = "/crm"
"""Where the stand-in's pages of Zoho are."""
QUEUES = ("Inbox", "Matches", "Slack", "Convert", "Tokens")
WITH_DEAD_LETTERS = ("Inbox", "Slack", "Convert")


@dataclass(frozen=True, slots=True)
class Piece:
    """An element of the page: its id, the list it stands in, and what its look depends on."""

    id: str
    place: str
    version: object
    html: Callable[[], str]


class Pieces:
    """Everything on the page that changes by itself, in its order, as one person sees it; safe to use from several threads."""

    def __init__(self, playground: Playground, persons: Persons, watch: Watch) -> None:
        self._playground, self._persons, self._watch = playground, persons, watch
        self._sandbox = playground.sandbox
        self._leads = Leads(watch)
        self._lock = threading.Lock()
        self._lead_pieces: tuple[object, list[Piece]] = (None, [])
        self._drawn: dict[str, tuple[object, str]] = {}

    def seen_by(self, user_id: str, tab: str = "") -> list[Piece]:
        """Return the pieces."""
        self._leads.catch_up()
        with self._lock:
            leads = self._kept_leads()
        pieces = [*leads, *self._records(), *self._way(), *self._slack(user_id), self._form(user_id, tab)]
        self._forget({piece.id for piece in pieces})
        return pieces

    def drawn(self, piece: Piece) -> str:
        """Return a piece's HTML, drawn once for everybody who sees this version; Zoho's pages open beside this one, as from Slack."""
        known = self._drawn.get(piece.id)
        if known and known[0] == piece.version:
            return known[1]
        html = links.to_stand_in(piece.html(), below(PAGES)).replace(
            f'href="{PAGES}/', f'target="_blank" href="{PAGES}/'
        )
        self._drawn[piece.id] = (piece.version, html)
        return html

    def _forget(self, here: set[str]) -> None:
        """Forget what was drawn of pieces that nobody sees any more, once there are many of them."""
        with self._lock:
            if len(self._drawn) > 2 * len(here) + STEPS_SHOWN:
                self._drawn = {id_: drawn for id_, drawn in self._drawn.items() if id_ in here}

    def _kept_leads(self) -> list[Piece]:
        """Return the leads' pieces, made again when a record or a lead's progress has changed."""
        leads = self._playground.leads
        version = (self._sandbox.crm.changes, self._leads.version, len(leads))
        if self._lead_pieces[0] != version:
            records = {str(record["id"]): record for record in self._sandbox.crm.all("Leads")}
            made = [self._lead(lead.lead_id, records.get(lead.lead_id, {}), lead.about) for lead in leads]
            self._lead_pieces = (version, made)
        return self._lead_pieces[1]

    def _lead(self, lead_id: str, record: dict[str, Any], about: str) -> Piece:
        shown = draw.LeadRow(
            lead_id=lead_id,
            name=str(record.get("Full_Name") or "A lead that Zoho does not show"),
            company=str(record.get("Company") or ""),
            about=about,
            progress=self._leads.of(lead_id),
            is_converted=bool(record.get("$converted")),
        )
        return Piece(f"lead-{lead_id}", "leads", shown, partial(draw.lead, shown))

    def _records(self) -> Iterator[Piece]:
        """Yield how Zoho is, the lists of accounts and contacts, and the accounts to choose from."""
        crm, weather = self._sandbox.crm, self._playground.zoho_now()
        yield Piece("weather", "weather-place", weather, partial(draw.weather, weather))
        yield Piece(
            "records", "records-place", crm.changes, lambda: draw.records(crm.all("Accounts"), crm.all("Contacts"))
        )
        yield Piece("account-choice", "account-place", crm.changes, lambda: draw.account_choice(crm.all("Accounts")))

    def _way(self) -> Iterator[Piece]:
        aws, outputs = self._sandbox.aws, self._sandbox.outputs
        urls = {name: outputs[f"{name}QueueUrl"] for name in QUEUES}
        counts = {name.lower(): aws.message_count(url) for name, url in urls.items()}
        dead = sum(aws.message_count(urls[name].replace(".fifo", "-dead.fifo")) for name in WITH_DEAD_LETTERS)
        events = len(self._sandbox.matches)
        shown = (tuple(counts.items()), dead, events)
        yield Piece("queues", "queues-place", shown, lambda: draw.queues(counts, dead, events))
        for step in list(self._leads.latest):
            yield Piece(f"step-{step.number}", "steps", step.number, partial(draw.step_row, step))

    def _slack(self, user_id: str) -> Iterator[Piece]:
        workspace, names = self._sandbox.slack.workspace, NAMES | self._persons.names()
        for channel in self._playground.channels:
            yield from self._channel(channel, names)
            whispers = [one for one in workspace.ephemerals(user_id) if one.channel == channel.id]
            for number, one in enumerate(whispers):
                name = f"whisper-{user_id}-{channel.id}-{number}"
                yield Piece(name, f"in-{channel.id}", number, partial(draw.whisper, name, one.text, one.blocks))

    def _channel(self, channel: Channel, names: dict[str, str]) -> Iterator[Piece]:
        messages = self._sandbox.slack.workspace.messages(channel.id)
        replies = defaultdict(list)
        for message in messages:
            if message.thread_ts:
                replies[message.thread_ts].append(message)
        shown_names = tuple(names.items())
        for message in messages:
            if not message.thread_ts:
                thread = replies[message.ts]
                version = (message.edited, len(thread), shown_names)
                yield Piece(
                    draw.message_id(message),
                    f"in-{channel.id}",
                    version,
                    partial(self._message, message, thread, names),
                )

    def _message(self, message: Message, thread: list[Message], names: dict[str, str]) -> str:
        shape = message.as_slack(metadata=True) | {"replies": [reply.as_slack() for reply in thread]}
        return draw.message(draw.message_id(message), message.channel, with_names(shape, names))

    def _form(self, user_id: str, tab: str) -> Piece:
        view, names = self._sandbox.slack.workspace.views.shown(user_id), self._persons.names()
        if view is None or not self._persons.sees_form(user_id, tab):
            return Piece("form", "form-place", None, lambda: '<div id="form"></div>')
        errors = tuple(sorted(view.errors.items()))

        def html() -> str:
            sent = with_names(view.sent, names)
            return f'<div id="form">{modal.render(sent, values=view.values, errors=view.errors, is_live=True)}</div>'

        return Piece("form", "form-place", (user_id, view.id, view.hash, errors), html)
