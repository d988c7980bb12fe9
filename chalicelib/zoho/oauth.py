"""A refresh token becomes an access token.

https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.digits import is_digits
from chalicelib.errors import LeadmatchError, TokenUnclear, ZohoBlocked, ZohoRefused, ZohoThrottled, ZohoUnavailable
from chalicelib.http import Answer, AnswerLost, NotSent, exchange
from chalicelib.timing import TOKEN_LIFETIME_SECONDS, TOKEN_READ_SECONDS, TOKEN_THROTTLE_SECONDS
from chalicelib.zoho.errors import (
    ASKED_WRONGLY,
    PAGE,
    THROTTLE,
    address_refused,
    names_address,
    said,
)
from chalicelib.zoho.tokens import AccessToken, named_api_domain

if TYPE_CHECKING:
    import requests

PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z _-]{0,59}")
PROGRAM_WORD = re.compile(r"[a-z]+([_-][a-z]+)*|[A-Z]+(_[A-Z]+)*")
WORDS = ("error", "code", "error_code")
"""The fields that hold a word, where others hold sentences."""
WRONG_CREDENTIALS = {
    "invalid_code": "The Zoho refresh token was revoked or belongs to another client: authorise leadmatch again.",
    "invalid_client": "Zoho does not know the client id: check it and LEADMATCH_ZOHO_DATA_CENTER.",
    "invalid_client_secret": "The Zoho client secret is wrong: each data centre has its own.",
}


@dataclass(frozen=True, slots=True, repr=False)
class ZohoClientCredentials:
    """The self client that the operator registered, its refresh token, and the accounts server that knows them.

    Without the server, what one data centre refused would be held against the next one, whose they may be.
    """

    client_id: str
    client_secret: str
    refresh_token: str
    accounts_url: str

    def digest(self) -> str:
        """Return what tells these credentials from others and gives nothing of them away."""
        parts = json.dumps([self.client_id, self.client_secret, self.refresh_token, self.accounts_url])
        return hashlib.sha256(parts.encode()).hexdigest()


def refresh(
    session: requests.Session, credentials: ZohoClientCredentials, *, now: Callable[[], datetime]
) -> AccessToken:
    """Ask for a new access token.

    Raises `ZohoThrottled` for more than ten in ten minutes, `ZohoRefused` for wrong or revoked credentials,
    `TokenUnclear` when the answer was lost, `ZohoUnavailable` otherwise. Zoho answers errors with HTTP 200 and translates
    their texts, so only the presence of `access_token` counts.
    """
    asked_at = now()
    answer = _asked(session, credentials)
    if token := token_in(answer, asked_at=asked_at):
        return token
    raise _token_failure(answer)


def token_in(answer: Answer, *, asked_at: datetime) -> AccessToken | None:
    """Return the access token that an answer of the token endpoint holds, if there is one."""
    body = answer.json()
    fields = body if isinstance(body, Mapping) else {}
    value = fields.get("access_token")
    if not isinstance(value, str) or not value:
        return None
    return AccessToken(
        value=value,
        api_domain=named_api_domain(fields.get("api_domain")),
        expires_at=asked_at + timedelta(seconds=_lifetime_seconds(fields)),
    )


def _asked(session: requests.Session, credentials: ZohoClientCredentials) -> Answer:
    """Send the credentials, in the body: addresses end up in logs."""
    form = {
        "grant_type": "refresh_token",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "refresh_token": credentials.refresh_token,
    }
    url = f"{credentials.accounts_url}/oauth/v2/token"
    try:
        return exchange(session, "POST", url, data=form, read_seconds=TOKEN_READ_SECONDS)
    except NotSent:
        raise ZohoUnavailable("Zoho's token endpoint could not be reached.", reason="zoho_token_unreachable") from None
    except AnswerLost:
        raise TokenUnclear("Zoho's token endpoint did not answer.", reason="zoho_token_no_answer") from None


def _lifetime_seconds(fields: Mapping[str, object]) -> int:
    """Read `expires_in`; old clients get seconds in `expires_in_sec` and milliseconds in `expires_in`."""
    text = str(fields.get("expires_in_sec") or fields.get("expires_in") or "")
    seconds = int(text) if is_digits(text, most=len(str(TOKEN_LIFETIME_SECONDS))) else 0
    return min(seconds or TOKEN_LIFETIME_SECONDS, TOKEN_LIFETIME_SECONDS)


def _token_failure(answer: Answer) -> LeadmatchError:
    """Return what an answer without a token means; Zoho's word for it may stand at any level."""
    texts = [text.strip() for _, text in said(answer) if text.strip()]
    if wrong := next((text for text in texts if text in WRONG_CREDENTIALS), ""):
        return ZohoRefused(WRONG_CREDENTIALS[wrong], reason="zoho_not_connected")
    if names_address(answer):
        return address_refused()
    if _is_throttle(answer):
        return ZohoThrottled(
            "Zoho has issued too many access tokens for this client.",
            reason="zoho_token_throttled",
            retry_after_seconds=answer.retry_after_seconds or TOKEN_THROTTLE_SECONDS,
        )
    if answer.status in ASKED_WRONGLY or (
        answer.json() is not None and texts and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return _unknown_word(answer)
    return ZohoUnavailable("Zoho's token endpoint issued no token.", reason="zoho_no_token")


def _is_throttle(answer: Answer) -> bool:
    """Return whether too many tokens were asked for: Zoho says it with a `status` and translates its words.

    An error that is a program's word, such as access_denied, is another one. https://www.zoho.com/crm/developer/docs/api/v8/token-validity.html
    """
    words = said(answer)
    body = answer.json()
    fails = isinstance(body, Mapping) and body.get("status") == "failure"
    is_word = any(name in WORDS and PROGRAM_WORD.fullmatch(text) for name, text in words)
    return (
        answer.status == HTTPStatus.TOO_MANY_REQUESTS
        or (fails and not is_word)
        or any(name != PAGE and THROTTLE.search(text) for name, text in words)
    )


def _unknown_word(answer: Answer) -> ZohoBlocked:
    """Return the error for a word that no table has; it is repeated only when it can be no more than a word."""
    word = next((text.strip() for name, text in said(answer) if name in WORDS), "")
    told = f' and answers "{word}", an error code that leadmatch does not know' if PLAIN_WORD.fullmatch(word) else ""
    if not word:
        told = f" and answers HTTP {answer.status} without an error code that leadmatch knows"
    return ZohoBlocked(
        f"Zoho's token endpoint issues no access token{told}. A possible cause is that the org allows only certain IP addresses.",
        reason="zoho_token_unknown_word",
    )
