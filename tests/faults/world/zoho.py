"""Zoho as its HTTP client meets it: leads that change at any moment, an API that takes only tokens that live, an endpoint that gives them."""

from __future__ import annotations

import io
import json
import random
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import requests

from tests.faults.world.clock import Clock

VANISHED, MERGED, CONVERTED, IN_APPROVAL = -1, -2, -3, -4
"""What stands in the place of a lead's number of matching accounts when it has none: hidden by a sharing rule or deleted;
merged into another lead; converted; waiting for an approval."""
GONE = (VANISHED, MERGED)
ACTIONS = {
    **dict.fromkeys(GONE, "lead_not_found"),
    CONVERTED: "already_converted",
    IN_APPROVAL: "wait",
    0: "create_new",
    1: "convert_into_account",
}
OWNERS = (
    {"id": "7001", "name": "Rosa Quill", "email": "rosa@zylker.example"},
    {"id": "7002", "name": "Bo Chen", "email": "bo@zylker.example"},
    {"id": "7003", "name": "Cy Dorn", "email": ""},
)
"""Who owns leads: one whom Slack knows, one whom it does not know, and one without an address."""
API = "https://www.zohoapis.com"
LIFETIME_SECONDS = 3600.0
BUDGET, BUDGET_SECONDS = 10, 600.0
"""https://www.zoho.com/crm/developer/docs/api/v8/token-validity.html"""
MOST_TOKENS = 15
REFUSALS: Mapping[str, tuple[int, dict[str, Any]]] = {
    "throttled": (400, {"error": "Access Denied", "status": "failure"}),
    "revoked": (200, {"error": "invalid_code"}),
    "blocked": (200, {"error": "some_new_word"}),
    "down": (503, {}),
}
"""What the token endpoint may say instead of a token."""
TOKEN_WEATHERS = ("good", "hangs", *REFUSALS)


def owner_of(lead_id: str) -> dict[str, str]:
    """Return who owns a lead."""
    return OWNERS[int(lead_id) % len(OWNERS)]


def action_of(accounts: int) -> str:
    """Return the verdict's action that Zoho's answers about a lead stand for."""
    return ACTIONS.get(accounts, "choose")


@dataclass
class Zoho:
    """What Zoho knows, by its own clock; `down` answers nobody, and `failing` are leads that it fails on alone."""

    clock: Clock
    dice: random.Random
    accounts: dict[str, int] = field(default_factory=dict)
    """How many accounts match each lead, or what else there is to say about it."""
    down: bool = False
    failing: set[str] = field(default_factory=set)
    token_weather: str = "good"
    on_asked: Callable[[int], None] = lambda _: None
    """Hears what Zoho was about to say of the lead that is asked for."""
    tokens: dict[str, float] = field(default_factory=dict)
    """The tokens that live, the oldest first, and until when."""
    given_at: deque[float] = field(default_factory=deque)
    most_in_window: int = 0
    over_budget: int = 0
    """How often it was asked for a token beyond what it allows in ten minutes."""
    happened: Counter[str] = field(default_factory=Counter)

    def session(self) -> Any:
        """Return what asks over HTTP, in the form of a session of requests."""
        return SimpleNamespace(get_adapter=lambda _: SimpleNamespace(send=self._answer_to), verify=True)

    def revoke_tokens(self) -> None:
        """Let no token live that was given out so far."""
        self.tokens.clear()

    def _answer_to(self, request: requests.PreparedRequest, **_: Any) -> Any:
        url, _, query = str(request.url).partition("?")
        if url.endswith("/oauth/v2/token"):
            return self._token()
        if self.down:
            raise requests.exceptions.ConnectTimeout
        if self.tokens.get(request.headers["Authorization"].removeprefix("Zoho-oauthtoken "), 0) < self.clock.seconds():
            self.happened["zoho refuses a token"] += 1
            return _answer(401, {"code": "INVALID_TOKEN"})
        lead_id, _, rest = url.partition("/Leads/")[2].partition("/")
        if lead_id in self.failing:
            return _answer(500, {"code": "INTERNAL_ERROR"})
        state = self.accounts.get(lead_id, 0)
        self.on_asked(state)
        return _options(lead_id, state) if rest else _lead(lead_id, state, query)

    def _token(self) -> Any:
        if self.token_weather == "down":
            raise requests.exceptions.ConnectTimeout
        now = self.clock.seconds()
        while self.given_at and now - self.given_at[0] >= BUDGET_SECONDS:
            self.given_at.popleft()
        if refusal := REFUSALS.get(self.token_weather):
            self.happened[f"token endpoint {self.token_weather}"] += 1
            return _answer(*refusal)
        self.given_at.append(now)
        self.most_in_window = max(self.most_in_window, len(self.given_at))
        if len(self.given_at) > BUDGET:
            self.over_budget += 1
            return _answer(*REFUSALS["throttled"])
        value = f"1000.{self.dice.getrandbits(64):x}"
        self.tokens[value] = now + LIFETIME_SECONDS
        for old in list(self.tokens)[:-MOST_TOKENS]:
            del self.tokens[old]
        if self.token_weather == "hangs":
            self.happened["token endpoint hangs"] += 1
            raise requests.exceptions.ReadTimeout
        return _answer(200, {"access_token": value, "api_domain": API, "expires_in": int(LIFETIME_SECONDS)})


def _options(lead_id: str, state: int) -> Any:
    if state in GONE:
        return _answer(400, {"code": "INVALID_DATA"})
    if state == CONVERTED:
        return _answer(400, {"code": "ID_ALREADY_CONVERTED"})
    if state == IN_APPROVAL:
        return _answer(400, {"code": "NOT_APPROVED"})
    found = [{"id": f"{lead_id}{number}", "Account_Name": "Zylker"} for number in range(state)]
    return _answer(200, {"__conversion_options": {"Contacts": None, "Accounts": found or None}})


def _lead(lead_id: str, state: int, query: str) -> Any:
    if state in GONE or (state == CONVERTED and "converted=true" not in query):
        return _answer(204, None)
    about = {"id": lead_id, "Full_Name": "Ada Park", "Company": "Zylker", "Owner": owner_of(lead_id)}
    record = about | {"Converted__s": state == CONVERTED}
    return _answer(200, {"data": [record]})


def _answer(status: int, body: object) -> Any:
    raw = io.BytesIO(b"" if body is None else json.dumps(body).encode())
    return nullcontext(
        SimpleNamespace(status_code=status, headers={}, raw=SimpleNamespace(read1=lambda size, **_: raw.read(size)))
    )
