"""Where people see a record in Zoho CRM."""

from __future__ import annotations

import pytest

from chalicelib.zoho.data_centers import data_center
from chalicelib.zoho.links import record_links


@pytest.mark.parametrize(
    ("org", "module", "path"),
    [
        ("", "Leads", "/crm/tab/Leads/71"),
        ("60001234", "Leads", "/crm/org60001234/tab/Leads/71"),
        ("org60001234", "Contacts", "/crm/org60001234/tab/Contacts/71"),
        ("60001234", "Accounts", "/crm/org60001234/tab/Accounts/71"),
        ("60001234", "Deals", "/crm/org60001234/tab/Potentials/71"),
    ],
)
def test_a_record_has_its_page(org: str, module: str, path: str) -> None:
    """With an org id or without; deals still carry their old name."""
    assert record_links(data_center("ca"), org)(module, "71") == f"https://crm.zohocloud.ca{path}"
