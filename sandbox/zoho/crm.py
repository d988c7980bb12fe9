"""The records of the stand-in's CRM, kept in memory in the shape in which Zoho's API shows them."""

from __future__ import annotations

import copy
import itertools
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from sandbox.zoho.deals import DealSettings
from sandbox.zoho.ids import ORG_PREFIX, system_id
from sandbox.zoho.users import SYSTEM_USER, Users

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

Module = Literal["Leads", "Contacts", "Accounts", "Deals"]
Record = dict[str, object]

OWNER = {"name": "Rosa Quill", "email": "rosa.quill@quillworks.example"}
_LEAD: Record = {
    "First_Name": None,
    "Last_Name": None,
    "Full_Name": None,
    "Company": None,
    "Email": None,
    "Phone": None,
    "Mobile": None,
    "Website": None,
    "Lead_Source": None,
    "Lead_Status": None,
    "Owner": {**OWNER, "id": system_id("owner")},
    "Converted__s": False,
    "Converted_Contact": None,
    "Converted_Account": None,
    "Converted_Deal": None,
    "Converted_Date_Time": None,
    "$converted": False,
    "$converted_detail": {},
    "Locked__s": False,
    "$approval_state": "approved",
    "Tag": [],
}
# What Zoho says about the state of a record that may become a conversion's target.
_TARGET: Record = {
    "Phone": None,
    "Layout": {"name": "Standard", "id": system_id("Standard")},
    "Locked__s": False,
    "$editable": True,
    "$approval_state": "approved",
    "Tag": [],
}
_CONTACT: Record = {
    "First_Name": None,
    "Last_Name": None,
    "Full_Name": None,
    "Email": None,
    "Account_Name": None,
    "Data_Processing_Basis": "null",  # the four letters, which is how Zoho spells "none" in this one field
}
_ACCOUNT: Record = {"Account_Name": None, "Account_Type": None, "Website": None}
_DEAL: Record = {
    "Deal_Name": None,
    "Pipeline": None,
    "Stage": None,
    "Closing_Date": None,
    "Amount": None,
    "Account_Name": None,
    "Contact_Name": None,
}
_BLANK: dict[Module, Record] = {
    "Leads": _LEAD,
    "Contacts": _TARGET | _CONTACT,
    "Accounts": _TARGET | _ACCOUNT,
    "Deals": _TARGET | _DEAL,
}
NAMES: dict[Module, str] = {
    "Leads": "Full_Name",
    "Contacts": "Full_Name",
    "Accounts": "Account_Name",
    "Deals": "Deal_Name",
}
"""The field that holds a record's name."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion that took effect: of which lead, by which user, and into what; `made` are the modules that got a new record."""

    lead_id: str
    by: str
    at: float
    contact_id: str | None
    account_id: str | None
    deal_id: str | None
    made: tuple[Module, ...] = ()


