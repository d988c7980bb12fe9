"""The probe of Slack: what is wrong with token, scopes or channels, and its cure."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from ops.check import slack
from ops.check.slack import DONE_LINE, TRYING_LINE
from ops.errors import OpsError
from sandbox.slack.faults import Answer, Fault
from sandbox.slack.methods import MENTIONING
from sandbox.slack.server import WEBHOOK
from sandbox.slack.workspace import Channel
from sandbox.system import OPERATOR, SALES, Sandbox
from tests.flow.deployment import Deployment
from tests.flow.probing import probe, problem, warning
from tests.local_http import closed_port_url

pytestmark = pytest.mark.usefixtures("deployment")
RENEW = "python -m ops provision --stage sandbox --replace slack"
TOO_FAST = Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "7"})
REFUSED_DELETION = Answer(200, {"ok": False, "error": "compliance_exports_prevent_deletion"})


def change(sandbox: Sandbox, channel: Channel, **state: bool) -> None:
    """Let a channel be archived, private, or without our bot."""
    sandbox.slack.workspace.keep_channel(replace(channel, **state))


def lines(sandbox: Sandbox, channel: Channel = SALES) -> list[str]:
    """Return what the check has left in a channel."""
    texts = [message.text for message in sandbox.slack.workspace.messages(channel.id)]
    return [text for text in texts if text.startswith("leadmatch check")]


def test_both_channels_are_posted_to_read_back_and_left_as_they_were(sandbox: Sandbox) -> None:
    """Found by the message's metadata, as notify finds a post whose answer was lost."""
    before, left = len(sandbox.slack.calls), (lines(sandbox), lines(sandbox, OPERATOR))
    result = probe(slack.look)
    assert result.status == "ok"
    each = ["chat.postMessage", "chat.update", "conversations.history", "chat.delete", "conversations.info"]
    first = ["auth.test", "team.preferences.list"]
    assert [call.method for call in sandbox.slack.calls[before:]] == [*first, *each, *each]
    assert [call.channel for call in sandbox.slack.calls[before:]] == [None, None, *[SALES.id] * 5, *[OPERATOR.id] * 5]
    assert (lines(sandbox), lines(sandbox, OPERATOR)) == left


def test_one_channel_for_both_is_tried_once(deployment: Deployment) -> None:
    """The operator's channel is the summaries' unless it is set."""
    deployment.write_config(LEADMATCH_OPERATOR_CHANNEL="")
    assert [fact.split(":")[0] for fact in probe(slack.look).findings.facts[1:]] == [f"Channel {SALES.id}"]


@pytest.mark.parametrize(
    ("missing", "what"),
    [
        ({"chat:write"}, "The scope chat:write is missing: nothing can be posted"),
        ({"channels:history", "groups:history"}, "The scopes channels:history and groups:history are missing."),
    ],
    ids=["write", "read"],
)
def test_missing_scopes_are_named_and_nothing_is_tried(sandbox: Sandbox, missing: set[str], what: str) -> None:
    """Slack names the token's scopes in each answer's header."""
    sandbox.slack.scopes.difference_update(missing)
    before = len(sandbox.slack.calls)
    found = problem(slack.look)
    assert what in found.what
    assert all(scope in found.fix for scope in missing)
    assert "Reinstall to Workspace" in found.fix
    assert len(sandbox.slack.calls) == before + 1


def test_an_app_that_cannot_mention_is_warned_of_unless_mentions_are_off(
    deployment: Deployment, sandbox: Sandbox
) -> None:
    """Messages need no such scope: the rest is tried all the same."""
    sandbox.slack.scopes.difference_update(MENTIONING)
    found = warning(slack.look)
    assert "not mentioned: the app lacks users:read and users:read.email." in found.what
    assert "add users:read and users:read.email." in found.fix
    assert "LEADMATCH_MENTION" in found.fix
    sandbox.slack.scopes.add("users:read")
    assert "the app lacks users:read.email." in warning(slack.look).what
    deployment.write_config(LEADMATCH_MENTION="off")
    assert probe(slack.look).findings.warnings == []


