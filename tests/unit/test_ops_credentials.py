"""What people put into secrets, as they hand it over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.secrets import read_credentials, read_zoho_client
from chalicelib.errors import Misconfigured
from ops.errors import OpsError
from ops.provision import credentials as known

WHOLE: dict[str, Any] = {
    "zoho": {"client_id": "1000.ID", "client_secret": "hush-client", "refresh_token": "1000.refresh.x"},
    "slack": {"bot_token": "xoxb-1-2", "signing_secret": "ab" * 16},
    "webhook_keys": ["whsec_" + "k" * 44],
}


def file_with(tmp_path: Path, content: object, mode: int = 0o600) -> Path:
    """Write a secrets file."""
    path = tmp_path / "secrets.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    path.chmod(mode)
    return path


def test_a_file_is_read_as_the_functions_will_read_it(tmp_path: Path) -> None:
    """What is written to the secrets afterwards says the same, and each holds its own part alone."""
    found = known.from_file(file_with(tmp_path, WHOLE))
    credentials, zoho_client = known.credentials_text(found), known.zoho_client_text(found)
    assert known.stored(credentials, zoho_client) == found
    assert read_credentials(credentials) == read_credentials(json.dumps(WHOLE))
    assert read_zoho_client(zoho_client) == WHOLE["zoho"]
    assert not any(value in credentials for value in WHOLE["zoho"].values())


@pytest.mark.parametrize("text", ["[" * 100_000, "{", "[]", "null", ""])
def test_a_secret_that_is_no_object_is_said_to_be_none(text: str) -> None:
    """However deep it is nested: another error would be a fault of ours, and lead no person to the secret."""
    with pytest.raises(Misconfigured, match="not a JSON object"):
        read_credentials(text)
    assert read_zoho_client(text) == {}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """Before it is read, with the command that closes it."""
    with pytest.raises(OpsError, match="Other users of this machine may read") as caught:
        known.from_file(file_with(tmp_path, WHOLE, mode))
    assert "chmod 600" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not a JSON object: Expecting property name enclosed in double quotes, line 1, column 2."),
        (WHOLE | {"zoho": {"grant_code": "s3cr3t"}}, "zoho.grant_code: Zoho's values begin with 1000."),
        (WHOLE | {"zoho": "s3cr3t", "slack": "s3cr3t"}, "\n  zoho must be an object.\n  slack must be an object."),
        ("[]", "is not a JSON object"),
        (WHOLE | {"zoho": WHOLE["zoho"] | {"secret": "s3cr3t"}, "slak": {}}, "unknown: slak, zoho.secret."),
        (WHOLE | {"zoho": "s3cr3t"}, "zoho must be an object."),
        (WHOLE | {"zoho": {"client_id": 1000}}, "zoho.client_id: It must be a text."),
        (WHOLE | {"slack": {"bot_token": "s3cr3t"}}, "slack.bot_token: A bot token begins with xoxb-"),
        (WHOLE | {"webhook_keys": "s3cr3t"}, "webhook_keys must be a list"),
        (WHOLE | {"webhook_keys": ["k" * 20, "l" * 20, "m" * 20]}, "webhook_keys must be a list"),
        (WHOLE | {"webhook_keys": ["s3cr3t"]}, "webhook_keys: A webhook key has at least 16 characters."),
        (WHOLE | {"webhook_keys": [7]}, "webhook_keys: It must be a text."),
    ],
)
def test_what_is_wrong_in_a_file_is_named_and_no_value_repeated(tmp_path: Path, content: object, said: str) -> None:
    """All of it at once."""
    with pytest.raises(OpsError) as caught:
        known.from_file(file_with(tmp_path, content))
    assert said in caught.value.message
    assert "s3cr3t" not in caught.value.message


APP = WHOLE["slack"]
ZOHO = WHOLE["zoho"]
TRIAL = {"webhook_url": "https://hooks.slack.com/services/s3cr3t"}
CODE = {"grant_code": "1000.s3cr3t"}
ONE_KEY = "s3cr3t" * 3
CONTRADICTIONS = {
    "refresh_token_and_grant_code": (WHOLE | {"zoho": ZOHO | CODE}, "remove grant_code"),
    "app_and_trial": (WHOLE | {"slack": APP | TRIAL}, "remove webhook_url, or remove bot_token and signing_secret"),
    "bot_token_and_trial": (WHOLE | {"slack": TRIAL | {"bot_token": "xoxb-s3cr3t"}}, "remove webhook_url, or remove bot_token."),
    "signing_secret_and_trial": (WHOLE | {"slack": TRIAL | {"signing_secret": "ab" * 16}}, "remove webhook_url"),
    "bot_token_alone": (WHOLE | {"slack": {"bot_token": "xoxb-s3cr3t"}}, "slack has bot_token without signing_secret"),
    "signing_secret_alone": (WHOLE | {"slack": {"signing_secret": "ab" * 16}}, "slack has signing_secret without bot_token"),
    "one_key_twice": (WHOLE | {"webhook_keys": [ONE_KEY, ONE_KEY]}, "webhook_keys: Both keys are the same"),
    "a_slack_token_as_key": (WHOLE | {"webhook_keys": ["xoxb-s3cr3t-s3cr3t"]}, "not a webhook key"),
    "a_zoho_token_as_key": (WHOLE | {"webhook_keys": ["1000.s3cr3ts3cr3ts3cr3t"]}, "not a webhook key"),
    "an_address_as_key": (WHOLE | {"webhook_keys": ["https://s3cr3t.example/zoho"]}, "not a webhook key"),
    "an_empty_key": (WHOLE | {"webhook_keys": [""]}, "webhook_keys: It is empty"),
    "misspelt_part": ({"slak": APP}, "unknown: slak. Did you mean slack?"),
    "misspelt_bot_token": (WHOLE | {"slack": {"bot_tokn": "s3cr3t"}}, "unknown: slack.bot_tokn. Did you mean slack.bot_token?"),
    "another_case": (WHOLE | {"zoho": ZOHO | {"Refresh-Token": "s3cr3t"}}, "unknown: zoho.Refresh-Token. Did you mean zoho.refresh_token?"),
    "singular": (WHOLE | {"webhook_key": ONE_KEY}, "unknown: webhook_key. Did you mean webhook_keys?"),
    "the_same_name_twice": ('{"slack": {"bot_token": "xoxb-a", "bot_token": "xoxb-s3cr3t"}}', "bot_token is there 2 times: keep one."),
    "the_same_part_twice": ('{"zoho": {}, "slack": {}, "zoho": {"client_id": "1000.s3cr3t"}}', "zoho is there 2 times"),
    "endless_brackets": ("[" * 100_000, "is not a JSON object."),
}  # fmt: skip


@pytest.mark.parametrize("kind", CONTRADICTIONS)
def test_a_file_that_says_two_things_is_refused(tmp_path: Path, kind: str) -> None:
    """With the names of what to take out or add: one of the two would be taken without a word, perhaps the wrong one."""
    content, said = CONTRADICTIONS[kind]
    with pytest.raises(OpsError) as caught:
        known.from_file(file_with(tmp_path, content))
    assert said in caught.value.message
    assert "s3cr3t" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_file_of_a_windows_editor_is_read(tmp_path: Path, encoding: str) -> None:
    """PowerShell and Notepad write a byte-order mark, or two bytes a letter."""
    path = file_with(tmp_path, "")
    path.write_bytes(json.dumps(WHOLE).encode(encoding))
    assert known.from_file(path).zoho == WHOLE["zoho"]


def test_two_keys_of_a_rotation_and_each_kind_of_slack_alone_are_taken(tmp_path: Path) -> None:
    """Nothing of that contradicts itself; neither does a file with a part of Zoho's values, which goes over the stored ones."""
    assert len(known.from_file(file_with(tmp_path, {"webhook_keys": ["k" * 20, "l" * 20]})).webhook_keys) == 2
    assert known.from_file(file_with(tmp_path, {"slack": TRIAL})).slack == TRIAL
    assert known.from_file(file_with(tmp_path, {"slack": APP})).slack == APP
    assert known.from_file(file_with(tmp_path, {"zoho": CODE})).zoho == CODE


