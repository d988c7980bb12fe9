"""What the sandbox's watch records: every call as it went over the wire, readable, without secrets, with the leads that it names."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from sandbox.exchange import Exchange, Party, error_word
from sandbox.masking import CUT, MASK, MAX_CHARACTERS, Masking, decoded, without_types
from sandbox.slack.faults import Fault as SlackFault
from sandbox.slack.server import SlackStandIn
from sandbox.watch import Step, Watch
from sandbox.zoho.crm import Crm
from sandbox.zoho.faults import CallName, Fault
from sandbox.zoho.server import ZohoStandIn
from tests.waiting import SECONDS, wait_for

EVENT = "5f1f3f4e-7f0e-4b57-9a0c-0d5c4a2f0b11"
BOT_TOKEN = "xoxb-watched"


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
def watch(crm: Crm) -> Watch:
    made = Watch()
    made.begin(secrets=(BOT_TOKEN, "client-secret"), is_lead=lambda id_: crm.get("Leads", id_) is not None)
    return made


@pytest.fixture
def zoho(crm: Crm, watch: Watch) -> Iterator[ZohoStandIn]:
    stand_in = ZohoStandIn(crm, client_id="id", client_secret="client-secret", refresh_token="refresh")
    stand_in.put_before(lambda app: watch.http("zoho", app))
    with stand_in:
        yield stand_in


@pytest.fixture
def slack(watch: Watch) -> Iterator[SlackStandIn]:
    stand_in = SlackStandIn(bot_token=BOT_TOKEN, channels=["#leads"])
    stand_in.put_before(lambda app: watch.http("slack", app))
    with stand_in:
        yield stand_in


def last(watch: Watch, number: int = 1) -> Step:
    """Wait for the step with this number: a call is recorded when its answer is out, which its caller may see before."""
    wait_for(lambda: len(watch.since(0)) >= number)
    return watch.since(number - 1)[0]


def access_token(zoho: ZohoStandIn) -> str:
    """Fetch a token as refresh does."""
    form = {
        "grant_type": "refresh_token",
        "client_id": "id",
        "client_secret": "client-secret",
        "refresh_token": "refresh",
    }
    return str(requests.post(f"{zoho.url}/oauth/v2/token", data=form, timeout=SECONDS).json()["access_token"])


def get_lead(zoho: ZohoStandIn, lead_id: str, token: str) -> requests.Response:
    """Read a lead as check does."""
    headers = {"Authorization": f"Zoho-oauthtoken {token}"}
    return requests.get(f"{zoho.url}/crm/v7/Leads/{lead_id}?fields=Company", headers=headers, timeout=SECONDS)


def post(slack: SlackStandIn, event_id: str) -> requests.Response:
    """Post as notify does."""
    metadata = {"event_type": "leadmatch", "event_payload": {"event_id": event_id}}
    body = {"channel": slack.workspace.channel("#leads").id, "text": "A lead", "metadata": metadata}
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    return requests.post(f"{slack.api_url}/chat.postMessage", json=body, headers=headers, timeout=SECONDS)


def test_a_call_is_recorded_with_what_was_sent_and_received(crm: Crm, zoho: ZohoStandIn, watch: Watch) -> None:
    """The caller gets the same answer as without a watch; tokens are masked on both sides."""
    lead_id = crm.add("Leads", Full_Name="Noor Haddad", Company="Fernway")
    token = access_token(zoho)
    answer = get_lead(zoho, lead_id, token)
    assert answer.json()["data"][0]["Company"] == "Fernway"
    fetched, read = last(watch), last(watch, 2)
    assert (fetched.party, fetched.name, fetched.lead_ids, fetched.status) == ("zoho", "POST access token", (), 200)
    assert (read.name, read.lead_ids, read.status, read.error) == ("GET lead", (lead_id,), 200, "")
    assert f"GET /crm/v7/Leads/{lead_id}?fields=Company" in read.sent
    assert '"Company": "Fernway"' in read.received
    everything = f"{fetched.sent}{fetched.received}{read.sent}{read.received}"
    assert f'"access_token": "{MASK}"' in fetched.received
    assert not any(secret in everything for secret in (token, "client-secret"))


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.RESET_AFTER_EFFECT, Fault.HALF_ANSWER])
def test_a_connection_that_zoho_breaks_breaks_and_is_recorded(
    crm: Crm, zoho: ZohoStandIn, watch: Watch, fault: Fault
) -> None:
    """It has no status, and what came of the answer before."""
    name: CallName = "lead"
    lead_id, token = crm.add("Leads", Full_Name="Noor Haddad", Company="Fernway"), access_token(zoho)
    zoho.on(name, fault)
    with pytest.raises(requests.RequestException):
        get_lead(zoho, lead_id, token)
    step = last(watch, 2)
    assert (step.name, step.lead_ids, step.status, step.error) == ("GET lead", (lead_id,), None, "connection_broken")
    assert ("{" in step.received) == (fault is Fault.HALF_ANSWER)


@pytest.mark.parametrize(
    "fault", [SlackFault.RESET, SlackFault.RESET_AFTER_EFFECT, SlackFault.HALF_ANSWER_AFTER_EFFECT]
)
def test_a_connection_that_slack_breaks_breaks_and_is_recorded(
    slack: SlackStandIn, watch: Watch, fault: SlackFault
) -> None:
    """The message stands in the channel if the fault says so."""
    slack.on("chat.postMessage", fault)
    with pytest.raises(requests.RequestException):
        post(slack, EVENT)
    step = last(watch)
    assert (step.name, step.status, step.error) == ("chat.postMessage", None, "connection_broken")


def test_an_answer_that_drips_arrives_byte_by_byte(crm: Crm, zoho: ZohoStandIn, watch: Watch) -> None:
    """A client that gives up leaves a broken connection; the watch does not collect the answer before it is sent."""
    lead_id, token = crm.add("Leads", Full_Name="Noor Haddad", Company="Fernway"), access_token(zoho)
    zoho.on("lead", Fault.DRIP)
    headers = {"Authorization": f"Zoho-oauthtoken {token}"}
    with requests.get(f"{zoho.url}/crm/v7/Leads/{lead_id}", headers=headers, timeout=SECONDS, stream=True) as answer:
        assert answer.raw.read(1) == b"{"
    step = last(watch, 2)
    assert (step.status, step.error) == (None, "connection_broken")


def test_a_slack_call_is_about_the_lead_of_its_event(slack: SlackStandIn, watch: Watch) -> None:
    """The event id stands in its metadata; whose it is, the message of the queue has said before."""
    function = watch.function("notify", lambda *_: None)
    function({"Records": [{"body": json.dumps({"event": {"lead_id": "4150868000000001", "event_id": EVENT}})}]}, None)
    ts = post(slack, EVENT).json()["ts"]
    wait_for(lambda: len(watch.since(0)) == 2)
    query = {"channel": slack.workspace.channel("#leads").id, "message_ts": ts}
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    requests.get(f"{slack.api_url}/chat.getPermalink", params=query, headers=headers, timeout=SECONDS)
    assert last(watch, 3).name == "chat.getPermalink"
    assert [step.lead_ids for step in watch.since(0)] == [("4150868000000001",)] * 3


def test_a_call_about_a_view_is_about_the_lead_that_it_was_opened_for(watch: Watch) -> None:
    """Its later calls name the view alone."""
    function = watch.function("convert", lambda *_: None)
    function({"Records": [{"body": json.dumps({"lead_id": "4150868000000001", "event_id": EVENT})}]}, None)
    opened = json.dumps({"ok": True, "view": {"id": "V0SANDBOX2"}}).encode()
    for method, sent in (("views.open", {"metadata": EVENT}), ("views.update", {"view_id": "V0SANDBOX2"})):
        body = json.dumps(sent).encode()
        watch.note(Exchange("slack", "POST", f"/api/{method}", "", {}, body, status=200, answer=opened))
    assert [step.lead_ids for step in watch.since(0)] == [("4150868000000001",)] * 3


def test_a_click_is_about_the_lead_of_its_button(crm: Crm, watch: Watch) -> None:
    """Its payload is JSON in a form, in which digits stand beside those of what is encoded for an address."""
    lead_id = crm.add("Leads", Full_Name="Noor Haddad")
    body = urlencode({"payload": json.dumps({"actions": [{"value": json.dumps({"lead_id": lead_id})}]})}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    watch.note(Exchange("slack_click", "POST", "/slack/actions", "", headers, body, status=200))
    (step,) = watch.since(0)
    assert step.lead_ids == (lead_id,)
    assert f'"lead_id": "{lead_id}"' in step.sent


def test_the_first_events_are_forgotten_when_there_are_too_many(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that is up for days does not grow."""
    monkeypatch.setattr("sandbox.watch.MAX_IDS", 2)
    function = watch.function("check", lambda *_: None)
    for number in (1, 2, 1):
        event = {"lead_id": f"415086800000000{number}", "event_id": f"{EVENT[:-1]}{number}"}
        function({"Records": [{"body": json.dumps(event)}]}, None)
        function({"Records": [{"body": json.dumps({"event": event["event_id"]})}]}, None)
    function({"Records": [{"body": json.dumps({"event": f"{EVENT[:-1]}2"})}]}, None)
    assert [len(step.lead_ids) for step in watch.since(0)] == [1, 1, 1, 1, 1, 1, 0]


