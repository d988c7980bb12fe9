"""leadmatch's own Zoho client, asking the two questions that check asks about a lead; what the SDK is measured beside."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from chalicelib.wiring import clients
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.tokens import AccessToken


class OneToken:
    """The access token that the environment has."""

    def get(self, *, refused: AccessToken | None = None) -> AccessToken:  # noqa: ARG002 - the client's interface
        """Return it."""
        ends_at = datetime.now(UTC) + timedelta(hours=1)
        return AccessToken(os.environ["BENCH_ACCESS_TOKEN"], os.environ["LEADMATCH_ZOHO_API_URL"], ends_at)


def ask(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Ask both questions; return the lead's name and the names of the contacts that match."""
    zoho = _client()
    options, lead = zoho.conversion_options(lead_id=event["lead_id"]), zoho.lead(lead_id=event["lead_id"])
    return {"lead": lead.name if lead else "", "contacts": [contact.name for contact in options.contacts or ()]}


@cache
def _client() -> ZohoClient:
    url = os.environ["LEADMATCH_ZOHO_API_URL"]
    return ZohoClient(tokens=OneToken(), session=clients.kept_session, api_version="v8", api_url=url)
