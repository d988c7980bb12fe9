"""What a person is told of a conversion: every sentence says what to do, stands on the page for sales people, and shows hostile values harmless."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.conversion import Made, MadeRecords, Refusal
from chalicelib.slack import outcomes
from chalicelib.slack.outcomes import (
    SENTENCES,
    differences_sentence,
    records_phrase,
    refusal_sentence,
)
from chalicelib.steps.announce import differs_alert

PAGE = Path("docs/acting.md").read_text(encoding="utf-8")
HOSTILE = "<!channel> *x* `y`\u202e"


def url(module: str, record_id: str) -> str:
    """Return a record's page."""
    return f"https://crm.zoho.com/{module}/{record_id}"


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_is_explained_on_the_page_for_sales_people(code: str) -> None:
    """By its beginning, up to a field that Zoho names."""
    first = re.split(r"(?<=\.)\s", SENTENCES[code])[0]
    for part in first.split("{field}"):
        assert part.strip() in PAGE, part


@pytest.mark.parametrize("code", SENTENCES)
def test_every_refusal_says_what_to_do(code: str) -> None:
    """There is a second sentence, or a hint in the first one."""
    said = refusal_sentence(Refusal("zoho", code, "Deal_Stage"))
    assert "{" not in said
    assert re.search(
        r"\b(Ask|Click|Choose|Convert|convert|Fill|Correct|Try|Have|Open|Look|search|look|says why)\b", said
    ), said


def test_a_code_that_nobody_knows_is_named() -> None:
    """Zoho may have more of them; so may its fields, which are harmless."""
    said = refusal_sentence(Refusal("zoho", "BRAND_NEW", HOSTILE))
    assert "BRAND_NEW" in said
    assert "Convert the lead in Zoho" in said
    assert "<!channel>" not in refusal_sentence(Refusal("zoho", "INVALID_DATA", HOSTILE))


def test_records_are_named_and_linked_harmlessly() -> None:
    """A name of the CRM is hostile; a record without a name is known by its id."""
    said = records_phrase(MadeRecords(Made("1", HOSTILE), Made("2"), None).linked(url))
    assert said.startswith("contact <https://crm.zoho.com/Contacts/1|")
    assert "account <https://crm.zoho.com/Accounts/2|2>" in said
    assert "<!channel>" not in said
    assert "deal" not in said
    assert records_phrase(MadeRecords().linked(url)) == "no record"


def test_a_difference_is_told_to_the_person_and_the_operator() -> None:
    """In words; a word that is new is shown as it is."""
    assert differences_sentence(()) == ""
    said = differences_sentence(("contact_is_another", "brand_new"))
    assert "the contact is not the chosen one; brand_new" in said
    assert said in differs_alert("77", ("contact_is_another", "brand_new"), url="").happened


def test_every_difference_has_words() -> None:
    """Those of `steps/conversion_checks.py`."""
    source = Path("chalicelib/steps/conversion_checks.py").read_text(encoding="utf-8")
    kinds = {f"{kind}_is_{how}" for kind in ("contact", "account") for how in ("missing", "another")}
    assert kinds | set(re.findall(r'"(deal_is_\w+)"', source)) == set(outcomes.DIFFERENCES)
