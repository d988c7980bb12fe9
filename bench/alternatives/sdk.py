"""Zoho's official SDK, asking the two questions that check asks about a lead: its fields and its conversion options."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from typing import Any

from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import TokenStore
from zohocrmsdk.src.com.zoho.api.logger import Logger
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, Initializer, ParameterMap
from zohocrmsdk.src.com.zoho.crm.api.conversion_option import ConversionOptionOperations
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.record import GetRecordParam, RecordOperations
from zohocrmsdk.src.com.zoho.crm.api.sdk_config import SDKConfig

FIELDS = "Full_Name,First_Name,Last_Name,Company,Email,Phone,Mobile,Website,Lead_Source,Lead_Status"


class InMemory(TokenStore):  # type: ignore[misc] # the SDK has no types
    """Keeps the one access token, as leadmatch does; the SDK's own stores are a database and a file."""

    def __init__(self) -> None:
        self._token: Any = None

    def find_token(self, token: Any) -> Any:  # noqa: ARG002 - the SDK's interface
        """Return it."""
        return self._token

    def find_token_by_id(self, id: Any) -> Any:  # noqa: A002, ARG002 - the SDK's interface
        """Return it."""
        return self._token

    def get_tokens(self) -> list[Any]:
        """Return it."""
        return [self._token]

    def save_token(self, token: Any) -> None:
        """Keep it."""
        self._token = token

    def delete_token(self, id: Any) -> None:  # noqa: A002 - the SDK's interface
        """Keep it all the same."""

    def delete_tokens(self) -> None:
        """Keep it all the same."""


def ask(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Ask both questions; return the lead's name and the names of the contacts that match."""
    _initialize()
    options = ConversionOptionOperations(int(event["lead_id"])).lead_conversion_options().get_object()
    fields = ParameterMap()
    fields.add(GetRecordParam.fields, FIELDS)
    found = RecordOperations("Leads").get_record(int(event["lead_id"]), fields, HeaderMap()).get_object()
    contacts = options.get_conversion_options().get_contacts() or ()
    return {
        "lead": found.get_data()[0].get_key_value("Full_Name"),
        "contacts": [contact.get_key_value("Full_Name") for contact in contacts],
    }


@cache
def _initialize() -> None:
    url = os.environ["LEADMATCH_ZOHO_API_URL"]
    Initializer.initialize(
        DataCenter.Environment(url, f"{url}/oauth/v2/token", url),
        OAuthToken(access_token=os.environ["BENCH_ACCESS_TOKEN"], find_user=False),
        store=InMemory(),
        sdk_config=SDKConfig(update_api_domain=False),
        resource_path=tempfile.mkdtemp(),
        logger=Logger.get_instance(Logger.Levels.ERROR, os.devnull),
    )
