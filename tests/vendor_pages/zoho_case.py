"""A call of Zoho's that goes well, made over HTTP, until a cause changes that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from sandbox.zoho.server import ZohoStandIn
from sandbox.zoho.users import SYSTEM_USER
from tests.stand_in_clock import Clock

CREDENTIALS = {"client_id": "1000.CLIENT", "client_secret": "hush", "refresh_token": "1000.refresh"}
PATHS: Mapping[str, str] = {
    "options": "Leads/{lead}/__conversion_options",
    "lead": "Leads/{lead}",
    "leads": "Leads",
    "org": "org",
    "convert": "Leads/{lead}/actions/convert",
    "users": "users",
    "user": "users/{user}",
    "layouts": "settings/layouts",
    "pipelines": "settings/pipeline",
}


@dataclass
class Case:
    """A call that goes well, until a cause changes that."""

    zoho: ZohoStandIn
    clock: Clock
    http: requests.Session
    call: str
    lead: str
    authorization: str
    method: str = "GET"
    params: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=lambda: CREDENTIALS | {"grant_type": "refresh_token"})
    path: str = ""
    user: str = SYSTEM_USER
    version: str = "v8"
    item: dict[str, Any] | None = None

    def send(self) -> requests.Response:
        """Make the call."""
        if self.call.startswith("token"):
            return self.http.post(f"{self.zoho.url}/oauth/v2/token", data=self.form, params=self.params)
        path = self.path or PATHS[self.call].format(lead=self.lead, user=self.user)
        url, headers = f"{self.zoho.url}/crm/{self.version}/{path}", {"Authorization": self.authorization}
        body = None if self.item is None else {"data": [self.item]}
        return self.http.request(self.method, url, params=self.params, headers=headers, json=body)

    def refused(self, **item: Any) -> dict[str, Any]:
        """Convert with this item, which has to be refused, and return what is said of the item or of the lead."""
        self.item = item
        answer = self.send()
        assert answer.status_code == 400
        return dict(answer.json().get("data", [answer.json()])[0])

    def converted(self, **item: Any) -> dict[str, Any]:
        """Convert with this item, which has to go well, and return the records."""
        self.item = item
        return dict(self.good()["data"][0]["details"])

    def good(self) -> dict[str, Any]:
        """Make the call, which has to go well, and return the answer."""
        answer = self.send()
        assert answer.status_code == 200
        assert "error" not in answer.json()
        return dict(answer.json())

    def options(self) -> dict[str, Any]:
        """Return what stands in the conversion options."""
        return dict(self.good()["__conversion_options"])

    def add(self, module: Any, times: int = 1) -> None:
        """Let there be records that match the lead."""
        for _ in range(times):
            names = {"Account_Name": "Fernhill"} if module == "Accounts" else {"Full_Name": "Iva Moss"}
            self.zoho.crm.add(module, **names)
