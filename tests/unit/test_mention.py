"""Who is mentioned as a lead's owner: what the table knows, when Slack is asked, and what a failure costs."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from chalicelib.errors import (
    AwsUnavailable,
    LeadmatchError,
    SlackRefused,
    SlackScopeMissing,
    SlackThrottled,
    SlackUnavailable,
)
from chalicelib.slack.people import SlackUser, may_be_mentioned
from chalicelib.steps.mention import Mentions, Rest
from chalicelib.timing import LONGEST_ASKED_SECONDS, SLACK_RETRY_SECONDS
from chalicelib.verdict.model import Owner

ROSA = Owner("7203914000000123456", "Rosa Quill", "rosa.quill@quillworks.example")
OTHER = Owner("7203914000000654321", "Bo Chen", "bo.chen@quillworks.example")
TEAM = "T0OURS"
SLACK_ROSA = SlackUser("U0ROSA", frozenset({TEAM}), ROSA.email, is_deleted=False)


@dataclass
class Memory:
    """What Slack said, by owner and digest; `fails` when AWS does not answer."""

    items: dict[str, tuple[str, str]] = field(default_factory=dict)
    fails: tuple[str, ...] = ()

    def read(self, owner_id: str, /, *, digest: str) -> str | None:
        """Return what is known of this address."""
        self._call("read")
        user, of = self.items.get(owner_id, ("", ""))
        return user if of == digest else None

    def write(self, owner_id: str, slack_user: str, /, *, digest: str) -> None:
        """Keep it."""
        self._call("write")
        self.items[owner_id] = (slack_user, digest)

    def _call(self, what: str) -> None:
        if what in self.fails:
            raise AwsUnavailable("no", reason="dynamodb_of_this_test")


@dataclass
class Stage:
    """A worker that looks owners up, with a clock that the test moves."""

    known: Memory = field(default_factory=Memory)
    answers: list[SlackUser | LeadmatchError] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    now: float = 0.0
    secret: str = "xoxb-1"

    def __post_init__(self) -> None:
        self.rest = Rest(lambda: self.now)

    def user_by_email(self, email: str) -> SlackUser:
        """Answer as Slack does."""
        self.asked.append(email)
        answer = self.answers.pop(0) if self.answers else SLACK_ROSA
        if isinstance(answer, LeadmatchError):
            raise answer
        return answer

    def user_of(self, owner: Owner = ROSA) -> str:
        """Look somebody up."""
        warn = lambda error: self.warned.append(error.reason)  # noqa: E731
        return Mentions(self.known, self, self.secret, TEAM, self.rest, warn).user_of(owner)


def test_slack_is_asked_once_for_an_owner() -> None:
    """The second lead of an owner asks the table alone."""
    stage = Stage()
    assert [stage.user_of(), stage.user_of()] == ["U0ROSA", "U0ROSA"]
    assert stage.asked == [ROSA.email]


def test_an_owner_without_an_account_is_asked_for_once() -> None:
    """That there is none is worth as much."""
    stage = Stage(answers=[SlackRefused("no", reason="slack_users_not_found")])
    assert [stage.user_of(), stage.user_of()] == ["", ""]
    assert (stage.asked, stage.warned) == ([ROSA.email], [])


@pytest.mark.parametrize(
    ("owner", "secret"),
    [(Owner(ROSA.id, ROSA.name, "rosa@quillworks.example"), "xoxb-1"), (ROSA, "xoxb-2")],
    ids=["address", "app"],
)
def test_an_answer_about_another_address_or_to_another_app_is_none(owner: Owner, secret: str) -> None:
    """Somebody married, or the token is one of another workspace, whose ids are others."""
    stage = Stage()
    stage.user_of()
    stage.secret = secret
    stage.user_of(owner)
    assert stage.asked == [ROSA.email, owner.email]


def test_the_table_holds_neither_name_nor_address() -> None:
    """Nor a digest that somebody could find by trying addresses: it is keyed."""
    one, other = Stage(), Stage(secret="xoxb-2")
    for stage in (one, other):
        stage.user_of()
    (kept,) = one.known.items.values()
    assert not any(part in repr(kept) for part in ("rosa", "Rosa", "quillworks"))
    assert kept != next(iter(other.known.items.values()))


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (SlackThrottled("no", reason="slack_throttled", retry_after_seconds=7), 7),
        (SlackScopeMissing("no", reason="slack_missing_scope", retry_after_seconds=120), 120),
        (SlackUnavailable("no", reason="slack_no_answer"), SLACK_RETRY_SECONDS),
        (SlackThrottled("no", reason="slack_throttled", retry_after_seconds=10**6), LONGEST_ASKED_SECONDS),
    ],
    ids=str,
)
def test_what_says_nothing_about_the_owner_is_waited_out_and_kept_nowhere(
    error: SlackUnavailable, seconds: float
) -> None:
    """No owner is looked up meanwhile, for as long as Slack asks; what is known is mentioned all the same."""
    stage = Stage()
    stage.user_of(OTHER)
    stage.answers = [error]
    assert [stage.user_of(), stage.user_of(), stage.user_of(OTHER)] == ["", "", "U0ROSA"]
    assert (stage.asked, stage.warned) == ([OTHER.email, ROSA.email], [error.reason])
    stage.now = seconds
    assert stage.user_of() == "U0ROSA"


def test_a_table_that_does_not_answer_costs_the_mention() -> None:
    """Slack is not asked either: that would be a call for each lead, while it lasts."""
    stage = Stage(Memory(fails=("read",)))
    assert (stage.user_of(), stage.asked) == ("", [])


def test_an_answer_that_could_not_be_kept_is_used() -> None:
    """The next lead asks once more."""
    stage = Stage(Memory(fails=("write",)))
    assert [stage.user_of(), stage.user_of()] == ["U0ROSA", "U0ROSA"]
    assert len(stage.asked) == 2


@pytest.mark.parametrize(
    "owner",
    [
        Owner("", "Rosa Quill", ROSA.email),
        Owner("7#lead", "Rosa Quill", ROSA.email),
        Owner("٣", "Rosa Quill", ROSA.email),
        Owner("7" * 31, "Rosa Quill", ROSA.email),
        Owner(ROSA.id, "Rosa Quill", ""),
        Owner(ROSA.id, "Rosa Quill", "rosa"),
        Owner(ROSA.id, "Rosa Quill", "a b@c"),
        Owner(ROSA.id, "Rosa Quill", "a" * 65 + "@quillworks.example"),
    ],
    ids=str,
)
def test_what_is_no_user_s_id_or_no_address_is_asked_of_nobody(owner: Owner) -> None:
    """Both are values of the CRM."""
    stage = Stage(Memory(fails=("read",)))
    assert (stage.user_of(owner), stage.asked) == ("", [])


@pytest.mark.parametrize(
    ("user", "may"),
    [
        (SLACK_ROSA, True),
        (SlackUser("W0ROSA", is_deleted=False), True),
        (SlackUser("U0ROSA", is_deleted=False, is_guest=True), True),
        (SlackUser("U0ROSA", is_deleted=True), False),
        (SlackUser("U0ROSA", is_deleted=False, is_bot=True), False),
        (SlackUser("U0ROSA", is_deleted=False, is_stranger=True), False),
        (SlackUser("U0ROSA", frozenset({"T0OTHER"}), is_deleted=False), False),
        (SlackUser("U0ROSA", is_deleted=False, is_email_confirmed=False), False),
        (SlackUser("U0> <!channel", is_deleted=False), False),
        (SlackUser(), False),
    ],
)
def test_an_active_human_of_the_workspace_may_be_mentioned(user: SlackUser, *, may: bool) -> None:
    """A guest too, who is a colleague here; and an id is one of Slack's, or it would be text in the message."""
    assert may_be_mentioned(user, team=TEAM) is may
    stage = Stage(answers=[user])
    assert stage.user_of() == (user.id if may else "")


def test_where_the_workspace_is_not_known_slack_s_word_is_taken() -> None:
    """LEADMATCH_SLACK_TEAM is set with actions alone."""
    assert may_be_mentioned(SlackUser("U0ROSA", frozenset({"T0OTHER"}), is_deleted=False), team="")
