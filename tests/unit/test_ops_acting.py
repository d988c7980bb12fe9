"""Before people convert from Slack: profiles are named, the workspace is known, scopes that lack are said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ops.errors import OpsError
from ops.provision import acting
from ops.provision.prompts import Nobody
from ops.provision.slack_trial import SlackTrial
from ops.slack import ACTION_SCOPES, GROUP_SCOPE
from sandbox.slack.faults import Answer
from sandbox.slack.server import SlackStandIn
from tests.unit.operator_fakes import Answers, Lines

APP = {"bot_token": "xoxb-good", "signing_secret": "ab" * 16}
BUSY = Answer(503, "busy")


@dataclass(frozen=True)
class StoredLists:
    """The table of a stage, as far as its lists go."""

    stored: dict[str, Any] = field(default_factory=dict)

    def lists(self) -> dict[str, Any]:
        """Return them."""
        return self.stored


@dataclass(frozen=True)
class StageWithLists:
    """A stage of which only the lists are asked for."""

    ledger: StoredLists


def stage(**stored: Any) -> Any:
    """Return a stage with these lists."""
    return StageWithLists(StoredLists(stored))


@pytest.mark.parametrize(
    "lists", [{"placeholders": ["x"]}, {"converters": {}}, {"converters": {"profiles": [], "slack": ["+U1"]}}], ids=str
)
def test_a_file_that_names_no_profile_is_refused(lists: dict[str, Any]) -> None:
    """It would replace the lists of an earlier run, and nobody could convert."""
    with pytest.raises(OpsError, match="name no profile") as caught:
        acting.with_converters(stage(converters={"profiles": ["Sales"]}), lists, asker=Nobody())
    assert '"converters": {"profiles": ["Sales"]}' in caught.value.hint


def test_profiles_that_are_named_are_not_asked_for() -> None:
    """In the file, or in what an earlier run has stored, which then stays."""
    lists = {"converters": {"profiles": ["Sales"]}}
    assert acting.with_converters(stage(), lists, asker=Nobody()) == lists
    assert acting.with_converters(stage(**lists), None, asker=Nobody()) is None


def test_profiles_are_asked_for_and_the_other_lists_stay() -> None:
    """Whoever has no terminal reads which option to give."""
    kept = stage(placeholders=["n/v"], converters={"slack": ["S1"]})
    assert acting.with_converters(kept, None, asker=Answers("Sales | 4150868000000026011 ")) == {
        "placeholders": ["n/v"],
        "converters": {"slack": ["S1"], "profiles": ["Sales", "4150868000000026011"]},
    }
    with pytest.raises(OpsError, match="Zoho profiles whose users may convert") as caught:
        acting.with_converters(stage(), None, asker=Nobody())
    assert "--lists FILE" in caught.value.hint


def test_the_grant_code_is_for_more_scopes_once_people_may_convert() -> None:
    """And for no more than reading before."""
    assert acting.scopes_to_paste({}) == "ZohoCRM.modules.leads.READ"
    wanted = acting.scopes_to_paste({"LEADMATCH_ACTIONS": "on"}).split(",")
    assert {"ZohoCRM.modules.leads.READ", "ZohoCRM.modules.leads.CREATE", "ZohoCRM.users.READ"} <= set(wanted)
    assert not [scope for scope in wanted if scope.endswith((".ALL", ".DELETE", ".UPDATE", ".WRITE"))]


@dataclass(frozen=True)
class Tried:
    """A trial against a workspace, and what it said."""

    slack: SlackStandIn
    trial: SlackTrial
    lines: Lines

    def workspace(self, *, kept: str = "", slack_ids: tuple[str, ...] = ()) -> str:
        """Ask which workspace may act."""
        return self.trial.workspace(APP, kept=kept, slack_ids=slack_ids)


@pytest.fixture
def tried() -> Iterator[Tried]:
    with SlackStandIn(bot_token="xoxb-good", channels=["C0SALES123"]) as slack:
        slack.scopes |= {*ACTION_SCOPES, GROUP_SCOPE}
        lines = Lines()
        yield Tried(slack, SlackTrial(slack.api_url, (), "dev", lines), lines)


def whose(**fields: str) -> Answer:
    """Return what auth.test says."""
    return Answer(200, {"ok": True, "user": "leadmatch", "team": "Acme", "team_id": "T024BE7LD", **fields})


def test_the_workspace_is_what_slack_calls_it_in_a_click(tried: Tried) -> None:
    """In an Enterprise organisation, the organisation."""
    tried.slack.on("auth.test", whose())
    assert tried.workspace(kept="TEARLIER") == "T024BE7LD"
    tried.slack.on("auth.test", whose(enterprise_id="E024BE7LD"))
    assert tried.workspace() == "E024BE7LD"
    assert tried.lines.said == []


def test_a_workspace_that_is_known_stays_while_slack_does_not_answer(tried: Tried) -> None:
    """One that is not known is needed: without it every click would be refused."""
    tried.slack.on("auth.test", BUSY)
    assert tried.workspace(kept="T024BE7LD") == "T024BE7LD"
    assert "The workspace stays T024BE7LD." in tried.lines.text
    tried.slack.on("auth.test", BUSY)
    with pytest.raises(OpsError, match="unknown which workspace may convert"):
        tried.workspace()


def test_an_incoming_webhook_takes_no_clicks(tried: Tried) -> None:
    """Nobody is switched on for nothing."""
    with pytest.raises(OpsError, match="needs an app of your own"):
        tried.trial.workspace({"webhook_url": tried.slack.webhook_url}, kept="", slack_ids=())
    assert tried.slack.calls == []


@pytest.mark.parametrize("scope", [*ACTION_SCOPES, GROUP_SCOPE])
def test_a_scope_that_lacks_is_said_with_what_it_is_for(tried: Tried, scope: str) -> None:
    """That of user groups only where groups are named."""
    tried.slack.scopes.discard(scope)
    tried.workspace(slack_ids=("U1", "S1"))
    assert f"To convert from Slack, the app lacks {scope} (" in tried.lines.text
    assert "Reinstall to Workspace" in tried.lines.text
    tried.lines.said.clear()
    tried.workspace(slack_ids=("U1", "+U2"))
    assert bool(tried.lines.said) is (scope != GROUP_SCOPE)
