"""What a person can do on the page: qualify and add leads, add records, break Zoho, call the webhook as a stranger.

Each returns a sentence for the person who did it; `RefusedInputError` says what to put right.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import requests

from chalicelib.aws.dynamodb import to_item
from chalicelib.aws.stage_lists import KEY as LISTS
from chalicelib.aws.stage_lists import complaints, item_fields, remarks
from sandbox.acting import Acting
from sandbox.callers import Call, json_call
from sandbox.page.errors import RefusedInputError
from sandbox.page.zoho_switches import CONVERTING, OWN, READING
from sandbox.scenes import SCENES, Scene, Stage
from sandbox.slack.workspace import Channel
from sandbox.system import OPERATOR, RETIRING_KEY, SALES, WEBHOOK_KEY
from sandbox.zoho.crm import Module, Record
from sandbox.zoho.faults import Answer, CallName, Fault, Slow

LEAD_DESK = Channel.of("#lead-desk")
"""A second channel of sales people, for rules to send leads to."""
MOST_AT_ONCE = 500
AT_ONCE = 8
MOST_DELAY_SECONDS = 60.0
MOST_CHARACTERS = 120
"""Of a field; Zoho takes 80 or 100 in most."""
FIELDS: Mapping[Module, Sequence[str]] = {
    "Leads": ("Last_Name", "First_Name", "Company", "Email", "Phone", "Website", "Lead_Source"),
    "Accounts": ("Account_Name", "Website", "Phone", "Account_Type"),
    "Contacts": ("Last_Name", "First_Name", "Email", "Phone", "account_id"),
}
"""What a person can put in of a new record, first what it cannot be without."""
LABELS = {"Last_Name": "The last name", "Account_Name": "The account's name"}
FIRST_NAMES = ("Ada", "Ivo", "Noor", "Mina", "Tomas", "Lena", "Sam", "Pia", "Rui", "Elin")
COMPANIES = ("Zylker", "Harbour Mills", "Marsh & Vale", "Kestrel Labs", "Quillworks", "Fernway", "Northlight")


@dataclass(frozen=True, slots=True)
class SentLead:
    """A lead on the page: the scene that it comes from, if any, and how often it was sent."""

    lead_id: str
    scene: Scene | None = None
    times: int = 0

    @property
    def about(self) -> str:
        """What is special about it."""
        if self.scene is None:
            return ""
        return f"{self.scene.about}: qualify it twice" if self.scene.then else self.scene.about


STRANGERS: Mapping[str, tuple[str, Callable[[str], Call]]] = {
    "no_key": ("no key", lambda lead_id: replace(json_call(lead_id, ""), headers={"Content-Type": "application/json"})),
    "wrong_key": ("a wrong key", lambda lead_id: json_call(lead_id, "guessed")),
    "old_key": ("the key before, which still holds", lambda lead_id: json_call(lead_id, RETIRING_KEY)),
    "no_id": ("the key, but no lead id", lambda _: replace(json_call("", WEBHOOK_KEY), body=b'{"note": "hello"}')),
    "no_json": (
        "the key, and a body that is no JSON",
        lambda _: replace(json_call("", WEBHOOK_KEY), body=b'{"lead_id"'),
    ),
    "too_many": ("the key, and 101 ids", lambda _: replace(json_call("", WEBHOOK_KEY), body=_ids(101))),
    "too_large": (
        "the key, and 70 kB",
        lambda _: replace(json_call("", WEBHOOK_KEY), body=b'{"x": "%s"}' % (b"a" * 70_000)),
    ),
}
"""Calls of the webhook that are not Zoho's, by their names: what a person reads of each, and how it is made."""


def _ids(count: int) -> bytes:
    return json.dumps({"ids": [str(7203914000000000000 + number) for number in range(count)]}).encode()


