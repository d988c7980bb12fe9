"""The secrets that people write are filled: only what is missing is asked for, and each part is stored at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ops.errors import OpsError
from ops.provision.credentials import EMPTY, Secrets
from ops.provision.grant_code import CodeSpent
from ops.provision.prompts import Filling, Nobody
from ops.provision.slack_trial import TokenRefused
from tests.unit.operator_fakes import Answers, Lines

APP = {"bot_token": "xoxb-1", "signing_secret": "ab" * 16}
ZOHO = {"client_id": "1000.ID", "client_secret": "hush", "refresh_token": "1000.refresh"}
WHOLE = Secrets(zoho=ZOHO, slack=APP, webhook_keys=("whsec_current",))


class Codes:
    """Zoho's accounts server that knows one code."""

    def exchange(self, code: str, *, client_id: str, client_secret: str) -> str:
        """Return a token for the code of this client."""
        if (code, client_id, client_secret) == ("1000.good", "1000.ID", "hush"):
            return "1000.refresh"
        raise CodeSpent("Used before.", "Generate a new code.")


def slack_that_knows_one_token(slack: Mapping[str, str]) -> None:
    """Refuse every bot token but that of the app; an incoming webhook cannot be tried."""
    if slack.get("bot_token", "xoxb-1") != "xoxb-1":
        raise TokenRefused("Slack does not know the bot token.", "Copy it again.")


def fill(
    begun: Secrets, *answers: str, kept: Mapping[str, str] = EMPTY.zoho
) -> tuple[Secrets, list[Secrets], Answers, Lines]:
    """Fill; return the result, what was stored on the way, the operator and the console."""
    operator, lines, stored = Answers(*answers), Lines(), list[Secrets]()

    def keep(secrets: Secrets, *, is_new_key: bool) -> None:
        assert is_new_key == (bool(secrets.webhook_keys) and not begun.webhook_keys)
        stored.append(secrets)

    after = Filling(operator, Codes(), lines, slack_that_knows_one_token, kept_zoho=kept).fill(begun, keep)
    assert operator.answers == []
    return after, stored, operator, lines


def test_whole_credentials_are_left_alone() -> None:
    """Nobody is asked, nothing is stored, the key stays."""
    after, stored, operator, _ = fill(WHOLE)
    assert (after, stored, operator.questions) == (WHOLE, [], [])


def test_an_empty_secret_is_filled_part_by_part() -> None:
    """Zoho is stored before Slack is asked for: a grant code works once."""
    after, stored, _, lines = fill(EMPTY, "1000.ID", "hush", "code", "1000.good", "app", *APP.values())
    assert (after.zoho, after.slack) == (ZOHO, APP)
    assert after.webhook_keys[0].startswith("whsec_")
    assert [(bool(one.zoho), bool(one.slack), len(one.webhook_keys)) for one in stored] == [
        (True, False, 0),
        (True, True, 0),
        (True, True, 1),
    ]
    assert "paste this scope: ZohoCRM.modules.leads.READ" in lines.text


def test_a_spent_code_is_asked_for_again() -> None:
    """With what to do, and without asking for the client anew."""
    begun = replace(WHOLE, zoho={"client_id": "1000.ID", "client_secret": "hush"})
    after, _, operator, lines = fill(begun, "code", "1000.spent", "1000.good")
    assert after == WHOLE
    assert operator.questions[1:] == ["Zoho grant code", "Zoho grant code"]
    assert "warn: Used before. Generate a new code." in lines.said


def test_a_refresh_token_at_hand_needs_no_code() -> None:
    """For whoever moves a stage."""
    begun = replace(WHOLE, zoho={"client_id": "1000.ID", "client_secret": "hush"})
    assert fill(begun, "token", "1000.refresh")[0] == WHOLE


def test_a_grant_code_of_the_file_is_exchanged_and_not_kept() -> None:
    """Nobody is asked; it goes over the refresh token that is stored."""
    after, stored, operator, _ = fill(
        replace(WHOLE, zoho=ZOHO | {"refresh_token": "1000.old", "grant_code": "1000.good"})
    )
    assert (after, stored, operator.questions) == (WHOLE, [WHOLE], [])
    with pytest.raises(CodeSpent, match="Used before"):
        fill(replace(WHOLE, zoho=ZOHO | {"grant_code": "1000.spent"}))


def test_a_code_of_the_file_that_an_earlier_run_has_spent_leaves_the_stored_token() -> None:
    """The same command again is safe. Not so for another client, or where the token is to be given anew: a new code helps."""
    spent = replace(WHOLE, zoho=ZOHO | {"grant_code": "1000.spent"})
    assert fill(spent, kept=ZOHO)[0] == WHOLE
    assert "warn: Used before. The stored refresh token stays." in fill(spent, kept=ZOHO)[3].text
    without_token = {name: value for name, value in spent.zoho.items() if name != "refresh_token"}
    for begun, kept in ((spent, ZOHO | {"client_id": "1000.OLD"}), (replace(WHOLE, zoho=without_token), ZOHO)):
        with pytest.raises(CodeSpent, match="Used before") as caught:
            fill(begun, kept=kept)
        assert caught.value.hint == "Generate a new one, put it into the secrets file and run this again."


def test_slack_may_be_a_trial() -> None:
    """One URL, and nothing of an app."""
    after = fill(replace(WHOLE, slack={"bot_token": "xoxb-1"}), "webhook", "https://hooks.slack.com/services/x")[0]
    assert after.slack == {"webhook_url": "https://hooks.slack.com/services/x"}


def test_a_bot_token_that_slack_refuses_is_asked_for_again_and_not_stored() -> None:
    """The signing secret, which Slack was not asked about, stays as it was typed."""
    begun = replace(WHOLE, slack={})
    after, stored, operator, lines = fill(begun, "app", "xoxb-wrong", "ab" * 16, "xoxb-1")
    assert (after, stored) == (WHOLE, [WHOLE])
    assert operator.questions[1:] == ["Slack bot token (xoxb-…)", "Slack signing secret", "Slack bot token (xoxb-…)"]
    assert "warn: Slack does not know the bot token. Copy it again." in lines.said


def test_only_what_is_missing_is_asked_for() -> None:
    """The bot token is good and stays."""
    after, _, operator, _ = fill(replace(WHOLE, slack={"bot_token": "xoxb-1"}), "app", "ab" * 16)
    assert after == WHOLE
    assert "Slack bot token" not in " ".join(operator.questions)


def test_without_a_terminal_what_is_missing_is_named() -> None:
    """And how to give it."""
    with pytest.raises(OpsError, match="Missing: Zoho client id") as caught:
        Filling(Nobody(), Codes(), Lines(), slack_that_knows_one_token).fill(EMPTY, lambda _, *, is_new_key: None)  # noqa: ARG005 - its name
    assert "--secrets-file" in caught.value.hint
