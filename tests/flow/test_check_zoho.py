"""The probe of Zoho: what is wrong with secret, token, scopes or user, and its cure."""

from __future__ import annotations

import pytest

from ops.check import zoho
from ops.errors import OpsError
from ops.zoho import SCOPES_TO_PASTE
from sandbox.system import Sandbox
from sandbox.zoho import faults
from sandbox.zoho.faults import Answer, Fault
from tests.flow.credentials import zoho_client
from tests.flow.deployment import Deployment
from tests.flow.leads import zylker_contact
from tests.flow.probing import probe, problem, warning
from tests.flow.token_item import let_pause_pass, recorded, refresh

pytestmark = pytest.mark.usefixtures("deployment")
RENEW = "python -m ops provision --stage sandbox --replace zoho"


def test_a_token_in_hand_is_used_and_no_new_one_asked_for(sandbox: Sandbox) -> None:
    """Zoho gives ten in ten minutes to everybody together; two lead calls are made about a lead that is there."""
    lead_id = zylker_contact(sandbox)
    probe(zoho.look)
    before = len(sandbox.zoho.calls)
    result = probe(zoho.look)
    assert result.status == "ok"
    assert [call.name for call in sandbox.zoho.calls[before:]] == ["leads", "lead", "options"]
    assert {call.lead_id for call in sandbox.zoho.calls[before:]} == {None, lead_id}
    assert "data centre us" in result.findings.facts[0]


REFUSED = {
    "scope": (faults.OAUTH_SCOPE_MISMATCH, "lacks the scope", SCOPES_TO_PASTE),
    "permission": (faults.NO_PERMISSION, "may not read", "who may view all Leads, Contacts, Accounts and Deals"),
    "privilege": (faults.AUTHORIZATION_FAILED, "may not read", "Authorise leadmatch as a Zoho user"),
    "module": (faults.INVALID_MODULE, "no Leads module", "Authorise leadmatch as a Zoho user"),
    "host": (faults.INVALID_HOST, "another data centre", "--zoho-data-center eu"),
    "version": (faults.INVALID_URL_PATTERN, "does not know this API path", "Remove LEADMATCH_ZOHO_API_VERSION"),
    "throttle": (faults.TOO_MANY_REQUESTS, "slow down", "Wait ten minutes"),
    "fault": (faults.BAD_GATEWAY, "HTTP 502", "https://status.zoho.com"),
    "silence": (Fault.RESET, "did not answer", "https://status.zoho.com"),
}


