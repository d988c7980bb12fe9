"""The server of the sandbox's page over HTTP, against the real system: who is let in, what each button does, what a stream brings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.page.persons import Persons
from sandbox.page.pieces import Pieces
from sandbox.page.playground import LEAD_DESK, STRANGERS, Playground
from sandbox.page.server import PageServer
from sandbox.scenes import SCENES
from sandbox.system import SALES
from sandbox.watch import Watch
from tests.flow.acting import BO, Acting, acting
from tests.waiting import SECONDS, wait_for

__all__ = ["acting"]


@pytest.fixture
def page(acting: Acting) -> Iterator[Page]:
    playground = Playground(acting)
    with PageServer(playground, Watch()) as server:
        yield Page(server.url, playground, acting)


class Page:
    """The page as a browser asks for it."""

    def __init__(self, url: str, playground: Playground, people: Acting) -> None:
        self.url, self.playground, self.people = url, playground, people

    def post(self, path: str, **fields: str) -> requests.Response:
        """Do something, as Bo."""
        data = {"person": BO, **fields}
        return requests.post(self.url + path, data=data, headers={"Origin": self.url}, timeout=SECONDS)

    def first_event(self, tab: str = "") -> dict[str, Any]:
        """Return all that a stream brings to begin with."""
        asked = {"person": BO, "tab": tab}
        with requests.get(f"{self.url}/events", asked, stream=True, timeout=SECONDS) as answer:
            lines = answer.iter_lines(chunk_size=1)  # a larger chunk waits for what comes later
            line = next(line for line in lines if line.startswith(b"data: "))
        return dict(json.loads(line[6:]))

    def form(self, tab: str = "") -> str:
        """Return the form that Bo sees in a tab of the browser."""
        return next(str(html) for id_, _, html in self.first_event(tab)["put"] if id_ == "form")

    def message(self, scene: str) -> dict[str, str]:
        """Qualify a sample lead, and return where its message is."""
        messages = self.people.sandbox.slack.workspace.messages
        before = len(messages(SALES.id))
        self.post("/zoho/qualify", lead_id=self.lead_of(scene))
        wait_for(lambda: len(messages(SALES.id)) > before)
        return {"channel": SALES.id, "ts": messages(SALES.id)[-1].ts}

    def lead_of(self, scene: str) -> str:
        """Return the id of a sample lead."""
        return next(one.lead_id for one in self.playground.leads if one.scene and one.scene.name == scene)


def test_only_the_page_itself_is_let_in(page: Page) -> None:
    """Another name for this machine, as after a change of a name's address, and another page's form are refused."""
    foreign = {"Host": "leadmatch.example", "Origin": "http://leadmatch.example"}
    assert requests.get(page.url, headers=foreign, timeout=SECONDS).status_code == 403
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, foreign):
        answer = requests.post(f"{page.url}/zoho/many", data={"count": "500"}, headers=dict(headers), timeout=SECONDS)
        assert answer.status_code == 403
    assert len(page.playground.leads) == len(SCENES)


def test_the_page_loads_nothing_from_outside_and_runs_no_foreign_script(page: Page) -> None:
    """Its policy allows its own files alone, and its HTML names no others."""
    answer = requests.get(page.url, timeout=SECONDS)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert "{{" not in answer.text


def test_a_lead_is_qualified_and_converted_from_the_page(page: Page) -> None:
    """The buttons of the page are Zoho's rule and Slack's clicks: a message comes, a form opens, one conversion is made."""
    lead_id, where = page.lead_of("contact"), page.message("contact")
    assert page.post("/slack/click", action="convert", **where).status_code == 200
    assert "<form" in page.form()
    assert "<fieldset>" in page.form()
    assert page.post("/slack/submit").status_code == 200
    wait_for(lambda: page.people.sandbox.crm.conversions(lead_id))
    assert len(page.people.sandbox.crm.conversions(lead_id)) == 1
    assert page.post("/slack/click", action="no_such", **where).status_code == 422


def test_a_form_that_lacks_something_asks_for_it_in_the_form(page: Page) -> None:
    """Slack keeps the form open and says beside the input what is missing."""
    page.post("/slack/click", action="convert", **page.message("choose"))
    assert page.post("/slack/submit").status_code == 422
    assert page.form().count("Please complete this required field.") == 1


def test_a_person_of_another_company_gets_no_form(page: Page) -> None:
    """What Slack says of them with the click is enough to refuse it; with the usual rights the form opens."""
    message = page.message("contact")
    page.post("/slack/person", name="Bo Chen", rights="stranger")
    page.post("/slack/click", action="convert", **message)
    wait_for(lambda: any("Only members" in text for text in page.people.told(BO)))
    assert "<form" not in page.form()
    page.post("/slack/person", name="Bo Chen", rights="may")
    page.post("/slack/click", action="convert", **message)
    assert "<form" in page.form()


def test_a_form_opens_in_the_tab_in_which_the_person_clicked(page: Page) -> None:
    """Another tab of the same person shows none, and has nothing to close; after a reload the tab shows it again."""
    page.post("/slack/click", action="convert", tab="one", **page.message("contact"))
    assert "<form" in page.form("one")
    assert "<form" not in page.form("two")


def test_what_cannot_be_used_is_refused_with_what_to_do(page: Page) -> None:
    """A person reads a sentence, and nothing has changed."""
    before = page.playground.crm.changes
    wrong = {
        "/zoho/qualify": {"lead_id": "17"},
        "/zoho/lead": {"Company": "Quillworks"},
        "/zoho/account": {"Website": "https://quillworks.example"},
        "/zoho/contact": {"Last_Name": "Lind", "account_id": "17"},
        "/zoho/many": {"count": "501"},
        "/zoho/switch": {"reading": "own", "converting": "works", "delay": "0", "status": "99", "body": ""},
        "/routes": {"routes": '[{"when": {"verdict": "choose"}, "channel": "C0NOWHERE9"}]'},
        "/webhook/stranger": {"kind": "unheard_of"},
        "/slack/person": {"name": " ", "rights": "may"},
        "/slack/click": {"channel": SALES.id, "ts": "1.0", "action": "convert"},
        "/slack/put": {"block": "contact", "value": "x"},
        "/slack/submit": {},
        "/slack/close": {},
    }
    for path, fields in wrong.items():
        answer = page.post(path, **fields)
        assert (path, answer.status_code) == (path, 422)
        assert answer.text.endswith(".")
    assert page.post("/zoho/qualify").status_code == 400
    assert page.post("/zoho/lead", Last_Name="x" * 400_000).status_code == 413
    for count in ("nan", "inf", "1e400", "many"):
        assert page.post("/zoho/many", count=count).status_code == 422
    assert page.post("/routes", routes="[" * 50_000).status_code == 422
    assert page.playground.crm.changes == before
    assert len(page.playground.leads) == len(SCENES)


def test_zoho_is_broken_and_mended_and_a_sample_keeps_what_is_its_own(page: Page) -> None:
    """A switch holds for every lead until it is put back; that one lead awaits approval stays."""
    zoho = page.people.sandbox.zoho
    usual = {"reading": "works", "converting": "works", "delay": "0", "status": "200", "body": ""}
    assert "503" in page.post("/zoho/switch", **usual | {"reading": "down"}).text
    assert '<option value="down" selected>' in requests.get(page.url, timeout=SECONDS).text
    assert any("HTTP 503" in html for id_, _, html in page.first_event()["put"] if id_ == "weather")
    page.post("/zoho/qualify", lead_id=page.lead_of("new"))
    wait_for(lambda: [one.status for one in zoho.calls_for(page.lead_of("new"), "options")][:1] == [503])
    assert page.post("/zoho/switch", **usual).text == "Zoho now: all is well."
    page.post("/zoho/qualify", lead_id=page.lead_of("wait"))
    wait_for(lambda: [one.status for one in zoho.calls_for(page.lead_of("wait"), "options")][:1] == [400])


def test_a_rule_sends_a_lead_to_another_channel(page: Page) -> None:
    """What provision would refuse is refused by name; a rule that holds decides where the lead's message comes."""
    wrong = page.post("/routes", routes='[{"when": {"colour": "red"}, "channel": "C0LEADS01"}]')
    assert (wrong.status_code, '"colour" is not a field' in wrong.text) == (422, True)
    rules = [{"when": {"verdict": "create_new"}, "channel": LEAD_DESK.id}]
    assert page.post("/routes", routes=json.dumps(rules)).text.startswith("1 rule now")
    page.post("/zoho/qualify", lead_id=page.lead_of("new"))
    wait_for(lambda: page.people.sandbox.slack.workspace.messages(LEAD_DESK.id))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("no_key", 401),
        ("wrong_key", 401),
        ("old_key", 202),
        ("no_id", 400),
        ("no_json", 400),
        ("too_many", 400),
        ("too_large", 413),
    ],
)
def test_a_strangers_call_is_shown_with_its_answer(page: Page, kind: str, status: int) -> None:
    """Each kind of call that is not Zoho's gets the answer that the contract names."""
    assert f"HTTP {status} " in page.post("/webhook/stranger", kind=kind).text


