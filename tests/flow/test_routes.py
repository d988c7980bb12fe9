"""Leads by rules to their channels: the first message decides, and whatever comes later is shown where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import app
from chalicelib.errors import SlackUnclear
from chalicelib.routing import Route, read_route
from chalicelib.verdict import lead_not_found
from ops.check import slack
from ops.stage import LedgerTable
from sandbox.slack.faults import Fault
from sandbox.slack.workspace import Channel
from sandbox.slack.workspace import Message as Shown
from sandbox.system import OPERATOR as OPERATORS
from sandbox.system import SALES, Sandbox
from tests.flow.acting import ADA, Acting, acting
from tests.flow.leads import send, zylker_contact
from tests.flow.play import ACCOUNT, CHANNEL, LEASE_SECONDS, NOTHING, OPERATOR, OTHER, Play
from tests.flow.probing import probe
from tests.flow.test_notify_channels import published
from tests.flow.test_sweep_dead_letters import die, new_event

__all__ = ["acting"]
EMEA = Channel.of("#emea-leads")


def to_other(**when: Any) -> list[Route]:
    """Return one rule that leads to the other channel."""
    return [read_route({"when": when, "channel": OTHER.id})]


def routed(play: Play, number: int, *, routes: Sequence[Route] = (), verdict: Any = ACCOUNT) -> str:
    """Check an event under these rules, and bring the channel up to date; return what notify did."""
    return play.notify(published(play, number, verdict, routes=routes))


def texts(play: Play, channel: Channel) -> list[Shown]:
    """Return what stands in a channel."""
    return play.slack.workspace.messages(channel.id)


@pytest.mark.parametrize(
    ("routes", "verdict"),
    [([], ACCOUNT), (to_other(company="Zylker"), NOTHING), (to_other(verdict="choose"), NOTHING)],
    ids=["the rules are gone", "another verdict", "the rule does not hold any more"],
)
def test_a_later_event_is_shown_where_the_message_stands(play: Play, routes: list[Route], verdict: Any) -> None:
    """Whatever the rules say by then: the people of that channel have seen it, and may be at work on it."""
    assert routed(play, 1, routes=to_other(company="zylker")) == "posted"
    play.later(hours=1)
    assert routed(play, 2, routes=routes, verdict=verdict) == "updated"
    assert len([message for message in texts(play, OTHER) if message.thread_ts is None]) == 1
    assert texts(play, CHANNEL) == texts(play, OPERATOR) == []


def test_a_rule_that_begins_to_hold_moves_no_message(play: Play) -> None:
    """Neither out of the channel of all leads."""
    assert routed(play, 1) == "posted"
    play.later(hours=1)
    assert routed(play, 2, routes=to_other(company="Zylker")) == "updated"
    assert (len(texts(play, CHANNEL)), texts(play, OTHER)) == (1, [])


def test_a_day_later_a_new_message_is_posted_in_the_same_channel(play: Play) -> None:
    """With a link to the earlier one."""
    routed(play, 1, routes=to_other(company="Zylker"))
    play.later(hours=25)
    assert routed(play, 2) == "posted"
    assert "Earlier message" in texts(play, OTHER)[1].text
    assert texts(play, CHANNEL) == []


@pytest.mark.parametrize(
    ("fault", "done", "stands"),
    [(Fault.RESET_AFTER_EFFECT, "updated", OTHER), (Fault.RESET, "posted", CHANNEL)],
    ids=["it stands", "it does not"],
)
def test_a_first_message_in_doubt_decides_if_it_stands(play: Play, fault: Fault, done: str, stands: Channel) -> None:
    """Nobody heard Slack's answer, and the rules have changed since: the channel is read before anything is posted."""
    play.slack.on("chat.postMessage", fault)
    with pytest.raises(SlackUnclear):
        routed(play, 1, routes=to_other(company="Zylker"))
    play.later(seconds=LEASE_SECONDS + 1)
    assert routed(play, 2) == done
    assert [len(texts(play, one)) for one in (OTHER, CHANNEL)] == [int(one is stands) for one in (OTHER, CHANNEL)]


def test_a_message_that_somebody_deleted_is_posted_again_in_its_channel(play: Play) -> None:
    """Its people are told, nobody else."""
    routed(play, 1, routes=to_other(company="Zylker"))
    play.slack.workspace.delete(OTHER.id, texts(play, OTHER)[0].ts)
    assert routed(play, 2) == "posted"
    assert (len(texts(play, OTHER)), texts(play, CHANNEL)) == (1, [])


