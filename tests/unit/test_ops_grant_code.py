"""A grant code becomes a refresh token, and each of Zoho's refusals says what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ops.errors import OpsError
from ops.provision.grant_code import CodeSpent, GrantCodes
from sandbox.zoho.crm import Crm
from sandbox.zoho.faults import Answer, Fault
from sandbox.zoho.server import ZohoStandIn
from tests.local_http import closed_port_url

CLIENT = {"client_id": "1000.CLIENT", "client_secret": "hush"}


@pytest.fixture
def zoho() -> Iterator[ZohoStandIn]:
    with ZohoStandIn(Crm(), refresh_token="1000.first", **CLIENT) as zoho:
        yield zoho


def test_a_code_becomes_a_refresh_token_that_zoho_knows(zoho: ZohoStandIn) -> None:
    """Over real HTTP, and it gets an access token afterwards."""
    token = GrantCodes(zoho.url).exchange(zoho.tokens.issue_grant_code(), **CLIENT)
    form = {"grant_type": "refresh_token", "refresh_token": token, **CLIENT}
    assert "access_token" in zoho.tokens.answer(form).body


def test_a_code_works_once(zoho: ZohoStandIn) -> None:
    """The second time Zoho says invalid_code, with HTTP 200; another code helps."""
    code = zoho.tokens.issue_grant_code()
    GrantCodes(zoho.url).exchange(code, **CLIENT)
    with pytest.raises(CodeSpent, match="used before, or it has expired"):
        GrantCodes(zoho.url).exchange(code, **CLIENT)


@pytest.mark.parametrize(
    ("wrong", "said", "hint"),
    [
        ({"client_id": "1000.OTHER"}, "does not know this client id", "--zoho-data-center"),
        ({"client_secret": "guessed"}, "client secret is wrong", "each data centre has its own"),
    ],
)
def test_a_wrong_client_is_no_matter_of_the_code(
    zoho: ZohoStandIn, wrong: dict[str, str], said: str, hint: str
) -> None:
    """So the operator is not sent for another one, and the secret is not repeated."""
    with pytest.raises(OpsError, match=said) as caught:
        GrantCodes(zoho.url).exchange(zoho.tokens.issue_grant_code(), **CLIENT | wrong)
    assert not isinstance(caught.value, CodeSpent)
    assert hint in caught.value.hint
    assert "guessed" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(400, {"error": "Access Denied", "status": "failure"}), r"refused \(HTTP 400\)"),
        (Answer(502, "<html>"), r"refused \(HTTP 502\)"),
        (Answer(200, {"access_token": "1000.a"}), "without a refresh token"),
        (Fault.RESET, "answer was lost"),
    ],
)
def test_other_answers_are_told(zoho: ZohoStandIn, answer: Answer | Fault, said: str) -> None:
    """Whatever Zoho says, a sentence comes out."""
    zoho.on("token", answer)
    with pytest.raises(OpsError, match=said):
        GrantCodes(zoho.url).exchange(zoho.tokens.issue_grant_code(), **CLIENT)


def test_an_accounts_server_out_of_reach_is_told() -> None:
    """Nothing was sent, so the code is still good."""
    with pytest.raises(OpsError, match="cannot be reached") as caught:
        GrantCodes(closed_port_url()).exchange("1000.code", **CLIENT)
    assert not isinstance(caught.value, CodeSpent)