def test_a_strangers_call_is_shown_with_its_key_masked(crm: Crm, watch: Watch) -> None:
    """In the address too; it is about the lead that it names, and has the webhook's reason."""
    lead_id, refused = crm.add("Leads", Full_Name="Noor Haddad"), b'{"error": {"reason": "no_live_key"}}'
    query = f"key=guessed&lead_id={lead_id}"
    watch.note(Exchange("webhook", "GET", "/zoho/leads", query, {}, b"", status=401, answer=refused))
    (step,) = watch.since(0)
    assert step.sent == f"GET /zoho/leads?key={MASK}&lead_id={lead_id}"
    assert (step.lead_ids, step.status, step.error) == ((lead_id,), 401, "no_live_key")


@pytest.mark.parametrize(
    ("party", "path", "name"),
    [
        ("zoho", "/crm/v7/Leads/1/actions/convert", "GET convert"),
        ("zoho", "/crm/v7/Leads", "GET leads"),
        ("zoho", "/crm/v7/users/7203914009000000002", "GET user"),
        ("zoho", "/crm/v7/settings/pipeline", "GET pipeline"),
        ("slack", "/services/T0SANDBOX/B0WEBHOOK/sandboxonly", "incoming webhook"),
        ("slack", "/actions/T0SANDBOX/1/x", "response_url"),
        ("slack_click", "/slack/actions", "GET /slack/actions"),
    ],
)
def test_a_call_has_the_name_that_people_know_it_by(party: Party, path: str, name: str) -> None:
    """Its vendor's, where the vendor has one."""
    assert Exchange(party, "GET", path, "", {}, b"").name == name


