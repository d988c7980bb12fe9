"""The environment: defaults, what is missing, and queue names at import."""

from __future__ import annotations

import pytest

from chalicelib.errors import Misconfigured
from chalicelib.settings import REQUIRED, check_workers, queue_name, read_settings

WHOLE = {f"LEADMATCH_{name}": f"value-{name}" for name in REQUIRED}


def test_what_may_be_left_out_has_a_default() -> None:
    """Stage dev, data centre us, API v7, Slack's own address, trouble to the same channel."""
    settings = read_settings(WHOLE)
    assert (settings.stage, settings.zoho_data_center, settings.zoho_api_version) == ("dev", "us", "v7")
    assert settings.slack_api_url == "https://slack.com/api"
    assert settings.operator_channel == settings.slack_channel


def test_every_missing_variable_is_named() -> None:
    """One look tells all that is to be set."""
    with pytest.raises(Misconfigured) as error:
        read_settings({"LEADMATCH_TABLE": "t", "LEADMATCH_SLACK_CHANNEL": "  "})
    for name in set(REQUIRED) - {"TABLE"}:
        assert f"LEADMATCH_{name}" in str(error.value)
    assert "LEADMATCH_TABLE," not in str(error.value)


def test_an_unknown_api_version_is_refused() -> None:
    """v4 has no conversion options."""
    with pytest.raises(Misconfigured, match="v5, v6, v7, v8"):
        read_settings({**WHOLE, "LEADMATCH_ZOHO_API_VERSION": "v4"})


def test_an_unknown_data_center_is_refused() -> None:
    """Before a lead is taken that nobody could ask Zoho about; capitals do not matter."""
    name = "LEADMATCH_ZOHO_DATA_CENTER"
    assert read_settings({**WHOLE, name: "EU"}).zoho_data_center == "eu"
    with pytest.raises(Misconfigured, match=f"{name} must be one of ae, au, ca") as caught:
        read_settings({**WHOLE, name: "eu1"})
    assert caught.value.reason == "unknown_data_center"


def test_a_queue_s_name_is_the_last_segment_of_its_url() -> None:
    """Chalice's decorators want names."""
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/leadmatch-prod-inbox.fifo"
    assert queue_name("inbox", {"LEADMATCH_INBOX_QUEUE": url}) == "leadmatch-prod-inbox.fifo"


def test_without_its_variable_a_queue_has_a_name_that_no_stage_has() -> None:
    """A deploy that was not provisioned fails, and attaches to nobody else's queue."""
    assert queue_name("slack", {}) == "leadmatch-unprovisioned-slack.fifo"


@pytest.mark.parametrize(
    ("text", "workers"),
    [
        ("", 5),
        ("5", 2),
        ("1", 2),
        ("15", 7),
        (" 25 ", 12),
        ("0", 2),
        ("ten", 5),
        ("-3", 5),
        ("99999", 5),
        ("9999", 1000),
    ],
)
def test_half_of_zoho_s_simultaneous_calls_is_what_check_may_use(text: str, workers: int) -> None:
    """A lead is two calls at once; SQS takes 2 to 1000 workers, and nothing raises at import."""
    assert check_workers({"LEADMATCH_ZOHO_CONCURRENCY": text}) == workers


def test_silence_is_watched_for_when_days_are_set() -> None:
    """Whole days up to a year; nothing, or zero, is off."""
    name = "LEADMATCH_SILENCE_DAYS"
    assert [read_settings({**WHOLE, name: text}).silence_days for text in ("", "0", " 14 ", "365")] == [0, 0, 14, 365]


def test_owners_are_mentioned_unless_that_is_off() -> None:
    """Anything but on and off is refused by the variable's name."""
    name = "LEADMATCH_MENTION"
    assert [read_settings({**WHOLE, name: text}).mention for text in ("", "on", " off ")] == [True, True, False]
    for text in ("Off", "no", "0"):
        with pytest.raises(Misconfigured, match=f"{name} must be on or off"):
            read_settings({**WHOLE, name: text})


