"""The operator's redrive: dead letters are counted, shown, and put back to work."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chalicelib.aws.queues import DeadLetters, Message, Queue, dead_letter_url, quarantined
from chalicelib.conversion import Person, PersonNotice
from chalicelib.events import Incident, LeadEvent, Notice, NoticeKind
from ops.__main__ import main
from ops.replay.command import _told
from ops.replay.redrive import Seen, move, of_lead, once_shown
from sandbox.aws import OPERATOR
from sandbox.system import Sandbox
from tests.flow.leads import take_all

NUMBERS = itertools.count()
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Stage:
    """A stage of two queues and their dead letters, and an operator in the project's folder."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        sqs, self.name = sandbox.aws.client("sqs"), f"replay-{next(NUMBERS)}"
        self.sandbox, self.folder, self.urls = sandbox, folder, dict[str, str]()
        for queue in ("inbox", "slack"):
            for full in (f"leadmatch-{self.name}-{queue}.fifo", f"leadmatch-{self.name}-{queue}-dead.fifo"):
                url = sqs.create_queue(QueueName=full, Attributes={"FifoQueue": "true"})["QueueUrl"]
                self.urls.setdefault(queue, url)
        (folder / ".chalice").mkdir()
        self.write_config(self.urls)

    def write_config(self, urls: dict[str, str]) -> None:
        """Write the stage's section, with these queues."""
        variables = {"LEADMATCH_STAGE": self.name} | {
            f"LEADMATCH_{name.upper()}_QUEUE": url for name, url in urls.items()
        }
        config = {"version": "2.0", "stages": {self.name: {"environment_variables": variables}}}
        (self.folder / ".chalice" / "config.json").write_text(json.dumps(config))

    def dead(self, queue: str = "inbox") -> DeadLetters:
        """Return a dead-letter queue."""
        return DeadLetters(self.sandbox.aws.client("sqs"), dead_letter_url(self.urls[queue]))

    def at_work(self, queue: str) -> DeadLetters:
        """Return the queue that the functions work on, to be looked at as dead letters are."""
        return DeadLetters(self.sandbox.aws.client("sqs"), self.urls[queue])

    def bury(self, lead_id: str, reason: str = "zoho_no_answer") -> str:
        """Park a lead; return its body."""
        event = LeadEvent(lead_id, f"event-{lead_id}", datetime(2026, 1, 5, tzinfo=UTC), "replay")
        self.dead().send(quarantined(Message(event.to_json(), lead_id, event.event_id), reason=reason))
        return event.to_json()

    def hidden(self) -> int:
        """Return how many letters a look has hidden and nobody has removed."""
        name, url = "ApproximateNumberOfMessagesNotVisible", dead_letter_url(self.urls["inbox"])
        found = self.sandbox.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(found["Attributes"][name])

    def replay(self, *options: str) -> Result:
        """Type the command."""
        return CliRunner().invoke(main, ["replay", "--stage", self.name, *options])


@pytest.fixture
def stage(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OPERATOR)
    return Stage(sandbox, tmp_path)


def test_dead_letters_go_back_in_their_order_and_are_counted_by_reason(stage: Stage) -> None:
    """More than one call gives; what was there is gone, what is said is what was done."""
    bodies = [stage.bury(str(number)) for number in range(11)] + [stage.bury("11", "zoho_no_permission")]
    said = stage.replay()
    assert said.exit_code == 0, said.output
    inbox, slack = said.stdout.splitlines()
    assert inbox.startswith("inbox: 12 since ")
    assert inbox.endswith("UTC (zoho_no_answer 11, zoho_no_permission 1); 12 replayed")
    assert slack == "slack: no dead letters"
    assert take_all(stage.sandbox, stage.urls["inbox"]) == bodies
    assert stage.hidden() == 0
    assert stage.replay().stdout.splitlines()[0] == "inbox: no dead letters"


def test_a_dry_run_only_looks_and_leaves_everything_to_be_moved_at_once(stage: Stage) -> None:
    """What it hid to count it, it shows again."""
    stage.bury("1")
    assert "1 since" in stage.replay("--dry-run").stdout
    assert "nothing moved (dry run)" in stage.replay("--dry-run").stdout
    assert stage.replay("--dry-run").stdout.splitlines()[1] == "  1"  # the lead's id
    assert "1 replayed" in stage.replay().stdout


def test_letters_that_the_sweep_has_hidden_are_waited_for(stage: Stage) -> None:
    """For a minute after each sweep nobody else sees them; they are not "no dead letters"."""
    stage.bury("1")
    hidden, said = list(stage.dead().look(hidden_seconds=600)), list[int]()
    live = Queue(stage.sandbox.aws.client("sqs"), stage.urls["inbox"])
    look = partial(move, stage.dead(), live, of_lead, lead_id=None, dry_run=False)
    seen = once_shown(look, stage.dead(), say=said.append, sleep=lambda _: stage.dead().release(hidden))
    assert said == [1]
    assert _told("inbox", seen, dry_run=False).endswith("1 replayed")


def test_letters_that_stay_hidden_are_not_called_none(stage: Stage) -> None:
    """Another redrive may hold them for ten minutes."""
    stage.bury("1")
    said, slept = list[int](), list[float]()
    assert len(list(stage.dead().look(hidden_seconds=600))) == 1
    seen = once_shown(Seen, stage.dead(), say=said.append, sleep=slept.append)
    assert (seen.hidden, said) == (1, [1])
    assert 60 < sum(slept) < 80
    assert "still being read by another process" in _told("inbox", seen, dry_run=False)


