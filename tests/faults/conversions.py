"""One lead that is converted from Slack under planned faults, and what came of it in Zoho, in Slack and for the people who clicked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.callers import json_call
from sandbox.slack.workspace import Message
from sandbox.system import WEBHOOK_KEY
from sandbox.zoho.crm import Conversion
from sandbox.zoho.faults import Fault as ZohoFault
from tests.faults.clicks import Gateway, Salesperson, Wish
from tests.faults.deliveries import Deliveries
from tests.faults.functions import Product
from tests.faults.proxy import Plan
from tests.faults.stage import Stage
from tests.faults.trial import QUIET_SECONDS, Outcome, true_words

MOST_ROUNDS = 2
"""A person who is told that nothing was converted, or that it is not clear, clicks Convert once more."""
BY_THEM, BY_OTHERS = "Converted into", ("converted this lead already", "was converted in Zoho meanwhile")
"""How the sentences begin or end that say what became of a click that had an effect, or that came too late."""


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead, and the records that it may be converted into."""

    id: str
    contact: str
    account: str


@dataclass(frozen=True, slots=True)
class ClickScene:
    """What happens on the way of a click; `weather` is what Zoho does besides the planned faults."""

    name: str
    weather: ZohoFault | None = None

    def run(self, stage: Stage, plans: Sequence[Plan], log: Path, product: Product) -> Outcome:
        """Have a lead converted by one person; the faults happen from their click on."""
        with _checked_lead(stage, log, product) as (deliveries, gateway, lead):
            if self.weather:
                stage.parts.zoho.on("convert", self.weather, times=1)
            deliveries.plan(*plans)
            found = Found(stage, lead, [Salesperson(stage, gateway.url, Wish(lead.contact, lead.account))])
            for _ in range(MOST_ROUNDS):
                found.people[0].convert(found.message)
                found.settle(deliveries)
                if found.conversions:
                    break
        return found.outcome(self, deliveries, plans, log)


@contextmanager
def _checked_lead(stage: Stage, log: Path, product: Product) -> Iterator[tuple[Deliveries, Gateway, Lead]]:
    """Have a lead checked that one contact matches; a second call to convert it would have an effect."""
    stage.begin(acting=True)
    crm = stage.parts.crm
    crm.converts_again = True
    with Deliveries(stage, log, product) as deliveries, Gateway(deliveries.functions) as gateway:
        account = crm.add("Accounts", Account_Name="Zylker")
        home, email = crm.lookup("Accounts", account), "ada@zylker.example"
        contact = crm.add("Contacts", Full_Name="Ada Park", Email=email, Account_Name=home)
        lead = Lead(crm.add("Leads", Full_Name="Ada Park", Email=email, Company="Zylker"), contact, account)
        deliveries.call_webhook(json_call(lead.id, WEBHOOK_KEY))
        deliveries.deliver_until_quiet(seconds=QUIET_SECONDS)
        yield deliveries, gateway, lead


class Found:
    """What stands in Zoho, in Slack and in the queues."""

    def __init__(self, stage: Stage, lead: Lead, people: Sequence[Salesperson]) -> None:
        self._stage, self._lead, self.people = stage, lead, people
        self._untold: list[str] = []
        self._is_quiet = True

    def settle(self, deliveries: Deliveries) -> None:
        """Let all that follows from the clicks happen, and look whether the people who clicked have heard of it."""
        self._is_quiet &= deliveries.deliver_until_quiet(seconds=QUIET_SECONDS)
        self._untold += [person.user_id for person in self.people if not person.told()]

    def outcome(self, scene: ClickScene, deliveries: Deliveries, plans: Sequence[Plan], log: Path) -> Outcome:
        """Say what came of it."""
        text = log.read_text() if log.exists() else ""
        most = {"conversions of a lead": len(self.conversions), "calls for a click": self._most_calls()}
        record = deliveries.proxy.record
        return Outcome(scene, record, plans, self._lost(), self._doubled(), self._wrong(), log=text, most=most)

    @property
    def conversions(self) -> list[Conversion]:
        """What took effect in Zoho."""
        return self._stage.parts.crm.conversions(self._lead.id)

    @property
    def message(self) -> Message:
        """The lead's message."""
        return next(message for message in self._stage.messages() if message.thread_ts is None)

    def _most_calls(self) -> int:
        """Return how often Zoho was called for one click at the most; each click's deal has a name of its own."""
        calls = self._stage.parts.zoho.calls_for(self._lead.id, "convert")
        deals = Counter(call.body["data"][0]["Deals"]["Deal_Name"] for call in calls if call.body)
        return max(deals.values(), default=0)

    def _lost(self) -> tuple[str, ...]:
        """Name what somebody does not hear of, or what never ended."""
        winner, events = self._winner, self._stage.conversion_events(self._lead.id)
        told = {person.user_id: person.told() for person in self.people}
        ends = {person.user_id: (BY_THEM,) if person is winner else BY_OTHERS for person in self.people}
        return true_words(
            {
                "not quiet in time": not self._is_quiet,
                "dead letters": self._stage.dead_letters() > 0,
                "not converted": not self.conversions,
                "no event": not events,
                f"not told {self._untold}": bool(self._untold),
                f"the message says {self.message.text!r}": not (winner and self._shows(winner)),
                **{f"told {text!r}": not any(end in text for end in ends[who]) for who, text in told.items()},
            }
        )

    def _doubled(self) -> tuple[str, ...]:
        """Name what happened twice."""
        events = {event["id"] for event in self._stage.conversion_events(self._lead.id)}
        return true_words(
            {
                "conversion": len(self.conversions) > 1,
                "call": self._most_calls() > 1,
                "event": len(events) > 1,
            }
        )

    def _wrong(self) -> tuple[str, ...]:
        """Name records that are not the winner's, and a button on a message that must not have it."""
        winner = self._winner
        wish = (winner.wish.contact, winner.wish.account) if winner else None
        made = {(one.contact_id, one.account_id) for one in self.conversions}
        return true_words(
            {
                f"records {made}": bool(made) and made != {wish},
                "a button to convert": any("'convert'" in repr(block) for block in self.message.blocks),
            }
        )

    @property
    def _winner(self) -> Salesperson | None:
        """Whose click took effect: the deal's name says so."""
        made = [one.deal_id and self._stage.parts.crm.get("Deals", one.deal_id) for one in self.conversions]
        names = {record["Deal_Name"] for record in made if record}
        return next((person for person in self.people if names & set(person.deals)), None)

    def _shows(self, winner: Salesperson) -> bool:
        return f"<@{winner.user_id}> converted this lead" in repr(self.message.blocks)


CONVERTED = ClickScene("a click")
"""Somebody converts a lead."""
UNCLEAR = ClickScene("a click, Zoho's answer is lost", ZohoFault.RESET_AFTER_EFFECT)
"""Zoho converts it, and does not say so: it is read back."""
OPEN = ClickScene("a click that Zoho loses", ZohoFault.RESET)
"""Zoho never has the call: the lead is read until the last time, and the person clicks again."""
CLICK_SCENES = (CONVERTED, UNCLEAR, OPEN)