class Playground:
    """The running sandbox as the page's people use it; safe to use from several threads."""

    def __init__(self, people: Acting) -> None:
        self.people, self.sandbox = people, people.sandbox
        self.crm, self.zoho = people.sandbox.crm, people.sandbox.zoho
        self.channels = (SALES, LEAD_DESK, OPERATOR)
        self.sandbox.slack.workspace.keep_channel(LEAD_DESK)
        self.reading, self.converting, self.delay_seconds = "works", "works", 0.0
        self._stage = Stage(self.crm, self.zoho)
        self._lock = threading.Lock()
        self._sending = threading.Semaphore(AT_ONCE)
        self._leads = {lead_id: SentLead(lead_id, scene) for scene in SCENES for lead_id in [scene.build(self._stage)]}

    @property
    def leads(self) -> list[SentLead]:
        """The leads, in the order in which they came to the page."""
        with self._lock:
            return list(self._leads.values())

    def qualify(self, lead_id: str) -> str:
        """Let Zoho's workflow rule call the webhook about a lead."""
        lead = self._lead(lead_id)
        if lead.scene and lead.scene.then and lead.times:
            lead.scene.then(self._stage, lead_id)
        with self._lock:
            self._leads[lead_id] = replace(lead, times=lead.times + 1)
        make = lead.scene.call if lead.scene else json_call
        return _answered(self._send(make(lead_id, WEBHOOK_KEY)))

    def add_lead(self, fields: Mapping[str, str]) -> str:
        """Add a lead of the person's own, and qualify it."""
        return self.qualify(self._added_lead(_texts(fields, FIELDS["Leads"])))

    def add_record(self, module: Module, fields: Mapping[str, str]) -> str:
        """Add an account, or a contact with the account that is chosen for it."""
        kept: Record = dict(_texts(fields, FIELDS[module]))
        if module == "Contacts" and (account_id := kept.pop("account_id", "")):
            if self.crm.get("Accounts", str(account_id)) is None:
                raise RefusedInputError("That account is not there any more. Choose another one.")
            kept["Account_Name"] = self.crm.lookup("Accounts", str(account_id))
        self.crm.add(module, **kept)
        return f"Zoho has a new {module.lower().removesuffix('s')}. Qualify a lead to see whether it matches."

    def add_many(self, count: int) -> str:
        """Add leads, of which some match, and qualify all, which goes on after this returns."""
        if not 1 <= count <= MOST_AT_ONCE:
            raise RefusedInputError(f"Choose a number from 1 to {MOST_AT_ONCE}.")
        ids = [self._added_lead(self._some_lead(number)) for number in range(count)]
        threading.Thread(target=self._qualify_all, args=(ids,), daemon=True).start()
        return f"{count} lead{'s are' if count > 1 else ' is'} there. Zoho calls the webhook about one after the other."

    def _qualify_all(self, lead_ids: Sequence[str]) -> None:
        with suppress(requests.RequestException), ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            list(pool.map(self.qualify, lead_ids))  # until the sandbox ends, when nobody answers any more

    def switch_zoho(self, *, reading: str, converting: str, delay_seconds: float, own: Answer | None = None) -> str:
        """Let Zoho be well, or not; what holds for one lead alone stays."""
        if reading not in READING or converting not in CONVERTING:
            raise RefusedInputError("Choose one of the answers in the list.")
        if not 0 <= delay_seconds <= MOST_DELAY_SECONDS:
            raise RefusedInputError(f"Choose a delay from 0 to {MOST_DELAY_SECONDS:.0f} seconds.")
        if reading == OWN and own is None:
            raise RefusedInputError("Write what Zoho is to answer.")
        said = READING[reading].said
        self._say("options", own if reading == OWN else said, delay_seconds)
        self._say("lead", said, delay_seconds)
        self._say("convert", CONVERTING[converting].said, delay_seconds)
        self.reading, self.converting, self.delay_seconds = reading, converting, delay_seconds
        return self.zoho_now() or "Zoho now: all is well."

    def route(self, text: str) -> str:
        """Let leads go to channels by these rules, which `provision` would write."""
        try:
            routes = json.loads(text)
        except ValueError as error:
            raise RefusedInputError(f"That is not JSON: {error}.") from None
        lists = {"routes": routes}
        if wrong := list(complaints(lists)) or self._closed(routes):
            raise RefusedInputError(" ".join(wrong))
        fields = item_fields(lists)
        self.sandbox.aws.client("dynamodb").update_item(
            TableName=self.sandbox.outputs["TableName"],
            Key=to_item({"pk": LISTS}),
            UpdateExpression="SET routes = :routes",
            ExpressionAttributeValues=to_item({":routes": fields["routes"]}),
        )
        count = len(fields["routes"])
        return " ".join([f"{count} rule{'s'[: count != 1]} now, for each lead's first message.", *remarks(lists)])

    def _closed(self, routes: list[dict[str, Any]]) -> list[str]:
        """Return a sentence for each channel of a rule that nothing can be posted to."""
        known = {channel.id for channel in self.channels}
        missing = dict.fromkeys(rule["channel"] for rule in routes if rule["channel"] not in known)
        return [f"This Slack has no channel {channel}." for channel in missing]

    def stranger(self, kind: str) -> str:
        """Call the webhook as somebody who is not Zoho's workflow rule, and say what was answered."""
        if kind not in STRANGERS:
            raise RefusedInputError("Choose one of the calls in the list.")
        about, make = STRANGERS[kind]
        answer = self._send(make(next(iter(self._leads))))
        return f"With {about}: HTTP {answer.status_code} {HTTPStatus(answer.status_code).phrase}. {answer.text.strip()}"

    def _say(self, call: CallName, said: Answer | Fault | None, delay_seconds: float) -> None:
        self.zoho.off(call)
        if isinstance(said, Answer):
            self.zoho.on(call, replace(said, delay_seconds=delay_seconds))
        elif said is not None:
            self.zoho.on(call, said)
        elif delay_seconds:
            self.zoho.on(call, Slow(delay_seconds))

    def zoho_now(self) -> str:
        """Return what Zoho does that it should not, in a sentence; an empty text when all is well."""
        switches = (READING[self.reading], CONVERTING[self.converting])
        faults = [one.about for one in switches if one.key != "works"]
        slow = [f"answers after {self.delay_seconds:g} seconds"] if self.delay_seconds else []
        return f"Zoho now: {'; '.join([*faults, *slow])}." if faults or slow else ""

    def _lead(self, lead_id: str) -> SentLead:
        with self._lock:
            found = self._leads.get(lead_id)
        if found is None:
            raise RefusedInputError("There is no such lead on this page.")
        return found

    def _added_lead(self, fields: Mapping[str, str]) -> str:
        lead_id = self.crm.add("Leads", **{"Lead_Source": "Web form", "Lead_Status": "Qualified", **fields})
        with self._lock:
            self._leads[lead_id] = SentLead(lead_id)
        return lead_id

    def _some_lead(self, number: int) -> dict[str, str]:
        first, company = FIRST_NAMES[number % len(FIRST_NAMES)], COMPANIES[number % len(COMPANIES)]
        email = f"{first}.{number}@{company.split()[0].lower()}.example".lower()
        if number % 4 == 0:
            self.crm.add("Contacts", First_Name=first, Last_Name=f"No. {number}", Email=email)
        return {"First_Name": first, "Last_Name": f"No. {number}", "Company": company, "Email": email}

    def _send(self, call: Call) -> requests.Response:
        """Send a call; so many at once as the local server takes well."""
        with self._sending:
            return call.send(self.sandbox.webhook_url)