@pytest.mark.parametrize(
    ("private", "missing"), [(False, "channels:history"), (True, "groups:history")], ids=["public", "private"]
)
def test_the_scope_that_reads_this_kind_of_channel_is_named(sandbox: Sandbox, missing: str, *, private: bool) -> None:
    """A private channel needs another one than a public one; the line is taken back all the same."""
    change(sandbox, SALES, private=private)
    change(sandbox, OPERATOR, private=not private)
    sandbox.slack.scopes.discard(missing)
    before = lines(sandbox)
    found = problem(slack.look)
    assert f"Channel {SALES.id} cannot be read: {missing} " in found.what
    assert "looks for its message before it posts again" in found.what
    assert missing in found.fix
    assert lines(sandbox) == before


def test_a_channel_without_the_bot_says_how_to_invite_it(sandbox: Sandbox) -> None:
    """And the other channel is looked at as well."""
    change(sandbox, SALES, joined=False)
    result = probe(slack.look)
    (found,) = result.findings.troubles
    assert found.what == f"Channel {SALES.id}: The bot is not in the channel."
    assert "/invite @leadmatch" in found.fix
    assert any(OPERATOR.id in fact for fact in result.findings.facts)


def test_an_archived_channel_is_told(sandbox: Sandbox) -> None:
    """It can be unarchived, or another one named."""
    change(sandbox, OPERATOR, archived=True)
    found = problem(slack.look)
    assert found.what == f"Channel {OPERATOR.id}: The channel is archived."
    assert "Unarchive it" in found.fix
    assert "--slack-channel" in found.fix


def test_a_wrong_channel_is_told(deployment: Deployment) -> None:
    """Its id may have been copied wrongly."""
    deployment.write_config(LEADMATCH_OPERATOR_CHANNEL="C0NOSUCH")
    found = problem(slack.look)
    assert "knows no such channel" in found.what
    assert "copy the id at the very bottom" in found.fix


def test_a_channel_s_name_is_told_before_anything_runs(deployment: Deployment) -> None:
    """Functions take ids only: a channel's name may change."""
    deployment.write_config(LEADMATCH_OPERATOR_CHANNEL="#lead-matches")
    with pytest.raises(OpsError, match="must be a channel's id, such as C0123456789"):
        probe(slack.look)


def test_a_token_that_slack_does_not_know_is_replaced(deployment: Deployment) -> None:
    """The app was removed, or the token copied wrongly."""
    with deployment.secret(slack={"bot_token": "xoxb-other"}):
        found = problem(slack.look)
    assert "does not know the bot token" in found.what
    assert RENEW in found.fix


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "access_denied", "missing_scope"])
def test_a_token_that_is_dead_is_replaced(sandbox: Sandbox, error: str) -> None:
    """By installing the app again."""
    sandbox.slack.on("auth.test", Answer(200, {"ok": False, "error": error}))
    found = problem(slack.look)
    assert "Reinstall to Workspace" in found.fix
    assert RENEW in found.fix


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {"ok": False, "error": "token_expired"}),
        Answer(200, {"ok": True, "user": "leadmatch", "team": "Sandbox", "expires_in": 43200}),
    ],
    ids=["expired", "expires"],
)
def test_a_token_that_rotates_is_named(sandbox: Sandbox, answer: Answer) -> None:
    """By installing another app: this one would only give another token of twelve hours."""
    sandbox.slack.on("auth.test", answer)
    found = problem(slack.look)
    assert "expire" in found.what
    assert "Token rotation" in found.fix
    assert "Make a new app" in found.fix
    assert RENEW in found.fix


@pytest.mark.parametrize(
    ("shared", "how"),
    [
        ("is_ext_shared", "is shared with another company"),
        ("is_pending_ext_shared", "will be shared with another company once an open invitation is accepted"),
        ("is_shared", "is shared with another workspace"),
    ],
)
def test_a_channel_that_others_read_is_a_warning(sandbox: Sandbox, shared: str, how: str) -> None:
    """Nothing ever fails there, and the summaries hold names and emails."""
    sandbox.slack.workspace.keep_channel(replace(SALES, shared=shared))
    result = probe(slack.look)
    assert result.status == "ok"
    (found,) = result.findings.warnings
    assert found.what.startswith(f"Channel {SALES.id} {how}")
    assert "names, emails" in found.what
    assert "--slack-channel" in found.fix
    assert "{" not in found.fix


@pytest.mark.parametrize("pending", ["pending_connected_team_ids", "pending_shared"])
def test_an_invitation_of_another_company_is_a_warning(sandbox: Sandbox, pending: str) -> None:
    """Best treated as if it were shared, Slack says."""
    about = {"id": SALES.id, "is_shared": False, "is_ext_shared": False, pending: ["T0OTHER"]}
    sandbox.slack.on("conversations.info", Answer(200, {"ok": True, "channel": about}))
    assert "once an open invitation is accepted" in warning(slack.look).what


