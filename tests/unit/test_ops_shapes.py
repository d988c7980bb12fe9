"""Values are looked at before they are used, and what is wrong is said without repeating it."""

from __future__ import annotations

import pytest

from ops import shapes

GOOD = [
    (shapes.stage_name, "dev"),
    (shapes.stage_name, "prod-eu-2"),
    (shapes.stage_name, "check"),
    (shapes.channel, "C0123456789"),
    (shapes.channel, "G01ABCDEF"),
    (shapes.org_id, "org60012345678"),
    (shapes.org_id, "60012345678"),
    (shapes.email, "ops@example.com"),
    (shapes.zoho_token, "1000.abc.def"),
    (shapes.token, "x"),
    (shapes.bot_token, "xoxb-1-2-abc"),
    (shapes.signing_secret, "0123456789abcdef" * 2),
    (shapes.webhook_url, "https://hooks.slack.com/services/T0/B0/x"),
    (shapes.webhook_key, "whsec_" + "a" * 44),
]
BAD = [
    (shapes.stage_name, "Dev"),
    (shapes.stage_name, "2dev"),
    (shapes.stage_name, "a" * 21),
    (shapes.stage_name, "dev_1"),
    (shapes.stage_name, "dev\n"),
    (shapes.stage_name, "dev-check"),
    (shapes.stage_name, "eu-notify"),
    (shapes.stage_name, "eu-sweep"),
    (shapes.channel, "#leads"),
    (shapes.channel, "leads"),
    (shapes.channel, "U0123456789"),
    (shapes.org_id, "zylker"),
    (shapes.email, "ops at example"),
    (shapes.zoho_token, "hush1234"),
    (shapes.zoho_token, "1000.ab c"),
    (shapes.token, ""),
    (shapes.token, "two words"),
    (shapes.token, "tab\tbed"),
    (shapes.token, "ключ-secret"),
    *((shapes.bot_token, f"{kind}-of-another-kind") for kind in ("xoxp", "xapp", "xoxa", "xoxs", "xoxc", "xwfp")),
    *((shapes.bot_token, f"{kind}-1-rotates") for kind in ("xoxe", "xoxe.xoxb", "xoxe.xoxp", "XOXE.xoxb")),
    (shapes.signing_secret, "xoxb-in-the-wrong-place"),
    (shapes.webhook_url, "https://hooks.example.com/services/x"),
    (shapes.webhook_url, "http://hooks.slack.com/services/x"),
    (shapes.webhook_key, "tooshort"),
]


@pytest.mark.parametrize(("shape", "value"), GOOD)
def test_what_is_right_is_not_complained_about(shape: shapes.Shape, value: str) -> None:
    """An empty text is no complaint."""
    assert shape(value) == ""


@pytest.mark.parametrize(("shape", "value"), BAD)
def test_what_is_wrong_is_explained_and_not_repeated(shape: shapes.Shape, value: str) -> None:
    """A secret pasted into the wrong question must not end up on the screen."""
    complaint = shape(value)
    assert complaint.endswith(".")
    assert not value.strip() or value not in complaint


@pytest.mark.parametrize("pasted", ["xoxe.xoxb-1-Mi0yLT", "xoxe-1-My0xLT", "xoxe.xoxp-1-Mi0yLT", "xoxe-xoxb-1"])
def test_a_token_that_rotates_is_named_and_what_to_do(pasted: str) -> None:
    """Twelve hours later the stage would be silent, and another such token cures nothing."""
    complaint = shapes.bot_token(pasted)
    assert "token rotation" in complaint
    assert "make a new app" in complaint


@pytest.mark.parametrize("pasted", ["xoxp-1-2", "xapp-1-A0-2", "xoxa-2-1", "xoxs-1", "xoxr-1", "hush", ""])
def test_any_other_token_is_not_taken_for_one_that_rotates(pasted: str) -> None:
    """Its own complaint says which token is asked for."""
    assert "rotation" not in shapes.bot_token(pasted)


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        ("https://acme.slack.com/archives/C0123456789", "C0123456789"),
        ("https://acme.slack.com/archives/C0123456789/p1700000000000000", "C0123456789"),
        ("https://app.slack.com/client/T012345/C0123456789", "C0123456789"),
        (" C0123456789 ", "C0123456789"),
        ("#leads", "#leads"),
    ],
)
def test_a_channel_s_id_is_taken_out_of_its_link(pasted: str, found: str) -> None:
    """As Slack copies it, or as a browser shows it."""
    assert shapes.channel_of(pasted) == found


def test_an_org_s_id_is_taken_out_of_an_address_of_the_crm() -> None:
    """Of any data centre."""
    assert shapes.org_id_of("https://crm.zoho.eu/crm/org12345/tab/Leads") == "org12345"
    assert shapes.org_id_of("https://crm.zohocloud.ca/crm/org7/settings") == "org7"
    assert shapes.org_id_of("org12345") == "org12345"