def test_a_closed_channel_s_leads_go_to_the_operator_until_it_is_open(play: Play) -> None:
    """The message with the operator decides nothing: the next event's goes where it belongs, with a link."""
    play.slack.workspace.archive(OTHER.id)
    rules = to_other(company="Zylker")
    assert [routed(play, 1, routes=rules), routed(play, 2, routes=rules)] == ["posted", "updated"]
    (message,) = texts(play, OPERATOR)
    assert f"This message belongs in <#{OTHER.id}>" in message.text
    play.slack.workspace.reopen(OTHER.id)
    assert routed(play, 3, routes=rules) == "posted"
    assert "Earlier message" in texts(play, OTHER)[0].text
    assert texts(play, CHANNEL) == []


def test_a_message_whose_channel_closes_goes_where_the_rules_say_now(play: Play) -> None:
    """There it stays: it belongs there as any first message does."""
    routed(play, 1, routes=to_other(company="Zylker"))
    play.slack.workspace.archive(OTHER.id)
    assert routed(play, 2) == "posted"
    play.slack.workspace.reopen(OTHER.id)
    assert routed(play, 3, routes=to_other(company="Zylker")) == "updated"
    assert (len(texts(play, CHANNEL)), texts(play, OPERATOR)) == (1, [])


def test_a_lead_routed_to_the_operator_s_channel_stays_there(play: Play) -> None:
    """It did not fall there: a rule said so."""
    operators = [read_route({"when": {"company": "Zylker"}, "channel": OPERATOR.id})]
    assert [routed(play, 1, routes=operators), routed(play, 2)] == ["posted", "updated"]
    assert (len(texts(play, OPERATOR)), texts(play, CHANNEL)) == (1, [])


def test_a_lead_that_is_not_found_is_the_operator_s_whatever_the_rules_say(play: Play) -> None:
    """Once Zoho shows it, it goes where they say."""
    assert routed(play, 1, verdict=lead_not_found(play.lead_id), routes=to_other(verdict="lead_not_found")) == "posted"
    assert (len(texts(play, OPERATOR)), texts(play, OTHER)) == (1, [])
    assert routed(play, 2, routes=to_other(company="Zylker")) == "posted"
    assert len(texts(play, OTHER)) == 1


@pytest.fixture
def ledger(sandbox: Sandbox) -> LedgerTable:
    """Return the table as provision sees it, in a workspace with one more channel."""
    sandbox.slack.workspace.keep_channel(EMEA)
    return LedgerTable(sandbox.aws.client("dynamodb"), sandbox.stage)


def to_emea(**when: Any) -> dict[str, Any]:
    """Return the lists with one rule."""
    return {"routes": [{"when": when, "channel": EMEA.id}]}


def shown(sandbox: Sandbox, channel: Channel) -> list[str]:
    """Return the texts of a channel's messages."""
    return [message.text for message in sandbox.slack.workspace.messages(channel.id)]


def test_what_provision_wrote_is_what_check_goes_by(sandbox: Sandbox, ledger: LedgerTable) -> None:
    """From the next lead on; the one before stays where it is, though its owner's rule would send it elsewhere."""
    first = zylker_contact(sandbox)
    send(sandbox, first)
    ledger.write_lists(to_emea(owner="rosa.quill@quillworks.example", verdict=["convert_into_contact"]))
    send(sandbox, first)
    second = zylker_contact(sandbox, "Bo Chen", "bo@zylker.example")
    send(sandbox, second)
    ledger.write_lists({})
    send(sandbox, second)
    assert ["Ada Park" in text for text in shown(sandbox, SALES)] == [True]
    assert ["Bo Chen" in text for text in shown(sandbox, EMEA)] == [True]


def test_rules_that_nobody_can_read_fail_no_lead(sandbox: Sandbox, ledger: LedgerTable) -> None:
    """Its message is in the channel of all leads."""
    rule = {"M": {"when": {"M": {"later": {"S": "x"}}}, "channel": {"S": EMEA.id}}}
    item = {"pk": {"S": "settings#stage"}, "routes": {"L": [rule]}}
    sandbox.aws.client("dynamodb").put_item(TableName=ledger.name, Item=item)
    send(sandbox, zylker_contact(sandbox))
    assert len(shown(sandbox, SALES)) == 1


