"""Runs the real code up to its next call: what it was answered so far is played back, so that a worker is known by these answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from chalicelib import match_event
from chalicelib.aws.conversions import Conversions, read_context
from chalicelib.aws.dynamodb import Table
from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import DeadLetter, Delivery, Queue
from chalicelib.conversion import NEW, Click, Made, MadeRecords, Person, Wanted
from chalicelib.errors import ConversionUnclear, Retryable, ZohoUnavailable
from chalicelib.events import LeadEvent
from chalicelib.match_event import Match
from chalicelib.steps.convert import Converter
from chalicelib.steps.publish_conversion import ConversionPublisher
from chalicelib.steps.sweep_conversions import ConversionSweep
from chalicelib.verdict import decide
from chalicelib.verdict.model import ConversionOptions, Evidence, Lead, Record, Reference
from chalicelib.zoho.conversion import Converted, ConvertedLead, Outcome, Refused, Unclear
from chalicelib.zoho.users import ZohoUser

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
NOWS = (NOON, NOON + timedelta(seconds=200), NOON + timedelta(seconds=1000))
"""What a worker's clock may show: right after every write, when every lease is over, when the last read is due."""
LEAD_ID, TABLE, OURS, THEIRS = "7001", "ledger", "901", "902"
LEAD = Lead(LEAD_ID, name="Ada Park", company="Zylker", email="ada@zylker.example")
OPTIONS = ConversionOptions(
    contacts=(Record("7101", "Ada Park", {"Email": LEAD.email}, account=Reference("7201", "Zylker")),),
    matched={"Contacts": (Evidence("Email", "Email", LEAD.email),)},
)
EVENT = LeadEvent(LEAD_ID, "e1", NOON, "webhook")
MATCH = match_event.write(Match(EVENT, LEAD, decide(OPTIONS, LEAD, lead_id=LEAD_ID), {}, NOON), stage="model")
USER = ZohoUser("903", "", is_active=True, is_confirmed=True, is_regular=True, profile_id="", profile_name="Standard")
RECORDS = {
    "A": MadeRecords(Made("7101", "Ada Park"), Made("7201", "Zylker")),
    "B": MadeRecords(Made("7102", "Ada Park"), Made("7202", "Zylker")),
    "a colleague": MadeRecords(Made("7103", "Ada Park"), Made("7203", "Zylker")),
}
"""What the lead is converted into, by whom: two people who click, with different choices, and somebody in Zoho."""
CLICKS = {
    "A": Click(
        "convert", "A", LEAD_ID, "e1", 1, NOON, Person("U0A", "C0", "V0A", "a@b.example"), Wanted("7201", "7101")
    ),
    "B": Click("convert", "B", LEAD_ID, "e1", 1, NOON, Person("U0B", "C0", "V0B", "b@b.example"), Wanted(NEW, NEW)),
}


class Job(NamedTuple):
    """What a worker does: a message of convert's, or the sweep's part; `clock` is the index of what its clock shows."""

    task: str
    body: str = ""
    message_id: str = ""
    clock: int = 0
    owner: str = ""


class Ask(NamedTuple):
    """The next call: whom it is to, and with what."""

    name: str
    argument: str = ""


class End(NamedTuple):
    """A worker's own end: it returns, or raises and comes again, perhaps after the last of the waits."""

    returns: bool
    waits_long: bool = False


class Paused(BaseException):
    """The code makes a call that has no answer yet."""

    def __init__(self, ask: Ask) -> None:
        super().__init__(ask)
        self.ask = ask