@pytest.mark.parametrize(
    ("received", "status", "word"),
    [
        ({"ok": True}, 200, ""),
        ({"ok": False, "error": "ratelimited"}, 429, "ratelimited"),
        ({"data": [{"status": "error", "code": "DUPLICATE_DATA"}]}, 400, "DUPLICATE_DATA"),
        ({"data": [{"status": "success", "code": "SUCCESS"}]}, 200, ""),
        ({"__type": "com.amazonaws#ConditionalCheckFailedException"}, 400, "ConditionalCheckFailedException"),
        ("<html>busy</html>", 503, "HTTP 503"),
        ({"ok": True}, None, "connection_broken"),
    ],
)
def test_what_went_wrong_is_one_word(received: object, status: int | None, word: str) -> None:
    """A machine's own, where it says one."""
    assert error_word(received, status) == word


def test_a_call_that_names_no_lead_is_left_without_one(slack: SlackStandIn, watch: Watch) -> None:
    """An unknown event's message, too; Slack's word for a refusal is the step's."""
    post(slack, EVENT)
    requests.post(f"{slack.api_url}/auth.test", timeout=SECONDS)
    assert [last(watch, number).lead_ids for number in (1, 2)] == [(), ()]
    assert last(watch, 2).error == "not_authed"


def test_a_function_that_raises_raises_and_is_recorded(watch: Watch) -> None:
    """By the class of the error, with the message that it was given."""

    def handler(*_: object) -> None:
        raise KeyError("lost")

    with pytest.raises(KeyError):
        watch.function("check", handler)({"Records": [{"body": '{"lead_id": "4150868000000001"}'}]}, None)
    step = last(watch)
    assert (step.party, step.name, step.status, step.error) == ("function", "check", None, "KeyError")
    assert step.sent == '{\n  "lead_id": "4150868000000001"\n}'
    assert "KeyError was raised" in step.received


