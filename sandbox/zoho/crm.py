"""The records of the stand-in's CRM, kept in memory in the shape in which Zoho's API shows them."""

from __future__ import annotations

import copy
import itertools
import threading
import zlib
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

Module = Literal["Leads", "Contacts", "Accounts"]
Record = dict[str, object]

_ORG_PREFIX = "7203914"
_OWNER: Record = {"name": "Rosa Quill", "email": "rosa.quill@quillworks.example"}


def system_id(name: str) -> str:
    """Return the id of a module, a field, a layout or a user: 19 digits, always the same for the same name."""
    return f"{_ORG_PREFIX}{zlib.crc32(name.encode()) % 10**6:012d}"


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
    "Owner": {**_OWNER, "id": system_id("owner")},
    "Converted__s": False,
    "Converted_Contact": None,
    "Converted_Account": None,
    "Converted_Deal": None,
    "$converted": False,
    "$converted_detail": {},
}
# What Zoho says about the state of a record that may become a conversion's target.
_TARGET: Record = {
    "Phone": None,
    "Layout": {"name": "Standard", "id": system_id("Standard")},
    "Locked__s": False,
    "$editable": True,
    "$approval_state": "approved",
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
_BLANK: dict[Module, Record] = {"Leads": _LEAD, "Contacts": _TARGET | _CONTACT, "Accounts": _TARGET | _ACCOUNT}


class Crm:
    """Leads, contacts and accounts, safe to read and change from several threads.

    Three settings decide what the conversion options find; each is a plain attribute and may be set at any time:
    `unique_fields`, the fields that an administrator marked unique, per module; `also_matched`, the fields that Zoho
    compares in some orgs beyond the documented ones; `layouts`, the modules that have more than one layout.
    """

    def __init__(self) -> None:
        self.unique_fields: dict[Module, tuple[str, ...]] = {}
        self.also_matched: dict[Module, tuple[str, ...]] = {"Accounts": ("Phone", "Website"), "Contacts": ("Phone",)}
        self.layouts: tuple[str, ...] = ()
        self._records: dict[Module, dict[str, Record]] = {"Leads": {}, "Contacts": {}, "Accounts": {}}
        self._numbers = itertools.count(4_000_000_001)
        self._lock = threading.RLock()

    def add(self, module: Module, **fields: object) -> str:
        """Keep a new record and return its id; what `fields` leaves out is filled as Zoho fills it.

        A contact's `Account_Name` is a lookup, see `lookup`. Names like `$editable` go in as `**{"$editable": False}`.
        """
        with self._lock:
            record_id = f"{_ORG_PREFIX}{next(self._numbers):012d}"
            self._records[module][record_id] = copy.deepcopy(_BLANK[module]) | {"id": record_id}
            self.change(module, record_id, **fields)
            return record_id

    def clear(self) -> None:
        """Forget every record; ids are never given out twice."""
        with self._lock:
            for records in self._records.values():
                records.clear()

    def get(self, module: Module, record_id: str) -> Record | None:
        """Return a copy of the record, or None."""
        with self._lock:
            return copy.deepcopy(self._records[module].get(record_id))

    def all(self, module: Module) -> list[Record]:
        """Return copies of a module's records, the newest first."""
        with self._lock:
            return copy.deepcopy(list(self._records[module].values())[::-1])

    def change(self, module: Module, record_id: str, **fields: object) -> None:
        """Overwrite fields of a record; a person's full name follows their first and last name, or the other way."""
        with self._lock:
            record = self._records[module][record_id]
            record.update(copy.deepcopy(fields))
            if module != "Accounts":
                _complete_names(record, given=fields.keys())

    def find(self, module: Module, field: str, value: object) -> list[Record]:
        """Return copies of the records that hold this value, without regard to case; an empty value finds nothing."""
        wanted = _comparable(value)
        with self._lock:
            records = self._records[module].values() if wanted else ()
            return [copy.deepcopy(record) for record in records if _comparable(record.get(field)) == wanted]

    def lookup(self, module: Module, record_id: str) -> Record:
        """Return the record as another record's lookup field shows it: its name and id."""
        with self._lock:
            record = self._records[module][record_id]
            return {"name": record["Account_Name" if module == "Accounts" else "Full_Name"], "id": record_id}

    def convert(self, lead_id: str, *, contact_id: str | None = None, account_id: str | None = None) -> None:
        """Mark a lead as converted into records that exist already; Zoho would make those that are not named."""
        with self._lock:
            fields: Record = {
                "Converted__s": True,
                "$converted": True,
                "Converted_Contact": self.lookup("Contacts", contact_id) if contact_id else None,
                "Converted_Account": self.lookup("Accounts", account_id) if account_id else None,
                "$converted_detail": {"contact": contact_id, "account": account_id, "deal": None},
            }
            self.change("Leads", lead_id, **fields)


def _complete_names(record: Record, *, given: Collection[str]) -> None:
    if "Full_Name" not in given and {"First_Name", "Last_Name"} & set(given):
        parts = (record["First_Name"], record["Last_Name"])
        record["Full_Name"] = " ".join(str(part) for part in parts if part) or None
    elif "Full_Name" in given and not {"First_Name", "Last_Name"} & set(given):
        first, _, last = str(record["Full_Name"] or "").rpartition(" ")
        record.update({"First_Name": first or None, "Last_Name": last or None})


def _comparable(value: object) -> str:
    return "" if value is None else str(value).strip().casefold()