class Crm:
    """Leads, contacts, accounts and deals, safe to read and change from several threads.

    Four settings are plain attributes and may be set at any time. Three decide what the conversion options find:
    `unique_fields`, the fields that an administrator marked unique, per module; `also_matched`, the fields that Zoho
    compares in some orgs beyond the documented ones; `layouts`, the modules that have more than one layout.
    With `converts_again` a lead that is converted is converted once more when it is asked for, as two calls at the same moment may be.
    `lock` may be held to do several things as one; `clock` tells seconds since the epoch.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.lock = threading.RLock()
        self.users = Users()
        self.deals = DealSettings()
        self.unique_fields: dict[Module, tuple[str, ...]] = {}
        self.also_matched: dict[Module, tuple[str, ...]] = {"Accounts": ("Phone", "Website"), "Contacts": ("Phone",)}
        self.layouts: tuple[str, ...] = ()
        self.converts_again = False
        self.changes = 0
        """Grows whenever a record changes."""
        self._records: dict[Module, dict[str, Record]] = {module: {} for module in _BLANK}
        self._conversions: list[Conversion] = []
        self._numbers = itertools.count(4_000_000_001)
        self._clock = clock

    def add(self, module: Module, **fields: object) -> str:
        """Keep a new record and return its id; what `fields` leaves out is filled as Zoho fills it.

        A contact's `Account_Name` is a lookup, see `lookup`. Names like `$editable` go in as `**{"$editable": False}`.
        """
        with self.lock:
            record_id = f"{ORG_PREFIX}{next(self._numbers):012d}"
            self._records[module][record_id] = copy.deepcopy(_BLANK[module]) | {"id": record_id}
            self.change(module, record_id, **fields)
            return record_id

    def clear(self) -> None:
        """Forget every record; ids are never given out twice."""
        with self.lock:
            for records in self._records.values():
                records.clear()
            self.changes += 1
            self._conversions.clear()

    def get(self, module: Module, record_id: str) -> Record | None:
        """Return a copy of the record, or None."""
        with self.lock:
            return copy.deepcopy(self._records[module].get(record_id))

    def all(self, module: Module) -> list[Record]:
        """Return copies of a module's records, the newest first."""
        with self.lock:
            return copy.deepcopy(list(self._records[module].values())[::-1])

    def change(self, module: Module, record_id: str, **fields: object) -> None:
        """Overwrite fields of a record; a person's full name follows their first and last name, or the other way."""
        with self.lock:
            record = self._records[module][record_id]
            record.update(copy.deepcopy(fields))
            self.changes += 1
            if module in ("Leads", "Contacts"):
                _complete_names(record, given=fields.keys())

    def find(self, module: Module, field: str, value: object) -> list[Record]:
        """Return copies of the records that hold this value, without regard to case; an empty value finds nothing."""
        wanted = _comparable(value)
        with self.lock:
            records = self._records[module].values() if wanted else ()
            return [copy.deepcopy(record) for record in records if _comparable(record.get(field)) == wanted]

    def lookup(self, module: Module, record_id: str) -> Record:
        """Return the record as another record's lookup field shows it: its name and id."""
        with self.lock:
            record = self._records[module][record_id]
            return {"name": record[NAMES[module]], "id": record_id}

    def conversions(self, lead_id: str | None = None) -> list[Conversion]:
        """Return the conversions that took effect, of one lead or of all, in order."""
        with self.lock:
            return [one for one in self._conversions if lead_id in (None, one.lead_id)]

    def convert(
        self,
        lead_id: str,
        *,
        contact_id: str | None = None,
        account_id: str | None = None,
        deal_id: str | None = None,
        by: str = SYSTEM_USER,
        made: tuple[Module, ...] = (),
    ) -> None:
        """Mark a lead as converted into records that exist already, by the user with this id."""
        with self.lock:
            into: dict[Module, str | None] = {"Contacts": contact_id, "Accounts": account_id, "Deals": deal_id}
            at = self._clock()
            self.change("Leads", lead_id, **self._converted(into, by, datetime.fromtimestamp(at, UTC)))
            self._conversions.append(Conversion(lead_id, by, at, contact_id, account_id, deal_id, made))

    def _converted(self, into: dict[Module, str | None], by: str, at: datetime) -> Record:
        """Return what a converted lead shows.

        Where Zoho keeps the moment differs: `Converted_Date_Time` is a field of the lead, `convert_date` a part of the detail.
        """
        shown = {module: self.lookup(module, id_) if id_ else None for module, id_ in into.items()}
        moment = at.isoformat(timespec="seconds")
        return {
            "Converted__s": True,
            "$converted": True,
            "Converted_Contact": shown["Contacts"],
            "Converted_Account": shown["Accounts"],
            "Converted_Deal": shown["Deals"],
            "Converted_Date_Time": moment,
            "$converted_detail": {
                "contact": into["Contacts"],
                "account": into["Accounts"],
                "deal": into["Deals"],
                "converted_by": by,
                "convert_date": moment,
            },
        }


def _complete_names(record: Record, *, given: Collection[str]) -> None:
    if "Full_Name" not in given and {"First_Name", "Last_Name"} & set(given):
        parts = (record["First_Name"], record["Last_Name"])
        record["Full_Name"] = " ".join(str(part) for part in parts if part) or None
    elif "Full_Name" in given and not {"First_Name", "Last_Name"} & set(given):
        first, _, last = str(record["Full_Name"] or "").rpartition(" ")
        record.update({"First_Name": first or None, "Last_Name": last or None})


def _comparable(value: object) -> str:
    return "" if value is None else str(value).strip().casefold()