def test_a_channel_of_the_whole_organisation_is_no_warning(sandbox: Sandbox) -> None:
    """It is the same company; it is said, though."""
    sandbox.slack.workspace.keep_channel(replace(SALES, shared="is_org_shared"))
    result = probe(slack.look)
    assert result.findings.warnings == []
    assert any("same organisation share it" in fact for fact in result.findings.facts)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {"ok": False, "error": "missing_scope", "needed": "channels:read", "provided": "chat:write"}),
        Answer(200, {"ok": False, "error": "never_heard_of"}),
        Answer(503, "down"),
        Answer(200, {"ok": True}),
    ],
    ids=["scope", "unknown", "down", "nothing"],
)
def test_who_shares_a_channel_need_not_be_seen(sandbox: Sandbox, answer: Answer) -> None:
    """Apps without the scope work as before; what is not known is said as a fact."""
    sandbox.slack.on("conversations.info", answer, times=2)
    result = probe(slack.look)
    assert (result.status, result.findings.warnings) == ("ok", [])


def test_a_secret_without_slack_is_told(deployment: Deployment) -> None:
    """It was left out when the stage was provisioned."""
    with deployment.secret(slack={}):
        found = problem(slack.look)
    assert "neither slack.bot_token nor slack.webhook_url" in found.what
    assert RENEW in found.fix


def test_the_wait_that_slack_asks_for_is_waited_once(sandbox: Sandbox) -> None:
    """Leads are told at the same time, and a channel takes about one post a second."""
    waited: list[float] = []
    sandbox.slack.on("chat.postMessage", TOO_FAST)
    assert probe(partial(slack.look, sleep=waited.append)).status == "ok"
    assert waited == [7.0]


def test_the_trial_mode_waits_as_well(deployment: Deployment, sandbox: Sandbox) -> None:
    """An incoming webhook shares its channel's pace."""
    waited: list[float] = []
    sandbox.slack.on(WEBHOOK, TOO_FAST)
    with deployment.secret(slack={"webhook_url": sandbox.slack.webhook_url}):
        assert probe(partial(slack.look, sleep=waited.append)).status == "ok"
    assert waited == [7.0]


def test_a_long_wait_is_told(sandbox: Sandbox) -> None:
    """Nobody sits before a terminal for minutes."""
    sandbox.slack.on("chat.postMessage", Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "300"}))
    assert "Wait a minute" in problem(slack.look).fix


@pytest.mark.parametrize(
    ("update", "left"),
    [
        (None, DONE_LINE.text),
        (Answer(200, {"ok": False, "error": "cant_update_message"}), TRYING_LINE.text),
    ],
    ids=["edited", "left"],
)
def test_where_nothing_may_be_deleted_the_line_says_that_all_is_well(
    deployment: Deployment, sandbox: Sandbox, update: Answer | None, left: str
) -> None:
    """Some workspaces keep everything by law; the stage works there too."""
    deployment.write_config(LEADMATCH_OPERATOR_CHANNEL="")
    sandbox.slack.on("chat.delete", REFUSED_DELETION)
    if update:
        sandbox.slack.on("chat.update", update)
    before = lines(sandbox)
    result = probe(slack.look)
    assert result.status == "ok"
    assert result.findings.facts[-1].endswith("left there, since it cannot be deleted.")
    assert lines(sandbox) == [*before, left]


@pytest.mark.parametrize(("minutes", "how"), [(0, "edit its messages."), (5, "edit its messages after 5 minutes.")])
def test_a_workspace_that_restricts_editing_is_a_warning(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, minutes: int, how: str
) -> None:
    """An edit right after the post may work, so that Slack is asked; what follows is said, and what to do."""
    monkeypatch.setattr(sandbox.slack.workspace, "edit_window_minutes", minutes)
    before = lines(sandbox), lines(sandbox, OPERATOR)
    found = warning(slack.look)
    assert how in found.what
    assert "when the verdict changes, a new message says that it replaces the earlier one" in found.what
    assert "let messages be edited at any time" in found.fix
    assert (lines(sandbox), lines(sandbox, OPERATOR)) == before


def test_an_edit_that_is_refused_is_a_warning_whatever_the_workspace_says(sandbox: Sandbox) -> None:
    """In one channel is enough, and it is said once."""
    sandbox.slack.on("chat.update", Answer(200, {"ok": False, "error": "cant_update_message"}))
    assert "does not let leadmatch edit its messages" in warning(slack.look).what