@pytest.mark.parametrize("text", ["-1", "1.5", "366", "a week", "3d", "\u0663"])
def test_days_that_are_none_are_refused(text: str) -> None:
    """By the variable's name."""
    with pytest.raises(Misconfigured, match="LEADMATCH_SILENCE_DAYS must be a whole number"):
        read_settings({**WHOLE, "LEADMATCH_SILENCE_DAYS": text})


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://crmsandbox.zoho.com/crm/acmetest", "https://crmsandbox.zoho.com/crm/acmetest"),
        ("https://crmsandbox.zoho.com.au/crm/acme-test/tab/Leads/71?x=1", "https://crmsandbox.zoho.com.au/crm/acme-test"),
        ("https://crmsandbox.zohocloud.ca/crm/acme/", "https://crmsandbox.zohocloud.ca/crm/acme"),
        ("https://crmsandbox.zoho.eu/crm/acme?a=1#b", "https://crmsandbox.zoho.eu/crm/acme"),
        ("https://developer.zoho.in/crm/org60001234/tab/Home/begin", "https://developer.zoho.in/crm/org60001234"),
        ("", ""),
    ],
)  # fmt: skip
def test_an_org_s_own_pages_are_known_by_any_address_of_them(address: str, base: str) -> None:
    """As the browser shows it."""
    assert read_settings({**WHOLE, "LEADMATCH_ZOHO_PAGES_URL": address}).zoho_pages_url == base


@pytest.mark.parametrize(
    "address",
    ["acmetest", "http://crmsandbox.zoho.com/crm/a", "https://crmsandbox.zoho.com", "https://evil.example/crm/a",
     "https://crmsandbox.zoho.com.evil.example/crm/a", "https://evilzoho.com/crm/a", "https://u@crm.zoho.com/crm/a",
     "https://crm.zoho.eu/crm/org60001234", "https://crm.zohocloud.ca/crm/org1", "https://www.zoho.com/crm/lead",
     "https://accounts.zoho.com/crm/a", "https://crm.zoho.com.cn/crm/org1", "https://crmsandbox.zoho.com/crm/tab/Leads/71",
     "https://one.zoho.com/zohoone/acme/home/cxapp/crm/org1", "https://one.zoho.com/crm/org1",
     "https://crmplus.zoho.com/acme/index.do/cxapp/crm/org1", "https://crmplus.zoho.eu/crm/org1"],
)  # fmt: skip
def test_an_address_that_is_no_page_of_a_sandbox_is_refused(address: str) -> None:
    """Links of ours lead to Zoho alone, and those that are set to no production org of any data centre."""
    with pytest.raises(Misconfigured, match="LEADMATCH_ZOHO_PAGES_URL must be the address"):
        read_settings({**WHOLE, "LEADMATCH_ZOHO_PAGES_URL": address})


def test_the_credits_floor_is_five_hundred_unless_set() -> None:
    """Whole numbers only, zero included."""
    name = "LEADMATCH_ZOHO_CREDITS_FLOOR"
    floors = [read_settings({**WHOLE, name: text}).zoho_credits_floor for text in ("", "0", " 2000 ")]
    assert floors == [500, 0, 2000]
    for wrong in ("-1", "5e2", "many", "\u0663", "9" * 10):
        with pytest.raises(Misconfigured, match=name):
            read_settings({**WHOLE, name: wrong})


ACTING = {
    **WHOLE,
    "LEADMATCH_ACTIONS": "on",
    "LEADMATCH_SLACK_TEAM": "T024BE7LD",
    "LEADMATCH_CONVERT_QUEUE": "https://sqs.example/convert.fifo",
}


def test_nobody_acts_from_slack_unless_it_is_switched_on() -> None:
    """What acting needs may be left out until then."""
    for text in ("", "off", " off "):
        settings = read_settings({**WHOLE, "LEADMATCH_ACTIONS": text})
        assert (settings.actions, settings.slack_team, settings.convert_queue) == (False, "", "")
    settings = read_settings(ACTING)
    assert (settings.actions, settings.slack_team, settings.convert_queue) == (
        True,
        "T024BE7LD",
        "https://sqs.example/convert.fifo",
    )


@pytest.mark.parametrize("name", ["LEADMATCH_SLACK_TEAM", "LEADMATCH_CONVERT_QUEUE"])
def test_acting_without_what_it_needs_is_refused_by_name(name: str) -> None:
    """Without the workspace's id an outsider could not be told from a colleague."""
    with pytest.raises(Misconfigured, match=f"Not set: {name}") as caught:
        read_settings({**ACTING, name: " "})
    assert caught.value.reason == "setting_missing"


@pytest.mark.parametrize("text", ["yes", "true", "1", "ON", "on,off"])
def test_a_switch_is_on_or_off(text: str) -> None:
    """Nobody has to guess which of the two a word means."""
    with pytest.raises(Misconfigured, match="LEADMATCH_ACTIONS must be on or off"):
        read_settings({**ACTING, "LEADMATCH_ACTIONS": text})
