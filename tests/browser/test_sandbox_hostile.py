"""What the CRM holds stays a text on the page of `make sandbox`, wherever it is shown; Chromium is the judge."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

HOSTILE = {
    "markup": '<img src=x onerror="alert(1)"></p></li></ul><h1>Owned</h1>',
    "script": "<script>alert(2)</script><style>*{display:none}</style>",
    "attribute": '" onmouseover=\'alert(3)\' autofocus onfocus="alert(4)" x="',
    "mrkdwn": "*bold* <!channel> <@U0ADA> <https://evil.example|Zylker> :tada:",
    "bidi": "\u202egnirts\u202c \u2066one\u2069 \u0000\u0007",
    "entities": "&lt;b&gt; &amp;amp; {{7*7}} ${7*7} {{leads}}",
}
ELEMENTS = """() => Object.fromEntries(["script", "img", "style", "iframe", "h1", "strong a", "[onerror]", "[onmouseover]", "[autofocus]"]
    .map(selector => [selector, document.querySelectorAll(selector).length]))"""


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_name_stays_a_text(visitor: Visitor, kind: str) -> None:
    """In the list, the message, the form, the lead's way and the lists of records; nothing of it becomes an element or runs."""
    name, mark = HOSTILE[kind], f"Marker {kind}"
    before = visitor.page.evaluate(ELEMENTS)
    visitor.add_account(f"{name} {mark}")
    visitor.add_contact(name, mark, email=f"{kind}@hostile.example")
    visitor.add_lead(name, mark, company=f"{name} {mark}", email=f"{kind}@hostile.example")
    lead, message = visitor.lead(re.compile(mark)), visitor.message(mark)
    expect(message).to_have_count(1)
    expect(lead).to_contain_text("in Slack")
    lead.get_by_role("button", name="The way of").click()
    expect(visitor.page.get_by_role("heading", name="The way of")).to_contain_text(mark)
    for step in visitor.page.locator("#one-way summary").all():
        step.click()
    message.get_by_role("button", name="Convert").click()
    expect(visitor.form).to_contain_text(mark)
    assert visitor.page.evaluate(ELEMENTS) == before, json.dumps(before)