def test_an_edit_that_fails_otherwise_is_a_problem(sandbox: Sandbox) -> None:
    """The line is taken back all the same."""
    sandbox.slack.on("chat.update", Answer(200, {"ok": False, "error": "update_failed"}))
    before = lines(sandbox)
    assert f"Channel {SALES.id}: " in problem(slack.look).what
    assert lines(sandbox) == before


@pytest.mark.parametrize("answer", [{"ok": False, "error": "invalid_team"}, {"ok": True}], ids=["refused", "nothing"])
def test_how_long_messages_can_be_edited_need_not_be_seen(sandbox: Sandbox, answer: dict[str, object]) -> None:
    """Apps without the scope work as before."""
    sandbox.slack.on("team.preferences.list", Answer(200, answer))
    result = probe(slack.look)
    assert (result.status, result.findings.warnings) == ("ok", [])


def test_the_scope_that_shows_how_long_messages_can_be_edited_is_named(sandbox: Sandbox) -> None:
    """What is not known is said as a fact."""
    sandbox.slack.scopes.discard("team.preferences:read")
    result = probe(slack.look)
    assert result.status == "ok"
    assert any("needs the scope team.preferences:read" in fact for fact in result.findings.facts)


def test_a_message_that_the_history_does_not_show_is_told(sandbox: Sandbox) -> None:
    """Without it, a post whose answer was lost would never be settled."""
    sandbox.slack.on("conversations.history", Answer(200, {"ok": True, "messages": []}))
    found = problem(slack.look)
    assert "the channel's history does not contain it" in found.what
    assert "keeps no history" in found.fix


def test_a_lost_answer_is_told_and_nothing_is_posted_again(deployment: Deployment, sandbox: Sandbox) -> None:
    """The line may stand in the channel."""
    deployment.write_config(LEADMATCH_OPERATOR_CHANNEL="")
    sandbox.slack.on("chat.postMessage", Fault.RESET_AFTER_EFFECT)
    before = lines(sandbox)
    found = problem(slack.look)
    assert lines(sandbox) == [*before, TRYING_LINE.text]
    assert "answer to a post was lost" in found.what
    assert "delete it by hand" in found.fix


def test_a_slack_that_cannot_be_reached_is_told(deployment: Deployment) -> None:
    """Its status page and this machine's network are what to look at."""
    deployment.write_config(LEADMATCH_SLACK_API_URL=closed_port_url())
    found = problem(slack.look)
    assert "could not be reached" in found.what
    assert "https://slack-status.com" in found.fix


def test_the_trial_mode_says_what_it_cannot_check(deployment: Deployment, sandbox: Sandbox) -> None:
    """An incoming webhook only posts."""
    before = lines(sandbox)
    with deployment.secret(slack={"webhook_url": sandbox.slack.webhook_url}):
        found = warning(slack.look)
    assert lines(sandbox) == [*before, DONE_LINE.text]
    assert "check cannot see which channel" in found.what
    assert RENEW in found.fix


@pytest.mark.parametrize(
    ("status", "code", "fix"),
    [
        (403, "action_prohibited", "Ask the workspace's administrator"),
        (403, "posting_to_general_channel_denied", "let that person post to #general"),
        (410, "channel_is_archived", "Unarchive the channel"),
        (404, "no_active_hooks", "switch them on"),
        (404, "no_service_id", "Copy the whole address again"),
        (403, "team_disabled", "Ask the workspace's owner"),
    ],
)
def test_what_is_wrong_with_a_webhook_has_its_own_cure(
    deployment: Deployment, sandbox: Sandbox, status: int, code: str, fix: str
) -> None:
    """A new one would be refused as well, or is not needed."""
    sandbox.slack.on(WEBHOOK, Answer(status, code))
    with deployment.secret(slack={"webhook_url": sandbox.slack.webhook_url}):
        found = problem(slack.look)
    assert fix in found.fix
    assert code not in found.what


def test_a_webhook_that_is_gone_is_made_anew(deployment: Deployment, sandbox: Sandbox) -> None:
    """Its app was removed."""
    sandbox.slack.on(WEBHOOK, Answer(404, "no_service"))
    with deployment.secret(slack={"webhook_url": sandbox.slack.webhook_url}):
        found = problem(slack.look)
    assert "make a new one" in found.what
    assert RENEW in found.fix
