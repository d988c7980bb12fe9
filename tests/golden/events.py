"""The match events that stand as examples in docs/events, by name, made by the real code from scenes.

Ids, times and event ids are fixed, so that the same code writes the same files.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Delivery, Message
from chalicelib.aws.stage_lists import StageLists
from chalicelib.aws.zoho_health import LeadContext, ZohoHealth
from chalicelib.data_centers import data_center, production_pages
from chalicelib.events import LeadEvent
from chalicelib.steps.check import GiveUpPolicy, check
from chalicelib.steps.publish import Channels, Outboxes, VerdictPublisher
from chalicelib.wire import time_text
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.lookup import LookupResult, look_up
from chalicelib.zoho.oauth import AccessToken
from sandbox.scenes import SCENES, Scene, Stage
from sandbox.system import ZOHO
from sandbox.zoho.api import ORG_ID
from sandbox.zoho.crm import Crm
from sandbox.zoho.server import ZohoStandIn

FOLDER = Path(__file__).parents[2] / "docs" / "events"
ACCEPTED_AT = datetime(2026, 3, 2, 9, 30, 5, 250_000, tzinfo=UTC)
CHECKED_AT = ACCEPTED_AT + timedelta(seconds=2)
EVENT_IDS = uuid.UUID("6f1f7a52-2f0e-5c55-9c1b-7d2a4e6d7083")
ASK_SECONDS = 30.0


def _one_account_of_that_name(stage: Stage) -> str:
    stage.crm.add("Accounts", Account_Name="Harbour Mills")
    return stage.crm.add("Leads", Full_Name="Ivo Lind", Company="Harbour Mills", Email="ivo@elsewhere.example")


def _a_shared_email(stage: Stage) -> str:
    zylker = stage.crm.add("Accounts", Account_Name="Zylker")
    home = stage.crm.lookup("Accounts", zylker)
    stage.crm.add("Contacts", Full_Name="Bo Chen", Account_Name=home, Email="office@zylker.example")
    return stage.crm.add("Leads", Full_Name="Ada Park", Company="Zylker", Email="office@zylker.example")


_SCENE = {scene.name: scene for scene in SCENES}
EXAMPLES: dict[str, Scene] = {
    "convert_into_contact": _SCENE["contact"],
    "convert_into_contact_blocked": _SCENE["blocked"],
    "convert_into_contact_names_only": _SCENE["thin"],
    "convert_into_contact_other_name": Scene("", "", "convert_into_contact", _a_shared_email),
    "convert_into_account": _SCENE["account"],
    "convert_into_account_name_only": Scene("", "", "convert_into_account", _one_account_of_that_name),
    "choose": _SCENE["choose"],
    "choose_account_differs": _SCENE["moved"],
    "create_new": _SCENE["new"],
    "create_new_placeholder_company": _SCENE["person"],
    "wait": _SCENE["wait"],
    "already_converted": _SCENE["converted"],
    "lead_not_found": _SCENE["gone"],
    "unchecked": _SCENE["unchecked"],
}


class _Aws:
    """The ledger and the queues of one check, in memory."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def read_with(self, lead_id: str) -> LeadContext:
        """Return nothing known of the lead, and a Zoho that is well."""
        assert lead_id
        return LeadContext(None, ZohoHealth(), StageLists(), {})

    def store_match(self, event: LeadEvent, match: str, **_: object) -> LedgerItem:
        """Return the item as it would be stored."""
        return LedgerItem(event.lead_id, event.event_id, time_text(event.accepted_at), match, revision=1)

    def send(self, message: Message) -> None:
        """Keep the message."""
        self.sent.append(message)


class _Gate:
    """Asks the stand-in by HTTP, with the real client."""

    def __init__(self, client: ZohoClient) -> None:
        self._client = client

    def look_up(self, *, lead_id: str, **_: object) -> LookupResult:
        """Return what came back."""
        return look_up(self._client, lead_id=lead_id, seconds=ASK_SECONDS)


class _OneToken:
    """Gives the stand-in's one access token."""

    def __init__(self, zoho: ZohoStandIn) -> None:
        answer = zoho.tokens.answer({"grant_type": "refresh_token", **ZOHO})
        assert isinstance(answer.body, dict)
        self._token = AccessToken(answer.body["access_token"], zoho.url, CHECKED_AT)

    def get(self, *, refused: AccessToken | None = None) -> AccessToken:
        """Return it."""
        assert refused is None
        return self._token


def event_of(name: str) -> dict[str, Any]:
    """Return the example's match event, as today's code writes it."""
    scene, aws = EXAMPLES[name], _Aws()
    with ZohoStandIn(Crm(), **ZOHO) as zoho, requests.Session() as session:
        stage = Stage(zoho.crm, zoho)
        lead_id = scene.build(stage)
        if scene.then:
            scene.then(stage, lead_id)
        client = ZohoClient(tokens=_OneToken(zoho), session=lambda: session, api_version="v7", api_url=zoho.url)
        _check(LeadEvent(lead_id, str(uuid.uuid5(EVENT_IDS, name)), ACCEPTED_AT, "webhook"), client, aws)
    event = json.loads(aws.sent[0].body)
    assert isinstance(event, dict)
    return event


def _check(event: LeadEvent, client: ZohoClient, aws: _Aws) -> None:
    """Check the lead, which nobody waits for: what Zoho does not answer is given up at once."""
    pages = production_pages(data_center("us"), ORG_ID)
    check(
        Delivery(event.to_json(), None, None),
        health=aws,
        zoho=_Gate(client),
        publisher=VerdictPublisher(
            ledger=aws,
            outboxes=Outboxes(matches=aws, slack=_Aws(), dead_letters=_Aws()),
            channels=Channels("C1", "C2"),
            link=pages.link,
            search=pages.search,
            stage="dev",
            now=lambda: CHECKED_AT,
        ),
        now=lambda: CHECKED_AT,
        give_up_policy=GiveUpPolicy(unavailable_seconds=0, locked_seconds=0, alone_seconds=0),
    )
