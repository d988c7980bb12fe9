"""A grant code of Zoho's Self Client becomes a refresh token, once; the first access token comes with it.

https://www.zoho.com/accounts/protocol/oauth/self-client/authorization-code-flow.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import requests

from chalicelib.http import AnswerLost, NotSent, exchange
from chalicelib.timing import TOKEN_READ_SECONDS
from chalicelib.wiring.clients import utc_now
from chalicelib.zoho.oauth import token_in
from chalicelib.zoho.tokens import AccessToken
from ops.errors import OpsError

REFUSALS = {
    "invalid_client": (
        "Zoho does not know this client id.",
        "Check it, and --zoho-data-center: each data centre has its own clients.",
    ),
    "invalid_client_secret": (
        "The client secret is wrong.",
        "Copy it again from Zoho's API console, Self Client, Client Secret: each data centre has its own.",
    ),
}


class CodeSpent(OpsError):
    """The grant code was used before, its minutes are over, or it is of another client: a new one helps."""


@dataclass(frozen=True, slots=True)
class GrantCodes:
    """Zoho's accounts server, as far as grant codes go."""

    accounts_url: str
    heard: Callable[[AccessToken], None] = lambda _: None
    """Gets the access token, which names the API of the org that was chosen with the code."""

    def exchange(self, code: str, *, client_id: str, client_secret: str) -> str:
        """Return the refresh token; raise `CodeSpent` when another code helps, `OpsError` when something else must change.

        Zoho says its errors with HTTP 200. The secrets go in the body: addresses end up in logs.
        """
        form = {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "client_secret": client_secret,
            "code": code,
        }
        url = f"{self.accounts_url}/oauth/v2/token"
        asked_at = utc_now()
        try:
            with requests.Session() as session:
                answer = exchange(session, "POST", url, data=form, read_seconds=TOKEN_READ_SECONDS)
        except NotSent:
            raise OpsError(f"{self.accounts_url} cannot be reached.", "Check the network, then run it again.") from None
        except AnswerLost:
            raise CodeSpent("Zoho's answer was lost.", "The code may have been used: generate a new one.") from None
        body = answer.json()
        fields = body if isinstance(body, Mapping) else {}
        found = _refresh_token(fields, answer.status)
        if token := token_in(answer, asked_at=asked_at):
            self.heard(token)
        return found


def _refresh_token(fields: Mapping[str, object], status: int) -> str:
    found = fields.get("refresh_token")
    if isinstance(found, str) and found:
        return found
    if fields.get("access_token"):
        raise CodeSpent(
            "Zoho returned an access token without a refresh token.", "Generate a new code in the Self Client."
        )
    error = str(fields.get("error", ""))
    if error == "invalid_code":
        raise CodeSpent(
            "Zoho does not accept this grant code: it was used before, or it has expired.", "Generate a new code."
        )
    said, hint = REFUSALS.get(
        error, (f"Zoho's accounts server refused (HTTP {status}).", "Wait ten minutes, then run it again.")
    )
    raise OpsError(said, hint)