def test_only_the_last_steps_are_kept_and_long_texts_are_cut() -> None:
    """Numbers go on growing, so that a reader sees what it missed."""
    watch = Watch(max_steps=3)
    function = watch.function("check", lambda *_: None)
    for _ in range(5):
        function({"Records": [{"body": "x" * (MAX_CHARACTERS + 7)}]}, None)
    assert [step.number for step in watch.since(0)] == [3, 4, 5]
    assert [step.number for step in watch.since(4)] == [5]
    assert watch.since(4)[0].sent == "x" * MAX_CHARACTERS + CUT


def test_of_large_calls_only_what_is_shown_is_kept(watch: Watch) -> None:
    """Ten bodies of 100 kB take no more than their beginnings."""
    tracemalloc.start()
    try:
        for number in range(5):
            body = json.dumps({"token": "abc", "text": str(number) * 100_000}).encode()
            watch.note(Exchange("slack", "POST", "/api/chat.postMessage", "", {}, body, status=200, answer=body))
        del body
        assert tracemalloc.get_traced_memory()[0] < 300_000
    finally:
        tracemalloc.stop()
    step = watch.since(4)[0]
    assert f'"token": "{MASK}"' in step.sent
    assert len(step.sent) == len(step.received) == MAX_CHARACTERS + len(CUT)


def test_a_reader_waits_for_what_is_newer() -> None:
    """And is told that nothing came."""
    watch = Watch()
    assert not watch.wait(0, 0.001)
    watch.function("check", lambda *_: None)({"Records": [{"body": "{}"}]}, None)
    assert watch.wait(0, SECONDS)
    assert not watch.wait(1, 0.001)


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ({"token": "abc", "key": "abc", "id": "1"}, {"token": MASK, "key": MASK, "id": "1"}),
        ({"webhook_keys": ["a", "b"]}, {"webhook_keys": [MASK, MASK]}),
        ({"X-Leadmatch-Key": "a stranger's"}, {"X-Leadmatch-Key": MASK}),
        ({"text": "say open-sesame twice: open-sesame"}, {"text": f"say {MASK} twice: {MASK}"}),
        ({"text": "1000.0123456789abcdef.0123456789abcdef"}, {"text": MASK}),
        ({"Key": {"pk": "lead#1"}, "keys": 3, "code": "INVALID_TOKEN"},) * 2,
    ],
)
def test_secrets_are_masked_by_name_by_form_and_by_themselves(value: Any, clean: Any) -> None:
    """A DynamoDB key and Zoho's code are none."""
    assert Masking(["open-sesame"]).masked(value) == clean


@pytest.mark.parametrize(
    ("body", "content_type", "value"),
    [
        ('{"MessageBody": "{\\"lead_id\\": \\"1\\"}"}', "application/json", {"MessageBody": {"lead_id": "1"}}),
        (
            "payload=%7B%22a%22%3A1%7D&b=2",
            "application/x-www-form-urlencoded; charset=utf-8",
            {"payload": {"a": 1}, "b": "2"},
        ),
        ("{broken", "application/json", "{broken"),
        ('{"text": "[not json"}', "", {"text": "[not json"}),
        ("[" * 100_000, "application/json", "[" * 100_000),
    ],
)
def test_a_body_is_read_by_its_content_type(body: str, content_type: str, value: Any) -> None:
    """JSON within JSON or within a form is opened; what cannot be read stays the text that it is."""
    assert decoded(body.encode(), content_type) == value


def test_dynamodb_values_are_shown_plainly() -> None:
    """Without the letters of their types."""
    typed = {"Item": {"pk": {"S": "lead#1"}, "n": {"NULL": True}, "m": {"M": {"a": {"L": [{"N": "1"}]}}}}}
    assert without_types(typed) == {"Item": {"pk": "lead#1", "n": None, "m": {"a": ["1"]}}}
