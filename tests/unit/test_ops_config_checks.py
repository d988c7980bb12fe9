"""What people wrote into config.json and no function could read is named before anything runs."""

from __future__ import annotations

import pytest

from ops.config_checks import complaints, require_readable
from ops.errors import OpsError


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ZOHO_DATA_CENTER", "mars", "LEADMATCH_ZOHO_DATA_CENTER must be one of ae, au,"),
        ("ZOHO_API_VERSION", "8", "LEADMATCH_ZOHO_API_VERSION must be one of v5,"),
        ("ZOHO_CREDITS_FLOOR", "5OO", "LEADMATCH_ZOHO_CREDITS_FLOOR must be a whole number"),
        ("ZOHO_CREDITS_FLOOR", 300, 'in .chalice/config.json must be text, in quotes: "300".'),
        ("ZOHO_CREDITS_FLOOR", True, 'must be text, in quotes: "true".'),
        ("ZOHO_CONCURRENCY", "ten", "LEADMATCH_ZOHO_CONCURRENCY in .chalice/config.json must be a whole number"),
        ("ZOHO_CONCURRENCY", "0", "must be a whole number"),
        ("ZOHO_CONCURRENCY", "12345", "must be a whole number"),
        ("ZOHO_DATACENTER", "eu", "LEADMATCH_ZOHO_DATACENTER in .chalice/config.json is not a setting. Did you mean LEADMATCH_ZOHO_DATA_CENTER?"),
        ("SLACK_CHANNEL", "#sales", "LEADMATCH_SLACK_CHANNEL in .chalice/config.json must be a channel's id, such as C0123456789"),
        ("OPERATOR_CHANNEL", "sales", "must be a channel's id"),
        ("SILENCE_DAYS", "a week", "LEADMATCH_SILENCE_DAYS must be a whole number"),
        ("SILENCE_DAYS", "400", "from 0 (off) to 365"),
        ("MENTION", "yes", "LEADMATCH_MENTION must be on or off"),
        ("QUALIFIED", "Qualified", "LEADMATCH_QUALIFIED must be one field's API name"),
        ("COLOUR", "red", "LEADMATCH_COLOUR in .chalice/config.json is not a setting."),
    ],
)  # fmt: skip
def test_what_no_function_could_read_is_named(name: str, value: object, said: str) -> None:
    """In one sentence, with the place."""
    (complaint,) = complaints({f"LEADMATCH_{name}": value})
    assert said in complaint


def test_a_number_of_somebody_else_is_named_too() -> None:
    """Chalice takes texts alone, whosever variable it is."""
    (complaint,) = complaints({"OTHER": 7})
    assert complaint == 'OTHER in .chalice/config.json must be text, in quotes: "7".'


def test_what_is_good_or_empty_passes() -> None:
    """And so does what is not ours."""
    good = {
        "LEADMATCH_STAGE": "dev",
        "LEADMATCH_ZOHO_DATA_CENTER": "EU",
        "LEADMATCH_ZOHO_API_VERSION": "",
        "LEADMATCH_ZOHO_CONCURRENCY": " 25 ",
        "LEADMATCH_OPERATOR_CHANNEL": "C0123456789",
        "OTHER": "anything",
    }
    assert list(complaints(good)) == []
    require_readable("dev", good)


def test_several_complaints_stand_one_a_line() -> None:
    """With one word on what to do."""
    with pytest.raises(OpsError) as caught:
        require_readable("dev", {"LEADMATCH_ZOHO_API_VERSION": "8", "LEADMATCH_ZOHO_CONCURRENCY": "ten"})
    assert len(caught.value.message.splitlines()) == 3
    assert caught.value.hint == "Correct them there, then run this again."
