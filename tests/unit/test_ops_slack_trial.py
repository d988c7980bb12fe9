"""What an operator gives for Slack is tried before it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chalicelib.routing import read_route
from ops.provision.slack_trial import ONE_CHANNEL, SlackTrial, TokenRefused
from sandbox.slack.faults import Answer
from sandbox.slack.server import SlackStandIn
from sandbox.slack.workspace import Channel
from tests.local_http import closed_port_url
from tests.unit.operator_fakes import Lines

SALES, OPERATORS = "C0SALES123", "C0OPERATOR"
APP = {"bot_token": "xoxb-good", "signing_secret": "ab" * 16}


@dataclass(frozen=True)
class Tried:
    """A trial against a workspace, and what it said."""

    slack: SlackStandIn
    trial: SlackTrial
    lines: Lines


@pytest.fixture
def tried() -> Iterator[Tried]:
    with SlackStandIn(bot_token="xoxb-good", channels=[SALES, OPERATORS]) as slack:
        lines = Lines()
        yield Tried(slack, SlackTrial(slack.api_url, (SALES, OPERATORS), "dev", lines), lines)


def test_a_good_token_is_taken_and_nothing_is_posted(tried: Tried) -> None:
    """Whose it is and that its bot is in both channels is said, long before a deploy."""
    tried.trial.try_new(APP)
    assert [line.partition(":")[0] for line in tried.lines.said] == ["good"] * 3
    assert f"The bot is in channel {OPERATORS} (#{OPERATORS.lower()})." in tried.lines.text
    assert {call.method for call in tried.slack.calls} == {"auth.test", "conversations.info"}


def test_without_the_scope_that_shows_channels_reading_one_shows_whether_the_bot_is_in_it(tried: Tried) -> None:
    """It is an optional scope."""
    tried.slack.scopes.discard("channels:read")
    tried.slack.workspace.leave(OPERATORS)
    tried.trial.try_new(APP)
    assert f"good: The bot is in channel {SALES}." in tried.lines.said
    assert f"warn: Channel {OPERATORS}: The bot is not in the channel." in tried.lines.text


def test_an_archived_channel_is_a_warning(tried: Tried) -> None:
    """It can be read, and not written to."""
    tried.slack.workspace.archive(SALES)
    tried.trial.try_new(APP)
    assert f"warn: Channel {SALES}: The channel is archived." in tried.lines.text


def test_each_channel_of_the_routes_is_looked_into_once(tried: Tried) -> None:
    """What is wrong is said by the numbers of the rules, and returned for programs."""
    tried.slack.workspace.leave(SALES)
    rules = [("Web", SALES), ("Chat", OPERATORS), ("Fair", SALES)]
    routes = [read_route({"when": {"source": source}, "channel": channel}) for source, channel in rules]
    said = f"Channel {SALES}, rules 1, 3 of the routes: The bot is not in the channel."
    assert tried.trial.try_routes(APP, routes) == [said]
    assert f"warn: {said}" in tried.lines.said
    assert f"good: The bot is in channel {OPERATORS} (#{OPERATORS.lower()}), rule 2 of the routes." in tried.lines.said
    assert len(tried.slack.calls) == 2


def test_an_incoming_webhook_makes_routes_void(tried: Tried) -> None:
    """All of its messages go to its own channel."""
    routes = [read_route({"when": {"source": "Web"}, "channel": SALES})]
    assert tried.trial.try_routes({"webhook_url": tried.slack.webhook_url}, routes) == [ONE_CHANNEL]
    assert tried.trial.try_routes({"webhook_url": tried.slack.webhook_url}, []) == []


@pytest.mark.parametrize(
    "word",
    ["invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_allowed_token_type", "access_denied"],
)
def test_a_token_that_slack_refuses_is_refused(tried: Tried, word: str) -> None:
    """With where a good one is found; the token itself is not repeated, and no channel is looked into."""
    tried.slack.on("auth.test", Answer(200, {"ok": False, "error": word}))
    with pytest.raises(TokenRefused, match=r"The token was not stored\.$") as caught:
        tried.trial.try_new(APP)
    assert "Bot User OAuth Token" in caught.value.hint
    assert "xoxb-good" not in caught.value.message + caught.value.hint
    assert [call.method for call in tried.slack.calls] == ["auth.test"]


def test_a_wrong_token_is_refused(tried: Tried) -> None:
    """One that the workspace itself does not know."""
    with pytest.raises(TokenRefused, match="Slack does not know the bot token"):
        tried.trial.try_new(APP | {"bot_token": "xoxb-wrong"})


@pytest.mark.parametrize(
    "answer",
    [Answer(503, "busy"), Answer(429, {"ok": False, "error": "ratelimited"}), Answer(200, "<html>a proxy</html>"),
     Answer(200, {"ok": False, "error": "internal_error"}), Answer(200, {"ok": False, "error": "team_added_to_org"})],
    ids=["503", "429", "html", "internal_error", "team_added_to_org"],
)  # fmt: skip
def test_a_slack_that_gives_no_verdict_is_said_and_stops_nothing(tried: Tried, answer: Answer) -> None:
    """The token may be good; check tries it again."""
    tried.slack.on("auth.test", answer)
    tried.trial.try_new(APP)
    (said,) = tried.lines.said
    assert said.startswith("warn: ")
    assert "So the bot token was not tested. When Slack answers again: python -m ops check --stage dev" in said


def test_a_slack_that_cannot_be_reached_is_said_and_stops_nothing() -> None:
    """An operator's network may keep slack.com out, which the functions reach all the same."""
    lines = Lines()
    SlackTrial(closed_port_url(), (SALES,), "dev", lines).try_new(APP)
    assert lines.said == [
        "warn: Slack could not be reached. So the bot token was not tested. When Slack answers again: python -m ops check --stage dev"
    ]


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
def test_a_channel_without_the_bot_is_a_warning_with_the_line_to_type(tried: Tried, *, private: bool) -> None:
    """It stops nothing: the bot can be invited at any time before the deploy. Also for the token that is stored."""
    tried.slack.workspace.keep_channel(Channel(OPERATORS, "operators", joined=False, private=private))
    for look in (tried.trial.try_new, tried.trial.try_stored):
        tried.lines.said.clear()
        look(APP)
        assert f"warn: Channel {OPERATORS}: " in tried.lines.text
        assert "/invite @leadmatch" in tried.lines.text
        assert f"good: The bot is in channel {SALES} " in tried.lines.text


def test_an_unknown_channel_and_a_missing_scope_are_warnings(tried: Tried) -> None:
    """Each with what to do."""
    SlackTrial(tried.slack.api_url, ("C0UNKNOWN9",), "dev", tried.lines).try_new(APP)
    assert "warn: Channel C0UNKNOWN9: Slack knows no such channel" in tried.lines.text
    tried.slack.scopes.discard("chat:write")
    tried.trial.try_new(APP)
    assert "warn: The scope chat:write is missing" in tried.lines.text


def test_an_incoming_webhook_is_said_not_to_be_tried(tried: Tried) -> None:
    """Only a post would show whether it works, and sales people would read that."""
    tried.trial.try_new({"webhook_url": tried.slack.webhook_url})
    tried.trial.try_stored({"webhook_url": tried.slack.webhook_url})
    assert "so it was not tested" in tried.lines.text
    assert "python -m ops check --stage dev" in tried.lines.text
    assert tried.slack.calls == []


def test_nothing_given_is_nothing_tried(tried: Tried) -> None:
    """As in every later run without a secrets file."""
    tried.trial.try_new({})
    assert (tried.lines.said, tried.slack.calls) == ([], [])