def test_every_strangers_call_is_tried_above() -> None:
    """A call that is added is not forgotten here."""
    assert len(STRANGERS) == 7


def test_a_hostile_value_stays_text_in_every_piece(page: Page) -> None:
    """What a lead, an account or a contact is called is never markup."""
    evil = '"><img src=x onerror=alert(1)>'
    page.post("/zoho/account", Account_Name=evil)
    page.post("/zoho/contact", Last_Name=evil)
    page.post("/zoho/lead", Last_Name=evil, Company=evil)
    wait_for(lambda: page.people.sandbox.slack.workspace.messages(SALES.id))
    pieces = "".join(html for _, _, html in page.first_event()["put"])
    assert "onerror=alert(1)" in pieces
    assert "<img" not in pieces


def test_a_piece_is_drawn_again_only_when_it_has_changed(page: Page) -> None:
    """What a stream has sent is not sent again: versions stay while nothing happens, and one lead's news is its own."""
    pieces = Pieces(page.playground, Persons(page.people), Watch())
    before = {piece.id: piece.version for piece in pieces.seen_by(BO)}
    assert before == {piece.id: piece.version for piece in pieces.seen_by(BO)}
    page.playground.crm.change("Leads", page.lead_of("new"), Company="Fernway Ltd")
    after = {piece.id: piece.version for piece in pieces.seen_by(BO)}
    assert {id_ for id_ in after if after[id_] != before.get(id_)} == {
        f"lead-{page.lead_of('new')}",
        "records",
        "account-choice",
    }
