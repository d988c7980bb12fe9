"""The table of Slack's error codes, with the meanings that notify relies on; test_vendor_pages_slack.py holds it against the pages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from chalicelib.slack.error_codes import EVERY_METHOD, METHODS, UNLISTED, WEBHOOK, Meaning, meaning_of, page_of


def test_each_method_that_is_called_has_its_page_in_the_table() -> None:
    """Read from the code, so that a new call is not forgotten."""
    paths = [*Path("chalicelib").rglob("*.py"), *Path("ops").rglob("*.py")]
    texts = {
        node.value
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    families = ("chat.", "conversations.", "auth.", "users.", "team.", "bots.", "views.", "usergroups.")
    called = {text for text in texts if text.startswith(families) and text.replace(".", "").isalpha()}
    assert called
    assert called <= set(METHODS)


@pytest.mark.parametrize(
    ("method", "code", "meaning"),
    [
        ("chat.update", "is_inactive", Meaning.CHANNEL_CLOSED),
        ("chat.update", "team_not_found", Meaning.CHANNEL_CLOSED),
        ("chat.postMessage", "app_access_restricted", Meaning.TOKEN),
        ("conversations.info", "channel_is_limited_access", Meaning.CHANNEL_CLOSED),
        ("chat.postMessage", "team_not_found", Meaning.CHANNEL_CLOSED),
        ("conversations.history", "channel_is_limited_access", Meaning.CHANNEL_CLOSED),
        ("conversations.replies", "method_not_supported_for_channel_type", Meaning.CHANNEL_CLOSED),
        ("chat.update", "external_channel_migrating", Meaning.WAIT),
        ("chat.update", "streaming_state_conflict", Meaning.WAIT),
        ("chat.postMessage", "team_added_to_org", Meaning.WAIT),
        ("conversations.history", "org_login_required", Meaning.WAIT),
        ("conversations.replies", "list_record_comment_fetch_failed", Meaning.WAIT),
        ("chat.update", "update_failed", Meaning.FAILED),
        ("chat.update", "edit_window_closed", Meaning.EDIT_REFUSED),
        ("chat.update", "cant_update_message", Meaning.EDIT_REFUSED),
        ("chat.delete", "cant_delete_message", Meaning.EDIT_REFUSED),
        ("chat.getPermalink", "message_not_found", Meaning.MESSAGE_GONE),
        ("conversations.replies", "thread_not_found", Meaning.THREAD_GONE),
        ("chat.postMessage", "restricted_action_non_threadable_channel", Meaning.THREAD_GONE),
        ("chat.postMessage", "slack_connect_file_link_sharing_blocked", Meaning.CONTENT),
        ("chat.postMessage", "invalid_arguments", Meaning.CONTENT),
        ("conversations.history", "invalid_arguments", Meaning.REFUSED),
        ("views.open", "expired_trigger_id", Meaning.TRIGGER_EXPIRED),
        ("views.open", "exchanged_trigger_id", Meaning.TRIGGER_USED),
        ("views.open", "invalid_trigger_id", Meaning.REFUSED),
        ("views.update", "not_found", Meaning.VIEW_GONE),
        ("views.update", "hash_conflict", Meaning.VIEW_CHANGED),
        ("views.update", "view_too_large", Meaning.CONTENT),
        ("chat.postEphemeral", "user_not_in_channel", Meaning.PERSON_ABSENT),
        ("users.info", "user_not_found", Meaning.REFUSED),
        ("usergroups.users.list", "plan_upgrade_required", Meaning.REFUSED),
        *((method, "no_permission", Meaning.CHANNEL_CLOSED) for method in METHODS),
    ],
)
def test_what_a_code_means_depends_on_the_page(method: str, code: str, meaning: Meaning) -> None:
    """The ones that were misread, and others of their kind."""
    assert meaning_of(code, METHODS[method]) is meaning


@pytest.mark.parametrize(
    ("method", "code", "meaning"),
    [
        ("chat.update", "is_archived", Meaning.CHANNEL_CLOSED),
        ("chat.update", "not_in_channel", Meaning.CHANNEL_CLOSED),
        ("chat.postMessage", "msg_too_long", Meaning.CONTENT),
        ("chat.postMessage", "external_channel_migrating", Meaning.WAIT),
        ("chat.postMessage", "channel_type_not_supported", Meaning.CHANNEL_CLOSED),
        ("users.list", "invalid_auth", Meaning.TOKEN),
    ],
)
def test_a_code_of_another_page_means_what_it_means_there(method: str, code: str, meaning: Meaning) -> None:
    """Slack's lists are of what is expected, not of what can come."""
    assert meaning_of(code, page_of(method)) is meaning


def test_a_code_of_no_page_is_not_known() -> None:
    """Slack says that others can be returned while the service is down."""
    assert meaning_of("never_heard_of", METHODS["chat.postMessage"]) is None
    assert meaning_of("", WEBHOOK) is None


def test_what_is_unlisted_is_on_no_page() -> None:
    """Else its page is where it belongs."""
    assert not set(UNLISTED) & (set(EVERY_METHOD) | {code for page in METHODS.values() for code in page.codes})