@pytest.mark.usefixtures("deployment")
def test_check_names_a_routed_channel_that_is_closed_and_a_rule_that_never_decides(
    sandbox: Sandbox, ledger: LedgerTable
) -> None:
    """Without a post: other teams read there."""
    lists = to_emea(source="Web")
    ledger.write_lists({"routes": [*lists["routes"], {"when": {"source": "web"}, "channel": "C0NOSUCH99"}]})
    sandbox.slack.workspace.leave(EMEA.id)
    found = probe(slack.look).findings
    assert [trouble.what for trouble in found.troubles] == [
        f"Channel {EMEA.id}, rule 1 of the routes: The bot is not in the channel.",
        "Channel C0NOSUCH99, rule 2 of the routes: Slack knows no such channel, or it is private and the bot is not in it.",
    ]
    assert [warning.what for warning in found.warnings] == [
        '"routes", rule 2 never decides: rule 1 holds wherever it does.'
    ]
    sandbox.slack.workspace.reopen(EMEA.id)
    ledger.write_lists(lists)
    assert f"The bot is in channel {EMEA.id} (#emea-leads), rule 1 of the routes." in probe(slack.look).findings.facts
    assert shown(sandbox, EMEA) == []


@pytest.mark.usefixtures("deployment")
def test_check_says_that_the_routes_cannot_be_read(sandbox: Sandbox, ledger: LedgerTable) -> None:
    """Nobody would notice: every lead comes, in the channel of all."""
    item = {"pk": {"S": "settings#stage"}, "routes": {"S": "x"}}
    sandbox.aws.client("dynamodb").put_item(TableName=ledger.name, Item=item)
    (found,) = probe(slack.look).findings.troubles
    assert found.what.startswith("The routes cannot be read")


def test_a_decision_is_shown_where_its_message_stands(acting: Acting, ledger: LedgerTable) -> None:
    """In the rule's channel, and with the operator while that is closed: whoever clicked sees what came of it."""
    sandbox, workspace = acting.sandbox, acting.sandbox.slack.workspace
    ledger.write_lists(to_emea(company="Zylker") | {"converters": {"profiles": ["Standard"]}})
    for channel, close in ((EMEA, lambda: None), (OPERATORS, lambda: workspace.archive(EMEA.id))):
        close()
        send(sandbox, zylker_contact(sandbox))
        *_, message = workspace.messages(channel.id)
        workspace.reopen(EMEA.id)
        acting.click(ADA, message, "dismiss")
        acting.choose(ADA, "reason", "duplicate")
        acting.submit(ADA)
        assert sandbox.wait_until_idle()
        assert "dismissed this lead" in acting.now(message).text
    assert (len(shown(sandbox, EMEA)), shown(sandbox, SALES)) == (1, [])


def test_a_decision_about_a_message_whose_channel_closes_is_told_to_the_operator(
    acting: Acting, ledger: LedgerTable
) -> None:
    """The channel of all leads has never heard of this one."""
    sandbox, workspace = acting.sandbox, acting.sandbox.slack.workspace
    ledger.write_lists(to_emea(company="Zylker") | {"converters": {"profiles": ["Standard"]}})
    send(sandbox, zylker_contact(sandbox))
    (message,) = workspace.messages(EMEA.id)
    acting.click(ADA, message, "dismiss")
    acting.choose(ADA, "reason", "duplicate")
    workspace.archive(EMEA.id)
    acting.submit(ADA)
    assert sandbox.wait_until_idle()
    (told,) = shown(sandbox, OPERATORS)
    assert "dismissed this lead" in told
    assert f"belongs in <#{EMEA.id}>" in told
    assert shown(sandbox, SALES) == []


def test_a_lead_whose_check_died_goes_by_the_rules_too(sandbox: Sandbox, ledger: LedgerTable) -> None:
    """The sweep reads them: its message decides where those stand that come once the check works again."""
    ledger.write_lists(to_emea(verdict="unchecked"))
    event = new_event(sandbox)
    die(sandbox, "Inbox", event.to_json())
    assert app.wiring.sweep().fields["died"] == 1
    assert sandbox.wait_until_idle()
    send(sandbox, event.lead_id)
    assert "Ada Park is already a contact" in shown(sandbox, EMEA)[0]
    assert shown(sandbox, SALES) == []
