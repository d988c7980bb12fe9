"""LEADMATCH_QUALIFIED: which leads a Notification is told of."""

from __future__ import annotations

import pytest

from chalicelib.errors import Misconfigured
from chalicelib.qualification import read_qualification
from chalicelib.zoho.answers import field_values


@pytest.mark.parametrize(
    ("setting", "value", "is_met"),
    [
        ("Lead_Status=Qualified", "Qualified", True),
        ("Lead_Status=Qualified", " qualified ", True),
        ("Lead_Status = Qualified ", "QUALIFIED", True),
        ("Lead_Status=Qualified", "Not Qualified", False),
        ("Lead_Status=Qualified", "Pre-Qualified", False),
        ("Lead_Status=Qualified|Sales Ready", "sales  ready", True),
        ("Lead_Status=Qualified | Sales Ready", "Qualified", True),
        ("Lead_Status=Qualified|Sales Ready", "Sales", False),
        ("Stage__c=Größe A=B", "GRÖSSE a=b", True),
        ("Interests=Cloud", ["Hardware", "Cloud"], True),
        ("Interests=Cloud", ["Hardware"], False),
        ("Interests=Cloud|Hardware", [], False),
        ("Is_Qualified=true", True, True),
        ("Is_Qualified=True", "true", True),
        ("Is_Qualified=yes", True, True),
        ("Is_Qualified=true", False, False),
        ("Is_Qualified=false", False, True),
        ("Rating=5", "5", True),
        ("Owner=Ada Park", {"name": "Ada Park", "id": "71"}, True),
        ("Owner=71", {"name": "Ada Park", "id": "71"}, True),
        ("Lead_Status=Qualified", None, False),
        ("Lead_Status=Qualified", "null", False),
        ("Lead_Status=null", None, False),
    ],
)
def test_a_lead_qualifies_by_one_of_the_values(setting: str, value: object, is_met: bool) -> None:  # noqa: FBT001
    """Capitals and blanks do not count; a part of a value is another value; lists, yes-or-no fields and lookups are read."""
    qualification = read_qualification(setting)
    assert qualification is not None
    assert qualification.is_met_by(field_values(value)) == is_met


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_set_is_no_condition(text: str) -> None:
    """Every Notification is told, then."""
    assert read_qualification(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Qualified",
        "Lead Status=Qualified",
        "=Qualified",
        "Lead_Status=",
        "Lead_Status=Qualified|",
        "Lead_Status=|Hot",
        "Lead_Status: Qualified",
        "${Leads.Lead Status}=Qualified",
        "Lead_Status=Qualified;Rating=Hot",
        "Lead_Status=Qualified; Rating = Hot",
        "Státus=Qualified",
    ],
)
def test_what_cannot_be_meant_is_refused_with_an_example(text: str) -> None:
    """Silence would be the answer to every Notification otherwise."""
    with pytest.raises(Misconfigured, match=r"LEADMATCH_QUALIFIED must be .* Lead_Status=Qualified") as caught:
        read_qualification(text)
    assert caught.value.reason == "qualified_unreadable"
