"""Wrong usage is found before anything is asked of AWS, and ends with exit code 2."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from ops.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing option '--stage'"),
        (["--stage", "Dev"], "lower-case letters"),
        (["--stage", "dev-check"], "another stage's function"),
        (["--stage", "dev", "--slack-channel", "#leads"], "A channel id begins with C or G"),
        (["--stage", "dev", "--operator-channel", "leads"], "A channel id begins with C or G"),
        (["--stage", "dev", "--alarm-email", "me"], "not an email address"),
        (["--stage", "dev", "--zoho-data-center", "mars"], "'mars' is not one of 'ae', 'au'"),
        (["--stage", "dev", "--zoho-org-id", "zylker"], "org and digits"),
        (["--stage", "dev", "--zoho-org-id", "https://crmsandbox.zoho.com/crm/org5"], "use --zoho-pages-url"),
        (["--stage", "dev", "--zoho-pages-url", "acmetest"], "the address that the browser shows"),
        (["--stage", "dev", "--silence-days", "400"], "is not in the range"),
        (["--stage", "dev", "--destroy", "--silence-days", "0"], "--destroy cannot be combined with --silence-days."),
        (["--stage", "dev", "--qualified", "Qualified"], "Lead_Status=Qualified"),
        (["--stage", "dev", "--rotate-key", "--qualified", "none"], "cannot be combined with --qualified."),
        (["--stage", "dev", "--zoho-concurrency", "0"], "is not in the range"),
        (["--stage", "dev", "--secrets-file", "none.json"], "does not exist"),
        (["--stage", "dev", "--with-data"], "--with-data needs --destroy"),
        (["--stage", "dev", "--destroy", "--rotate-key"], "exclude each other"),
        (["--stage", "dev", "--retire-key", "--rotate-key"], "exclude each other"),
        (["--stage", "dev", "--undo-rotation", "--rotate-key"], "--rotate-key and --undo-rotation exclude each other"),
        (["--stage", "dev", "--rotate-key", "--slack-channel", "C0123456789"], "--rotate-key cannot be combined with --slack-channel."),
        (["--stage", "dev", "--retire-key", "--alarm-email", "a@b.example"], "--retire-key cannot be combined with --alarm-email."),
        (["--stage", "dev", "--retire-key", "--operator-channel", "none"], "cannot be combined with --operator-channel."),
        (["--stage", "dev", "--destroy", "--replace", "slack"], "--destroy cannot be combined with --replace."),
        (["--stage", "dev", "--destroy", "--show-key"], "--destroy cannot be combined with --show-key."),
        (["--stage", "dev", "--zoho-data-center", "com"], "A CRM at an address that ends in .com is in the data centre us."),
        (["--stage", "dev", "--zoho-data-center", "crm.zoho.com.au"], "is in the data centre au."),
    ],
)  # fmt: skip
def test_wrong_usage_is_explained(arguments: list[str], said: str) -> None:
    """On stderr; stdout stays empty."""
    result = CliRunner().invoke(main, ["provision", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_help_names_every_option_and_no_option_takes_a_secret() -> None:
    """What stands in argv can be seen by everybody on the machine."""
    said = CliRunner().invoke(main, ["provision", "--help"]).stdout
    assert "--zoho-data-center" in said
    assert not [word for word in ("--client", "--token", "--refresh", "--bot", "--signing") if word in said]
