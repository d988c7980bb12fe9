"""What the leads of the proofs meet in the CRM."""

from __future__ import annotations

from tests.faults.stage import Stage
from tests.faults.trial import Scene


def _known_contact(stage: Stage) -> str:
    lead_id = _stranger(stage)
    _becomes_known(stage, lead_id)
    return lead_id


def _stranger(stage: Stage) -> str:
    return stage.parts.crm.add("Leads", Full_Name="Ada Park", Email="ada@zylker.example", Company="Zylker")


def _becomes_known(stage: Stage, _lead_id: str) -> None:
    crm = stage.parts.crm
    home = crm.lookup("Accounts", crm.add("Accounts", Account_Name="Zylker"))
    crm.add("Contacts", Full_Name="Ada Park", Email="ada@zylker.example", Account_Name=home)


FIRST = Scene("first", _known_contact)
"""A lead is qualified; everything starts cold, the access token too."""
CHANGED = Scene("changed", _stranger, _becomes_known)
"""A lead is qualified again after its verdict has changed: the message is edited, and a reply says so."""
SCENES = (FIRST, CHANGED)
