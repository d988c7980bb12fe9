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
        ("Stage__c=Größe A", "GRÖSSE a", True),
        (r"Stage__c=Größe A\=B", "GRÖSSE a=b", True),
        ("Source=M\u00fcller", "Mu\u0308ller", True),
        ("Source=Mu\u0308ller", "M\u00dcLLER", True),
        ("Status=\uff21\uff22\uff23 \uff11", "abc 1", True),
        (
            "Status=\u8cc7\u6599\u8acb\u6c42\u30fb\u5546\u8ac7\uff08\u65b0\uff09",
            "\u8cc7\u6599\u8acb\u6c42\u30fb\u5546\u8ac7(\u65b0)",
            True,
        ),
        ("Status=Hot", "Ho\u200bt\u00a0", True),
        ("Status=\U0001f525 Hot", "\U0001f525 hot", True),
        ("Status=Client's choice", "client\u2019s choice", True),
        ("Score=100", "100.0", True),
        ("Score=100.00", 100, True),
        ("Score=-5", "-5.0", True),
        ("Score=10000000", "1.0E7", True),
        ("Score=0", "-0.0", True),
        ("Score=0.5", "0.50", True),
        ("Score=100", "1000", False),
        ("Score=100", "100.01", False),
        ("Code=7", "007", False),
        ("Score=12345678901234567890", "12345678901234567891", False),
        ("Budget=$100k+", "$100K+", True),
        ("Probability=50% (likely)", "50% (likely)", True),
        (r"Team=R\&D|Bed \and breakfast", "R&D", True),
        (r"Team=R\&D|Bed \and breakfast", "Bed and Breakfast", True),
        (r"Team=A\|B\, Inc", "a|b, inc", True),
        ("Niveau=Carte Or", "carte or", True),
        ("Lead_Status=Not Qualified", "not qualified", True),
        ("Segment=Hot", [{"name": "Hot", "id": "9"}], True),
        ("Segment=Cold", [{"name": "Hot", "id": "9"}], False),
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
        ("Lead_Status=Qualified", "", False),
        ("Lead_Status=Qualified", [None, ""], False),
    ],
)
def test_a_lead_qualifies_by_one_of_the_values(setting: str, value: object, is_met: bool) -> None:  # noqa: FBT001
    """Capitals and blanks do not count; a part of a value is another value; lists, yes-or-no fields and lookups are read."""
    qualification, found = read_qualification(setting), field_values(value)
    assert qualification is not None
    assert found is not None
    assert qualification.is_met_by(found) == is_met


@pytest.mark.parametrize(
    "value",
    [{}, {"id": "9"}, {"value": "Hot"}, {"name": {"first": "Hot"}, "id": "9"}, ["Hot", {"id": "9"}], [[{}]],
     [{"Segment": {"name": "Hot", "id": "9"}, "id": "55"}]],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_read_is_not_known_not_to_qualify(value: object) -> None:
    """A shape that we do not know is no empty field: such a lead is told."""
    assert field_values(value) is None


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
        "Lead_Status==Qualified",
        "Lead_Status!=Qualified",
        "Lead_Status=>5",
        "Lead_Status=<Qualified>",
        "Lead_Status=!Qualified",
        "Lead_Status=~Qualified",
        "Lead_Status=*Qualified*",
        "Lead_Status=Qualified*",
        "Lead_Status=%Qualified%",
        "Lead_Status=/Qualified/",
        "Lead_Status='Qualified'",
        'Lead_Status="Qualified"',
        "Lead_Status=`Qualified`",
        "Lead_Status=\u201cQualified\u201d",
        "Lead_Status=\u00abQualified\u00bb",
        "Lead_Status=\u2018Qualified\u2019",
        "Lead_Status=Qualified&Rating=Hot",
        "Lead_Status=Qualified & Hot",
        "Lead_Status=Qualified && Hot",
        "Lead_Status=Qualified AND Rating=Hot",
        "Lead_Status=Qualified AND Hot",
        "Lead_Status=Qualified or Hot",
        "Lead_Status=Qualified|Rating=Hot",
        "Lead_Status=Qualified||Hot",
        "Lead_Status=Qualified,Sales",
        "Lead_Status=Qualified, Sales Ready",
        "Lead_Status=Qualified;Sales",
        "Lead_Status=Qualified\uff0cSales",
        "Lead_Status=Qualified\u3001Sales",
        "Lead_Status\uff1dQualified",
        "Lead_Status=Qualified\uff1dHot",
        "Lead_Status=[Qualified]",
        "Lead_Status=(Qualified|Hot)",
        "Lead_Status=in (Qualified|Hot)",
        "(Lead_Status:equals:Qualified)",
        "(Lead_Status=Qualified)",
        "Lead_Status=${Leads.Lead Status}",
        "Lead_Status={{Qualified}}",
        "Lead_Status=null",
        "Lead_Status=Qualified|NULL",
        "Lead_Status=-None-",
        "Lead_Status=Qualified\\",
        "Owner.name=Ada Park",
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


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Lead_Status=Qualified,Sales", ", cannot be part"),
        ("Lead_Status==Qualified", "= cannot be part"),
        ("Lead_Status='Qualified'", "' cannot be part"),
        ("Lead_Status=Qualified AND Hot", '"AND" joins'),
        ("Lead Status=Qualified", '"Lead Status" is not the API name'),
        ("Lead_Status=Qualified|", "a value is missing"),
    ],
)
def test_the_refusal_names_what_is_wrong(text: str, named: str) -> None:
    """And what to write where a value really has it."""
    with pytest.raises(Misconfigured) as caught:
        read_qualification(text)
    assert named in str(caught.value)
    assert r"put a backslash before it: R\&D" in str(caught.value)