@pytest.mark.parametrize("call", ["leads", "lead", "options"])
@pytest.mark.parametrize(("answer", "what", "fix"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_told_with_its_cure(
    sandbox: Sandbox, call: str, answer: Answer | Fault, what: str, fix: str
) -> None:
    """Whichever of the calls it is that Zoho does not allow."""
    zylker_contact(sandbox)
    sandbox.zoho.on(call, answer)  # type: ignore[arg-type] # one of the script's names
    found = problem(zoho.look)
    assert what in found.what
    assert fix in found.fix


TOKENS = {
    "revoked": (faults.INVALID_CODE, "refresh token was revoked", RENEW),
    "client": (faults.INVALID_CLIENT, "does not know the client id", RENEW),
    "secret": (faults.INVALID_CLIENT_SECRET, "client secret is wrong", RENEW),
    "throttled": (faults.ACCESS_DENIED, "too many access tokens", "Wait ten minutes"),
    "down": (faults.BAD_GATEWAY, "issued no token", "https://status.zoho.com"),
}


@pytest.mark.parametrize(("answer", "what", "fix"), TOKENS.values(), ids=TOKENS)
def test_a_token_that_is_not_given_is_told_with_its_cure(sandbox: Sandbox, answer: Answer, what: str, fix: str) -> None:
    """The refresh token, the client and the data centre are the operator's to mend; a throttle passes."""
    sandbox.zoho.on("token", answer)
    found = problem(zoho.look)
    assert what in found.what
    assert fix in found.fix


def test_a_refusal_that_is_believed_is_told_without_a_wait(sandbox: Sandbox) -> None:
    """The record says so, and a request is sent all the same: the credentials may be new ones."""
    sandbox.zoho.on("token", faults.INVALID_CODE, times=2)
    refresh(sandbox)
    let_pause_pass(sandbox)
    refresh(sandbox)
    assert "refresh token was revoked" in problem(zoho.look).what
    refresh(sandbox)
    assert recorded(sandbox).refusal


def test_another_data_center_is_asked_anew(sandbox: Sandbox) -> None:
    """Credentials that one refused for good may be the next one's own: this is how the wrong one is mended."""
    zylker_contact(sandbox)
    sandbox.zoho.on("token", faults.INVALID_CLIENT, times=1)
    assert "check it and LEADMATCH_ZOHO_DATA_CENTER" in problem(zoho.look).what
    refresh(sandbox, LEADMATCH_ZOHO_ACCOUNTS_URL=sandbox.zoho.url.replace("127.0.0.1", "localhost"))
    assert probe(zoho.look).status == "ok"


@pytest.mark.usefixtures("deployment")
def test_an_incomplete_secret_names_what_it_lacks(sandbox: Sandbox) -> None:
    """By the names in the secret."""
    with zoho_client(sandbox, client_secret="", refresh_token=""):
        found = problem(zoho.look)
    assert found.what == "The secret zoho-client lacks client_secret, refresh_token."
    assert RENEW in found.fix


def test_a_secret_that_is_not_there_is_made_by_provision(deployment: Deployment) -> None:
    """Or brought back, if somebody deleted it."""
    deployment.write_config(LEADMATCH_ZOHO_CLIENT="leadmatch/none/zoho-client")
    found = problem(zoho.look)
    assert "secrets cannot be found in this account and region" in found.what
    assert "python -m ops provision --stage sandbox" in found.fix


def test_an_unknown_data_center_is_told(deployment: Deployment) -> None:
    """Before anything is looked at; the functions answer 503 for the same reason."""
    deployment.write_config(LEADMATCH_ZOHO_ACCOUNTS_URL="", LEADMATCH_ZOHO_DATA_CENTER="mars")
    with pytest.raises(OpsError, match="must be one of ae, au") as told:
        probe(zoho.look)
    assert "python -m ops deploy --stage sandbox" in told.value.hint


def test_a_user_who_sees_no_lead_is_warned_of() -> None:
    """A CRM may be empty; the calls themselves are allowed, which an unknown id shows."""
    found = warning(zoho.look)
    assert "no lead at all" in found.what
    assert "a user who sees all leads" in found.fix


@pytest.mark.parametrize("answer", [None, faults.NOT_APPROVED, faults.RECORD_LOCKED], ids=["any", "waits", "locked"])
def test_an_answer_about_the_lead_shows_that_the_call_is_allowed(sandbox: Sandbox, answer: Answer | None) -> None:
    """Whatever it says: this probe is about the access."""
    lead_id = zylker_contact(sandbox)
    if answer:
        sandbox.zoho.on("options", answer)
    result = probe(lambda stage, findings: zoho.look(stage, findings, lead_id=lead_id))
    assert (result.status, result.findings.warnings) == ("ok", [])
    assert [call.name for call in sandbox.zoho.calls_for(lead_id)] == ["lead", "options"]


@pytest.mark.parametrize(("org", "is_told"), [("", True), ("720391406", False)])
def test_a_missing_org_id_is_no_trouble(deployment: Deployment, sandbox: Sandbox, org: str, *, is_told: bool) -> None:
    """It is optional, and said to be."""
    zylker_contact(sandbox)
    deployment.write_config(LEADMATCH_ZOHO_ORG_ID=org)
    result = probe(zoho.look)
    assert result.status == "ok"
    assert any("ZOHO_ORG_ID" in fact and "optional" in fact for fact in result.findings.facts) is is_told