def test_one_lead_can_be_moved_alone(stage: Stage) -> None:
    """The others stay, visible."""
    stage.bury("1")
    chosen = stage.bury("2")
    assert "inbox: 1 since" in stage.replay("--lead", "2").stdout
    assert take_all(stage.sandbox, stage.urls["inbox"]) == [chosen]
    assert [LeadEvent.from_json(letter.body).lead_id for letter in stage.dead().look(hidden_seconds=60)] == ["1"]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (LeadEvent("1", "event-1", NOON, "webhook"), "verdict"),
        (Incident("outage-1", "outage-1", NOON), "banner"),
        (Incident("zoho-credentials-1", "zoho-credentials-1", NOON), "alert"),
    ],
    ids=["lead", "banner", "alert"],
)
def test_one_queue_can_be_moved_alone(stage: Stage, event: LeadEvent | Incident, kind: NoticeKind) -> None:
    """Every kind of Slack notice goes back to its channel's group; leads were not asked for."""
    stage.bury("1")
    notice = Notice(event, kind, 1, "C0SALES").to_json()
    stage.dead("slack").send(quarantined(Message(notice, "C0SALES", "its-own-id"), reason="slack_msg_too_long"))
    assert stage.replay("--queue", "slack").stdout.endswith("UTC (slack_msg_too_long 1); 1 replayed\n")
    assert [(one.body, one.group) for one in stage.at_work("slack").look(hidden_seconds=60)] == [(notice, "C0SALES")]
    assert take_all(stage.sandbox, stage.urls["inbox"]) == []


def test_a_lead_s_notice_is_found_behind_any_number_of_its_channel(stage: Stage) -> None:
    """SQS gives out ten of a group and no more while they are hidden: each parked letter is a group of its own."""
    for number in range(12):
        notice = Notice(LeadEvent(str(number), f"event-{number}", NOON, "webhook"), "verdict", 1, "C0SALES")
        letter = Message(notice.to_json(), "C0SALES", notice.deduplication_id)
        stage.dead("slack").send(quarantined(letter, reason="slack_msg_too_long"))
    assert "slack: 12 since" in stage.replay("--dry-run").stdout
    assert "1 replayed" in stage.replay("--lead", "11").stdout


def test_what_one_person_is_told_goes_back_to_that_person_s_group(stage: Stage) -> None:
    """They were not told yet, and nobody else waits for it."""
    notice = PersonNotice("click/refused", Person("U024BE7LD", "C0SALES", view_id="V1"), text="Zoho refused.")
    letter = Message(notice.to_json(), notice.group, "its-own-id")
    stage.dead("slack").send(quarantined(letter, reason="slack_msg_too_long"))
    assert "  for U024BE7LD\n" in stage.replay("--queue", "slack", "--dry-run").stdout
    assert "1 replayed" in stage.replay("--queue", "slack").stdout
    back = [(one.body, one.group) for one in stage.at_work("slack").look(hidden_seconds=60)]
    assert back == [(notice.to_json(), "V1")]


@pytest.mark.parametrize("queues", [("convert",), ("inbox", "convert")], ids="-".join)
def test_a_click_is_never_replayed(stage: Stage, queues: tuple[str, ...]) -> None:
    """A conversion cannot be undone; nothing else is moved either, and what to do is said."""
    stage.bury("1")
    said = stage.replay(*(word for queue in queues for word in ("--queue", queue)))
    assert said.exit_code == 1
    assert "Dead letters of convert are not replayed, and nothing was moved." in said.output
    assert "click Convert again" in said.output
    assert take_all(stage.sandbox, stage.urls["inbox"]) == []


def test_what_is_no_message_of_ours_stays(stage: Stage) -> None:
    """It was refused for that, and would be again."""
    stage.dead().send(quarantined(Message("hello", "g", "1"), reason="message_unreadable"))
    stays = "1 message is not from leadmatch and stays: look at it in the SQS console and delete it there"
    assert f"inbox: no dead letters; {stays}\n" in stage.replay().stdout
    stage.dead().send(quarantined(Message("hello", "h", "2"), reason="message_unreadable"))
    stay = "2 messages are not from leadmatch and stay: look at them in the SQS console and delete them there"
    assert f"inbox: no dead letters; {stay}\n" in stage.replay().stdout
    assert [letter.body for letter in stage.dead().look(hidden_seconds=60)] == ["hello", "hello"]


def test_a_stage_that_is_not_provisioned_is_named(stage: Stage) -> None:
    """Before anything is asked of a queue."""
    said = stage.replay("--stage", "other")
    assert said.exit_code == 1
    assert "Stage other is not provisioned: .chalice/config.json has " in said.output
    assert "python -m ops provision --stage other" in said.output


def test_dead_letters_of_another_stage_are_left_where_they_are(stage: Stage) -> None:
    """A URL that was copied along would put them to work for the wrong Zoho."""
    stage.bury("1")
    stage.write_config(stage.urls | {"inbox": stage.urls["inbox"].replace(stage.name, "prod")})
    said = stage.replay()
    assert said.exit_code == 1
    assert "LEADMATCH_INBOX_QUEUE names leadmatch-prod-inbox.fifo, which is not of this stage." in said.output
    assert f"python -m ops provision --stage {stage.name}" in said.output


def test_a_queue_that_is_gone_is_two_plain_lines(stage: Stage) -> None:
    """What AWS said, and what to do."""
    stage.sandbox.aws.client("sqs").delete_queue(QueueUrl=dead_letter_url(stage.urls["inbox"]))
    said = stage.replay()
    assert said.exit_code == 1
    assert "sqs answered" in said.output
    assert "Then run it again; it is safe." in said.output
