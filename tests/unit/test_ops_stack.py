"""The stack comes up, changes and goes, whatever state an earlier run left it in."""

from __future__ import annotations

import pytest

from ops.errors import OpsError
from ops.stack import Stack
from tests.unit.formation_fake import Formation, refusal
from tests.unit.operator_fakes import Lines

QUEUE_MADE = ("InboxQueue", "CREATE_COMPLETE", "")
QUEUE_REFUSED = ("InboxQueue", "CREATE_FAILED", "A queue of this name exists")
TABLE_STOPPED = ("LedgerTable", "CREATE_FAILED", "Resource creation cancelled")


class Stage:
    """A stack over a fake CloudFormation, with a console and a count of the pauses."""

    def __init__(self, formation: Formation) -> None:
        self.formation, self.lines, self.pauses = formation, Lines(), 0
        self.stack = Stack(formation, "leadmatch-dev", console=self.lines, region="eu-west-1", pause=self.pause)

    def pause(self, seconds: float) -> None:
        """Let no time pass."""
        assert seconds > 0
        self.pauses += 1

    def deploy(self) -> str:
        """Deploy, as provision does; return the state it ends in."""
        found = self.stack.settled()
        return self.stack.deploy(found, template="{}", parameters={"Stage": "dev"}, tags={"app": "leadmatch"}).status

    @property
    def calls(self) -> list[str]:
        """Return the calls that change something."""
        return [name for name, _ in self.formation.calls]


def test_a_stack_is_made_and_each_resource_told_once() -> None:
    """Its last state comes with the outputs."""
    stage = Stage(Formation(create=["CREATE_IN_PROGRESS", ("CREATE_IN_PROGRESS", [QUEUE_MADE]), "CREATE_COMPLETE"]))
    assert stage.deploy() == "CREATE_COMPLETE"
    assert stage.lines.said == ["good: made InboxQueue (SQS::Queue)", "good: the stack is created"]
    assert (stage.calls, stage.pauses) == (["create"], 2)
    assert stage.formation.calls[0][1] == {
        "StackName": "leadmatch-dev",
        "TemplateBody": "{}",
        "Parameters": [{"ParameterKey": "Stage", "ParameterValue": "dev"}],
        "Tags": [{"Key": "app", "Value": "leadmatch"}],
        "Capabilities": ["CAPABILITY_IAM"],
    }


def test_a_stack_that_stands_is_changed_and_old_events_are_not_told_again() -> None:
    """Only what happens now is news."""
    formation = Formation("CREATE_COMPLETE", update=[("UPDATE_COMPLETE", [("InboxQueue", "UPDATE_COMPLETE", "")])])
    formation._note([QUEUE_MADE] * 5)  # noqa: SLF001 - what happened before
    stage = Stage(formation)
    assert stage.deploy() == "UPDATE_COMPLETE"
    assert stage.lines.said == ["good: changed InboxQueue (SQS::Queue)", "good: the stack is changed"]


def test_nothing_to_change_is_success() -> None:
    """CloudFormation says it as an error."""
    stage = Stage(Formation("UPDATE_COMPLETE", update=[refusal("No updates are to be performed.")]))
    assert stage.deploy() == "UPDATE_COMPLETE"
    assert stage.lines.said == ["good: nothing to change"]


def test_another_refusal_is_told() -> None:
    """With CloudFormation's own words."""
    stage = Stage(Formation("UPDATE_COMPLETE", update=[refusal("Template format error")]))
    with pytest.raises(OpsError, match="Template format error"):
        stage.deploy()


def test_a_stack_that_does_not_come_up_names_what_failed_first() -> None:
    """What AWS stopped because of it is no reason."""
    health = [("ROLLBACK_IN_PROGRESS", [TABLE_STOPPED, QUEUE_REFUSED]), "ROLLBACK_COMPLETE"]
    stage = Stage(Formation(create=health))
    with pytest.raises(OpsError, match=r"did not come up: InboxQueue \(SQS::Queue\): A queue of this name") as caught:
        stage.deploy()
    assert "run the same command again" in caught.value.hint


def test_a_permission_that_lacks_inside_the_stack_points_to_the_policy() -> None:
    """The operator's own user makes the resources."""
    lacking = ("ApiRole", "CREATE_FAILED", "User a is not authorized to perform: iam:CreateRole")
    stage = Stage(Formation(create=[("ROLLBACK_COMPLETE", [lacking])]))
    with pytest.raises(OpsError) as caught:
        stage.deploy()
    assert "docs/deploy.md" in caught.value.hint