class RefusedError(Exception):
    """DynamoDB's word that a condition does not hold."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        super().__init__()
        self.response = {"Item": item} if item else {}


class Tape:
    """The answers so far, and then the pause; in the form of boto3's clients, and of what asks Zoho."""

    exceptions = SimpleNamespace(ConditionalCheckFailedException=RefusedError)

    def __init__(self, answers: tuple[str, ...]) -> None:
        self._answers = iter(answers)
        self.rewrite: Callable[[dict[str, Any]], dict[str, Any]] = lambda request: request

    def ask(self, name: str, argument: str = "") -> str:
        """Return the answer that was given to this call."""
        for answer in self._answers:
            return answer
        raise Paused(Ask(name, argument))

    def batch_get_item(self, **_: Any) -> dict[str, Any]:
        """Read the lead's and the conversion's item."""
        return {"Responses": {TABLE: [*json.loads(self.ask("read")), LISTS]}}

    def get_item(self, **_: Any) -> dict[str, Any]:
        """Read the conversion's item."""
        return {"Item": json.loads(self.ask("read"))[1]}

    def query(self, **_: Any) -> dict[str, Any]:
        """Return what the index shows as due."""
        return {"Items": json.loads(self.ask("due"))}

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Write to an item."""
        answer = json.loads(self.ask("write", json.dumps(self.rewrite(request), sort_keys=True)))
        if not answer["written"]:
            raise RefusedError(answer["item"])
        return {"Attributes": answer["item"]}

    def send_message(self, **request: Any) -> dict[str, Any]:
        """Send a message."""
        self.ask("send", f"{request['QueueUrl']} {request['MessageBody']}")
        return {"MessageId": "m"}

    def lead(self, **_: Any) -> Lead | None:
        """Return the lead, or None once it is converted."""
        return LEAD if self._of_zoho("zoho.lead") == "" else None

    def converted_lead(self, **_: Any) -> ConvertedLead | None:
        """Return into what the lead is converted, if it is."""
        by = self._of_zoho("zoho.converted_lead")
        return ConvertedLead(RECORDS[by], THEIRS if by == "a colleague" else OURS, NOON) if by else None

    def conversion_options(self, **_: Any) -> ConversionOptions:
        """Return what matches."""
        return OPTIONS

    def tags(self, **_: Any) -> tuple[str, ...]:
        """Return no tags."""
        return ()

    def with_email(self, _email: str) -> list[ZohoUser]:
        """Return the one user."""
        return [USER]

    def current_id(self) -> str:
        """Return who authorised leadmatch."""
        return OURS

    def convert(self, click_id: str) -> Outcome:
        """Call Convert Lead."""
        answer = self.ask("convert", click_id)
        if answer == "converted":
            return Refused("ID_ALREADY_CONVERTED")
        if answer == "refused":
            return Refused("MANDATORY_NOT_FOUND")
        return Unclear("zoho_answer_lost") if answer == "lost" else Converted(RECORDS[answer])

    def _of_zoho(self, name: str) -> str:
        answer = self.ask(name)
        if answer == "fails":
            raise ZohoUnavailable("Zoho does not answer.", reason="zoho_no_answer")
        return answer


LISTS = {
    "pk": {"S": "settings#stage"},
    "converters": {"M": {"profiles": {"L": [{"S": "Standard"}]}, "slack": {"L": []}}},
}


class Alerts:
    """The operator's channel, where nobody looks here."""

    def send(self, *_: object, **__: object) -> None:
        """Forget it."""


Break = Callable[[Tape, Job, Converter], Converter]
"""Puts a worker together otherwise than the product."""


def as_built(_tape: Tape, _job: Job, converter: Converter) -> Converter:
    """Return it as it is."""
    return converter


@cache
def next_of(job: Job, answers: tuple[str, ...], design: Break = as_built) -> Ask | End:
    """Return a worker's next call after these answers, or its end."""
    tape = Tape(answers)
    try:
        _run(tape, job, design)
    except Paused as paused:
        return paused.ask
    except Retryable as error:
        waits = isinstance(error, ConversionUnclear) and error.retry_after_seconds == 600
        return End(returns=False, waits_long=waits)
    return End(returns=True)


def _run(tape: Tape, job: Job, design: Break) -> None:
    client: Any = tape
    table, now = Table(client, TABLE), lambda: NOWS[job.clock]
    read = partial(read_context, table, warn=lambda _: None)
    conversions = Conversions(table, now=now)
    publisher = ConversionPublisher(
        ledger=Ledger(table, now=now),
        slack=Queue(client, "slack"),
        matches=Queue(client, "matches"),
        inbox=Queue(client, "inbox"),
        alerts=Alerts(),
        channel="C0",
        link=lambda module, record_id: f"https://crm.example/{module}/{record_id}",
        stage="model",
        now=now,
    )
    if job.task == "convert":
        click_id = json.loads(job.body)["click_id"]
        converter = Converter(
            read_context=read,
            conversions=conversions,
            zoho=tape,
            users=tape,
            open_call=lambda *_: lambda: tape.convert(click_id),
            publisher=publisher,
            now=now,
            new_id=lambda: job.owner,
        )
        design(tape, job, converter).work_on(Delivery(job.body, NOON, NOON, message_id=job.message_id))
        return
    sweep = ConversionSweep(conversions, Queue(client, "convert"), publisher, read, now)
    if job.task == "sweep the due":
        sweep.queue_due()
    else:
        sweep.dead_letter(DeadLetter(job.body, LEAD_ID, job.message_id, "receipt", NOON))
