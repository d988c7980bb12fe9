"""Asks Zoho CRM what we need to know about one lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.data_centers import checked_api_url
from chalicelib.digits import is_digits
from chalicelib.errors import ZohoUnavailable
from chalicelib.http import Answer, AnswerLost, NotSent, exchange
from chalicelib.timing import ZOHO_READ_SECONDS
from chalicelib.verdict.model import ConversionOptions, Lead
from chalicelib.zoho.answers import LEAD_FIELDS, read_lead, read_options
from chalicelib.zoho.conversion import API_VERSION as CONVERT_VERSION
from chalicelib.zoho.conversion import ConvertedLead, Outcome, read_converted, read_tags, send
from chalicelib.zoho.errors import code_of, failure, token_was_refused
from chalicelib.zoho.tokens import AccessToken

if TYPE_CHECKING:
    import requests

OTHER_TOKENS = 2
TAKEN = (HTTPStatus.OK, HTTPStatus.NO_CONTENT)
CREDITS_HEADER = "x-api-credits-remaining"
MAX_CREDITS_DIGITS = 12


class Tokens(Protocol):
    """Where access tokens come from."""

    def get(self, *, refused: AccessToken | None = None) -> AccessToken:
        """Return a token that is not the refused one."""


class ZohoClient:
    """A client of one org; `api_url` wins over the address that the token answer names.

    `center_api_url` is the data centre's own, for a token whose answer named none; `qualifying_field` is
    read with each lead. `on_credits` hears how many of the day's API credits are left, whenever an answer says so: once half are used;
    `on_api_domain` of the API that each token's answer named, or else, once a token was taken, of the data centre's.
    """

    def __init__(
        self,
        *,
        tokens: Tokens,
        session: Callable[[], requests.Session],
        api_version: str,
        api_url: str = "",
        center_api_url: str = "",
        qualifying_field: str = "",
        on_credits: Callable[[int], None] = lambda _: None,
        on_api_domain: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._tokens, self._session, self._on_credits = tokens, session, on_credits
        self._on_api_domain = on_api_domain
        self._api_version, self._api_url, self._center_api_url = api_version, api_url, center_api_url
        self._qualifying_field = qualifying_field
        own = () if qualifying_field in ("", *LEAD_FIELDS) else (qualifying_field,)
        self._lead_fields = ",".join((*LEAD_FIELDS, *own))

    def conversion_options(self, *, lead_id: str) -> ConversionOptions:
        """Ask which accounts, contacts and deals match the lead, and why.

        Raises `NotApproved`, `RecordLocked`, `AlreadyConverted`, `LeadNotFound` (converted and unknown leads alike), and
        any other Zoho error of `errors.py`. https://www.zoho.com/crm/developer/docs/api/v7/lead-conversion-options.html
        """
        answer = self._get(f"Leads/{lead_id}/__conversion_options", {})
        return read_options(_content(answer, "__conversion_options"))

    def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:
        """Read the lead's own fields; None when our user is shown no such lead.

        Zoho answers 204 for a converted lead unless `converted` asks for it.
        https://www.zoho.com/crm/developer/docs/api/v8/get-records.html
        """
        query = {"fields": self._lead_fields} | ({"converted": "true"} if converted else {})
        body = _content(self._get(f"Leads/{lead_id}", query), "data")
        return read_lead(body, qualifying_field=self._qualifying_field)

    def ask(self, path: str, query: Mapping[str, str], *, part: str) -> Mapping[str, Any]:
        """Return the body of a good answer, which has the `part`; empty for 204. Raises as `conversion_options` does."""
        body = _content(self._get(path, query), part)
        return body if isinstance(body, Mapping) else {}

    def converted_lead(self, *, lead_id: str) -> ConvertedLead | None:
        """Read a lead that is converted, with all its fields: what it was converted into is none that can be asked for by name.

        None when Zoho shows our user no such lead.
        """
        return read_converted(self.ask(f"Leads/{lead_id}", {"converted": "true"}, part="data"))

    def tags(self, *, lead_id: str) -> tuple[str, ...]:
        """Return the names of a lead's tags."""
        return read_tags(self.ask(f"Leads/{lead_id}", {"fields": "Tag"}, part="data"))

    def conversion(
        self, *, lead_id: str, body: Mapping[str, Any], session: Callable[[], requests.Session]
    ) -> Callable[[], Outcome]:
        """Return what calls Convert Lead once, when it is called; the token is fetched before, so that nothing can fail then.

        https://www.zoho.com/crm/developer/docs/api/v7/convert-lead.html
        """
        token = self._tokens.get()
        url = f"{self._base(token)}/crm/{CONVERT_VERSION}/Leads/{lead_id}/actions/convert"
        return partial(send, session, url, token.value, body)

    def some_lead_id(self) -> str:
        """Return the id of an unconverted lead that our user sees, or an empty text: for whoever checks the access.

        https://www.zoho.com/crm/developer/docs/api/v8/get-records.html
        """
        found = read_lead(_content(self._get("Leads", {"fields": "id", "per_page": "1"}), "data"))
        return found.id if found else ""

    def _get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Ask with the token in memory, with the shared one when that is refused, and with a new one at last."""
        token = self._tokens.get()
        for _ in range(OTHER_TOKENS):
            answer = self._get_with(token, path, query)
            if not token_was_refused(answer):
                return answer
            token = self._tokens.get(refused=token)
        return self._get_with(token, path, query)

    def _get_with(self, token: AccessToken, path: str, query: Mapping[str, str]) -> Answer:
        if token.api_domain:
            self._on_api_domain(token.api_domain)
        base = self._base(token)
        try:
            answer = exchange(
                self._session(),
                "GET",
                f"{base}/crm/{self._api_version}/{path}",
                params=query,
                headers={"Authorization": f"Zoho-oauthtoken {token.value}"},
                read_seconds=ZOHO_READ_SECONDS,
            )
        except NotSent:
            raise ZohoUnavailable("Zoho could not be reached.", reason="zoho_unreachable") from None
        except AnswerLost:
            raise ZohoUnavailable("Zoho did not answer in time.", reason="zoho_no_answer") from None
        self._tell_credits(answer)
        if not token.api_domain and answer.status in TAKEN:
            self._on_api_domain(self._center_api_url)
        return answer

    def _base(self, token: AccessToken) -> str:
        return self._api_url or checked_api_url(token.api_domain or self._center_api_url)

    def _tell_credits(self, answer: Answer) -> None:
        """Pass on what the header says. https://www.zoho.com/crm/developer/docs/api/v8/api-limits.html"""
        text = answer.headers.get(CREDITS_HEADER, "").strip()
        if is_digits(text, most=MAX_CREDITS_DIGITS):
            self._on_credits(int(text))


def _content(answer: Answer, part: str) -> object:
    """Return the body of a good answer, None for 204; raise what a bad answer stands for.

    A good answer has its one `part`: what lacks it is not Zoho's word, and must not be read as "nothing matches". An
    error may stand where the record would (`lead/200_error_in_a_list.json`): that is no "no such lead".
    """
    if answer.status == HTTPStatus.NO_CONTENT:
        return None
    body = answer.json()
    has_part = isinstance(body, Mapping) and isinstance(body.get(part), Mapping | list)
    if answer.status != HTTPStatus.OK or not has_part or code_of(answer):
        raise failure(answer)
    return body
