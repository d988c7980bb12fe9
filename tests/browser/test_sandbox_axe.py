"""Everybody can use the page of `make sandbox`: axe finds nothing on it, in light, in dark and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import AXE, NewVisitor
from tests.browser.visitor import Visitor

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 800}},
    "phone-dark": {"color_scheme": "dark", "viewport": {"width": 390, "height": 800}},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(new_visitor: NewVisitor, look: str, record_property: Callable[[str, object], None]) -> None:
    """At the start, with every drawer open, with messages, on a lead's way, and in the form; the run's summary has the counts."""
    visitor = new_visitor(**LOOKS[look])
    found = [_judged(visitor, look, "start")]
    for drawer in visitor.page.locator("details").all():
        drawer.evaluate("drawer => { drawer.open = true; }")
    found.append(_judged(visitor, look, "drawers"))
    visitor.add_lead("Axel", f"Of {look}", company="Axe Works")
    message = visitor.message(f"Axel Of {look}")
    expect(message).to_have_count(1)
    found.append(_judged(visitor, look, "message"))
    visitor.lead(f"Axel Of {look}").get_by_role("button", name="The way of").click()
    visitor.page.get_by_role("button", name="Next step").click()
    expect(visitor.page.get_by_text("Step 1 of")).to_be_visible()
    found.append(_judged(visitor, look, "way"))
    message.get_by_role("button", name="Convert").click()
    expect(visitor.form).to_contain_text(f"Axel Of {look}")
    found.append(_judged(visitor, look, "form"))
    record_property(AXE, found)
    assert not [one for one in found if "0 violations" not in one], "\n".join(found)


def _judged(visitor: Visitor, look: str, state: str) -> str:
    results = Axe().run(visitor.page, options={})
    passed, unsure = results.response["passes"], results.response["incomplete"]
    open_questions = ", ".join(f"{one['id']} ({len(one['nodes'])})" for one in unsure)
    report = results.generate_report() if results.violations_count else ""
    return (
        f"axe, {look}, {state}: {results.violations_count} violations, {len(passed)} rules passed, "
        f"{len(unsure)} incomplete: {open_questions or 'none'}{report}"
    )