def own_answer(status: str, body: str) -> Answer:
    """Return the answer that a person wrote; raise `RefusedInputError` for a status that no answer has."""
    if not status.isascii() or not status.isdigit() or not 200 <= int(status) <= 599:  # noqa: PLR2004 - what HTTP has
        raise RefusedInputError("The status must be a number from 200 to 599.")
    try:
        read = json.loads(body) if body.strip() else None
    except ValueError:
        read = body
    return Answer(int(status), read if isinstance(read, dict) else body or None)


def _texts(fields: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Return what was put in under the names, of which the first one is needed."""
    kept = {name: text for name in names if (text := fields.get(name, "").strip())}
    if names[0] not in kept:
        raise RefusedInputError(f"{LABELS[names[0]]} is missing.")
    if long := next((name for name, text in kept.items() if len(text) > MOST_CHARACTERS), ""):
        raise RefusedInputError(f"{long.replace('_', ' ')} may have {MOST_CHARACTERS} characters at most.")
    return kept


def _answered(answer: requests.Response) -> str:
    if answer.status_code == HTTPStatus.ACCEPTED:
        return "Zoho called the webhook: 202 Accepted. Watch the way and Slack."
    return f"Zoho called the webhook: HTTP {answer.status_code}. {answer.text.strip()}"