@pytest.mark.parametrize(
    "status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED"]
)
def test_a_stack_that_never_came_up_is_removed_and_made_anew(status: str) -> None:
    """Nothing else can be done with it, and this is said before."""
    stage = Stage(Formation(status, delete=["DELETE_COMPLETE"], create=["CREATE_COMPLETE"]))
    assert stage.deploy() == "CREATE_COMPLETE"
    assert stage.calls == ["delete", "create"]
    assert stage.lines.said[0] == f"warn: leadmatch-dev never came up ({status}). It is removed and created again."


def test_a_stack_at_work_is_waited_for() -> None:
    """After a run that was cut off: the same command goes on."""
    formation = Formation("CREATE_IN_PROGRESS", at_first=["CREATE_IN_PROGRESS", ("CREATE_COMPLETE", [QUEUE_MADE])])
    formation.plans["update"] = [refusal("No updates are to be performed.")]
    stage = Stage(formation)
    assert stage.deploy() == "CREATE_COMPLETE"
    assert stage.lines.said[0].startswith("line: leadmatch-dev is in progress (CREATE_IN_PROGRESS)")
    assert stage.lines.said[1:] == ["good: made InboxQueue (SQS::Queue)", "good: nothing to change"]


def test_a_deletion_at_work_is_waited_for_and_the_stack_made_again() -> None:
    """Provision right after a removal."""
    stage = Stage(Formation("DELETE_IN_PROGRESS", at_first=["DELETE_IN_PROGRESS", "DELETE_COMPLETE"], create=["CREATE_COMPLETE"]))  # fmt: skip
    assert stage.deploy() == "CREATE_COMPLETE"


def test_a_change_that_was_taken_back_says_so() -> None:
    """The stage runs as before."""
    failed = ("InboxQueue", "UPDATE_FAILED", "Invalid value")
    stage = Stage(Formation("CREATE_COMPLETE", update=[("UPDATE_ROLLBACK_COMPLETE", [failed])]))
    with pytest.raises(OpsError, match=r"rolled the change back: InboxQueue.*Invalid value") as caught:
        stage.deploy()
    assert "The stage runs as before" in caught.value.hint


def test_after_that_it_can_be_changed_again() -> None:
    """UPDATE_ROLLBACK_COMPLETE is a state like any other."""
    assert Stage(Formation("UPDATE_ROLLBACK_COMPLETE", update=["UPDATE_COMPLETE"])).deploy() == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    "formation",
    [Formation("UPDATE_ROLLBACK_FAILED"), Formation("CREATE_COMPLETE", update=["UPDATE_ROLLBACK_FAILED"])],
    ids=["found", "became"],
)
def test_a_stuck_stack_says_exactly_what_to_do(formation: Formation) -> None:
    """Nothing is done behind the operator's back: resources may have to be skipped."""
    with pytest.raises(OpsError, match="UPDATE_ROLLBACK_FAILED") as caught:
        Stage(formation).deploy()
    assert "continue-update-rollback --stack-name leadmatch-dev --region eu-west-1" in caught.value.hint


def test_a_stack_is_removed() -> None:
    """What it keeps is told as kept; where there is none, nothing is done."""
    stage = Stage(Formation("CREATE_COMPLETE", delete=[("DELETE_COMPLETE", [("LedgerTable", "DELETE_SKIPPED", "")])]))
    assert stage.stack.delete() is True
    assert stage.lines.said == ["good: kept LedgerTable (SQS::Queue)"]
    assert stage.stack.delete() is False
    assert Stage(Formation()).stack.delete() is False


def test_a_removal_that_fails_names_why() -> None:
    """And goes on where it stopped when it is run again."""
    failed = ("ApiRole", "DELETE_FAILED", "Cannot delete entity, must detach all policies first.")
    stage = Stage(Formation("CREATE_COMPLETE", delete=[("DELETE_FAILED", [failed])]))
    with pytest.raises(OpsError, match=r"could not be removed: ApiRole.*detach all policies"):
        stage.stack.delete()


def test_an_interruption_says_that_aws_goes_on() -> None:
    """And passes, so that the program ends."""
    stage = Stage(Formation(create=["CREATE_IN_PROGRESS"]))

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    stage.stack = Stack(stage.formation, "leadmatch-dev", console=stage.lines, region="r", pause=interrupt)
    with pytest.raises(KeyboardInterrupt):
        stage.deploy()
    assert "Run the same command again to follow it" in stage.lines.said[-1]