def test_a_file_goes_over_what_is_stored(tmp_path: Path) -> None:
    """Part by part for Zoho, whole for Slack, whose two forms exclude each other; keys stay unless it has some."""
    stored = known.stored(json.dumps(WHOLE), json.dumps(WHOLE["zoho"]))
    trial = {"webhook_url": "https://hooks.slack.com/services/x"}
    above = known.from_file(file_with(tmp_path, {"zoho": {"client_secret": "newer"}, "slack": trial}))
    both = known.laid_over(stored, above)
    assert both.zoho == WHOLE["zoho"] | {"client_secret": "newer"}
    assert both.slack == trial
    assert both.webhook_keys == tuple(WHOLE["webhook_keys"])


def test_what_is_stored_and_no_use_counts_as_nothing() -> None:
    """A secret that somebody filled with something else is asked for anew."""
    assert {known.stored(text, text) == known.EMPTY for text in ("", "not json", "[]")} == {True}
    assert known.good_fields({"client_id": "1000.a", "client_secret": ""}, known.ZOHO) == {"client_id": "1000.a"}


def test_slack_is_whole_as_an_app_or_as_a_trial() -> None:
    """One of the two is enough, half of one is not."""
    assert known.slack_is_whole(WHOLE["slack"])
    assert known.slack_is_whole({"webhook_url": "https://hooks.slack.com/services/x"})
    assert not known.slack_is_whole({"bot_token": "xoxb-1"})
    assert not known.slack_is_whole({})


def test_credentials_tell_nothing_by_accident() -> None:
    """Their repr, which ends up in traces, has no value."""
    assert "hush" not in repr(known.Secrets(zoho=WHOLE["zoho"], slack={}, webhook_keys=()))
