"""The durations: each that must exceed another does, AWS is told the same ones, and none stands anywhere else."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import timing
from chalicelib.aws.ledger_item import EVENTS_REMEMBERED
from chalicelib.handlers import SHORT_WAITS, delay_seconds
from chalicelib.steps.refresh import WRITES
from chalicelib.timing import Backoff, honoured_seconds, next_check_at
from chalicelib.wiring.connections import MOST_ADDRESSES
from ops import timing as ops_timing
from tests.durations import durations_in
from tests.template import RESOURCES, of_type

FUNCTIONS = json.loads(Path(".chalice/config.json").read_text())["lambda_functions"]
QUEUES = of_type("AWS::SQS::Queue")
ALARMS = of_type("AWS::CloudWatch::Alarm")
SLOWEST_POST = MOST_ADDRESSES * timing.CONNECT_SECONDS + timing.SLACK_READ_SECONDS
"""The second of two addresses answers at the last moment, and then Slack does."""
FIRST_BYTE = timing.CONNECT_SECONDS + timing.TOKEN_READ_SECONDS
LEDGER_SECONDS = 1.5
"""What notify's writes to the ledger take when all is well."""


@pytest.mark.parametrize(
    ("jitter", "roll", "waits"),
    [
        (1, 0.0, [0, 0, 0, 0, 0]),
        (1, 0.5, [2, 4, 8, 10, 10]),
        (0.5, 0.0, [2, 4, 8, 10, 10]),
        (0.5, 1.0, [4, 8, 16, 20, 20]),
        (0, 0.5, [4, 8, 16, 20, 20]),
    ],
)
def test_a_backoff_grows_up_to_its_longest_wait_and_leaves_its_share_to_chance(
    jitter: float, roll: float, waits: list[float]
) -> None:
    """Full jitter is anything up to the whole wait, half jitter its upper half, and none the whole wait."""
    backoff = Backoff(first_seconds=4, factor=2, longest_seconds=20, jitter=jitter)
    assert [backoff.seconds(failures, random=lambda: roll) for failures in range(5)] == waits


@given(failures=st.integers(0, 10**9), roll=st.floats(0, 1))
@pytest.mark.parametrize(
    "backoff", [timing.RETRY_BACKOFF, timing.ZOHO_BACKOFF, timing.TOKEN_BACKOFF, timing.TOKEN_WRITE_BACKOFF], ids=repr
)
def test_no_number_of_failures_is_too_many_for_a_backoff(backoff: Backoff, failures: int, roll: float) -> None:
    """A message may be received, and everybody be throttled, any number of times."""
    roller: Callable[[], float] = lambda: roll  # noqa: E731 - a die with one face
    assert 0 <= backoff.seconds(failures, random=roller) <= backoff.longest_seconds
    assert backoff.whole_seconds(failures) <= backoff.whole_seconds(failures + 1)
    assert backoff.whole_seconds(32) == backoff.longest_seconds


@pytest.mark.parametrize(("asked", "honoured"), [(None, 0), (0.5, 0.5), (3600, 3600), (86_400, 3600)])
def test_a_retry_after_is_honoured_up_to_an_hour(asked: float | None, honoured: float) -> None:
    """One of days would stop everything on one word."""
    assert honoured_seconds(asked) == honoured


def test_a_waiting_lead_is_due_again_after_four_hours() -> None:
    """People are told the same."""
    assert next_check_at(datetime(2026, 3, 2, 9, tzinfo=UTC)) == datetime(2026, 3, 2, 13, tzinfo=UTC)


def test_a_webhook_call_is_answered_before_it_is_killed_and_before_api_gateway_gives_up() -> None:
    """The secret is read, and what SQS refused of a batch is sent once more, each call at its slowest."""
    assert 3 * timing.AWS_CALL_SECONDS < timing.API_TIMEOUT_SECONDS < timing.API_GATEWAY_SECONDS


def test_a_call_to_aws_fails_within_seven_seconds() -> None:
    """Its repetition and the wait before it included: Zoho waits for the webhook's answer."""
    assert timing.AWS_CALL_SECONDS <= 7


def test_the_slowest_connection_to_aws_leaves_the_bound_of_an_attempt_as_it_is() -> None:
    """The first address at the last moment in vain, the second one in time, and its TLS: what is left over is the answer's."""
    slowest = (MOST_ADDRESSES + 1) * timing.AWS_CONNECT_SECONDS
    assert slowest <= timing.AWS_CONNECT_SECONDS + timing.AWS_READ_SECONDS


def test_a_signature_of_a_clock_that_is_right_is_taken() -> None:
    """Two clocks that are right may be so far apart, and then no call is a replay."""
    assert timing.CLOCKS_DIFFER.total_seconds() <= timing.SIGNATURE_TOLERANCE_SECONDS


def test_a_retired_webhook_key_dies_within_a_minute() -> None:
    """The contract says at least every 60 seconds."""
    assert timing.SECRET_AGE_SECONDS <= 60


def test_a_second_attempt_of_check_ends_before_check_is_killed() -> None:
    """The last moment to begin again, a lookup, and ten seconds for the calls to AWS around it."""
    again = timing.CHECK_AGAIN_WITHIN_SECONDS + timing.ZOHO_LOOKUP_SECONDS
    assert again + 10 <= timing.CHECK_TIMEOUT_SECONDS


def test_a_post_of_a_second_attempt_ends_before_notify_is_killed() -> None:
    """The last moment to begin again, the pace, the slowest post, and the ledger's writes."""
    again = timing.NOTIFY_AGAIN_WITHIN_SECONDS + timing.BETWEEN_POSTS_SECONDS
    assert again + SLOWEST_POST < timing.NOTIFY_TIMEOUT_SECONDS - LEDGER_SECONDS


def test_a_mention_is_looked_up_before_a_second_attempt_would_begin() -> None:
    """From the delivery's start, so that the post has as much time as that of a second attempt."""
    assert timing.MENTION_SECONDS <= timing.NOTIFY_AGAIN_WITHIN_SECONDS


def test_a_new_colleague_is_mentioned_sooner_than_a_known_one_is_asked_for_again() -> None:
    """And nothing is kept for longer than the ledger keeps a lead."""
    assert timing.OWNER_UNKNOWN < timing.OWNER_KNOWN < timedelta(seconds=timing.LEDGER_KEEP_SECONDS)
    assert timedelta(seconds=timing.SLACK_PERSON_SECONDS) < timing.OWNER_UNKNOWN


def test_a_lead_s_lease_outlives_the_hard_kill_and_the_call_that_was_under_way() -> None:
    """A post that is on its way when notify is killed, however slow its answer, has ended when another one may be posted."""
    assert timing.IN_FLIGHT_SECONDS > SLOWEST_POST
    assert timing.LEAD_LEASE_SECONDS >= timing.NOTIFY_TIMEOUT_SECONDS + timing.IN_FLIGHT_SECONDS


def test_a_post_whose_answer_was_lost_is_looked_for_in_the_same_invocation() -> None:
    """The handler sleeps through the wait, and the look, which takes no longer than a post, ends before notify is killed."""
    assert timing.READ_BACK_AFTER_SECONDS < timing.SHORT_WAIT_SECONDS
    assert timing.READ_BACK_AFTER_SECONDS < timing.NOTIFY_AGAIN_WITHIN_SECONDS
    assert timing.READ_BACK_AFTER_SECONDS < timing.IN_FLIGHT_SECONDS


def test_a_message_stays_hidden_for_longer_than_its_function_runs() -> None:
    """Nobody works on one message twice at once, and who sees a notice again finds the lease over."""
    assert timing.INBOX_VISIBILITY_SECONDS > timing.CHECK_TIMEOUT_SECONDS
    assert timing.SLACK_VISIBILITY_SECONDS > timing.LEAD_LEASE_SECONDS > timing.NOTIFY_TIMEOUT_SECONDS
    assert timing.LEAD_LEASE_SECONDS + timing.AFTER_LEASE_SECONDS < timing.SLACK_VISIBILITY_SECONDS


def test_what_a_killed_check_sends_again_is_dropped_by_sqs() -> None:
    """Its message comes again after the visibility time, and what it sends then falls into the window of what it has sent."""
    assert timing.INBOX_VISIBILITY_SECONDS + timing.CHECK_TIMEOUT_SECONDS < timing.DEDUPLICATION_SECONDS


def test_what_the_sweep_sends_again_is_not_dropped_by_sqs() -> None:
    """A sweep that died sends under the same id as the one before it, whose message may be gone."""
    assert timing.SWEEP_MINUTES * 60 - timing.SWEEP_TIMEOUT_SECONDS > timing.DEDUPLICATION_SECONDS


def test_short_waits_are_no_longer_than_the_time_to_begin_again() -> None:
    """A wait that a handler would sleep through can fit."""
    assert timing.SHORT_WAIT_SECONDS <= timing.NOTIFY_AGAIN_WITHIN_SECONDS
    assert timing.SHORT_WAIT_SECONDS * SHORT_WAITS < timing.CHECK_AGAIN_WITHIN_SECONDS


def test_whom_the_token_kept_waiting_in_vain_is_put_back_into_the_queue() -> None:
    """No handler sleeps through that wait as well."""
    assert timing.TOKEN_SOON_SECONDS > timing.SHORT_WAIT_SECONDS


def test_the_longest_wait_is_one_that_sqs_keeps_and_that_leaves_time_to_give_up() -> None:
    """A lead is given up by its age, and has to be looked at to be given up."""
    longest = timing.LONGEST_ASKED_SECONDS + timing.RETRY_BACKOFF.longest_seconds
    assert longest < timing.MAX_VISIBILITY_SECONDS
    assert longest < timing.GIVE_UP_UNAVAILABLE_SECONDS


def test_a_lead_is_given_up_long_before_a_queue_forgets_it() -> None:
    """Also one that the longest wait has just put off; and one that waits in line is sent anew at half of that time."""
    latest = timing.GIVE_UP_UNAVAILABLE_SECONDS + timing.LONGEST_ASKED_SECONDS + timing.RETRY_BACKOFF.longest_seconds
    assert latest < timing.QUEUE_RETENTION_SECONDS
    assert timing.SET_ASIDE_SECONDS * 2 == timing.QUEUE_RETENTION_SECONDS


def test_a_lead_alone_is_given_up_earlier_than_one_of_an_outage_and_later_than_a_locked_one() -> None:
    """A merge in Zoho ends by itself, a lead alone has no banner, and an outage may last."""
    locked, alone = timing.GIVE_UP_LOCKED_SECONDS, timing.GIVE_UP_ALONE_SECONDS
    assert locked < alone < timing.GIVE_UP_UNAVAILABLE_SECONDS


def test_the_channel_hears_of_an_outage_before_a_lead_of_it_is_given_up() -> None:
    """And when an outage counts as one for everybody, the banner says so."""
    assert timing.OUTAGE_LASTS.total_seconds() == timing.BANNER_AFTER_SECONDS
    assert timing.BANNER_AFTER_SECONDS < timing.GIVE_UP_ALONE_SECONDS
    assert timing.BANNER_EDIT_SECONDS > timing.BETWEEN_POSTS_SECONDS


def test_an_alarm_rings_before_leads_are_given_up_and_not_for_a_merge() -> None:
    """Five and a half hours are left to mend what keeps them."""
    assert timing.INBOX_AGE_ALARM_SECONDS > timing.GIVE_UP_LOCKED_SECONDS
    assert timing.GIVE_UP_UNAVAILABLE_SECONDS - timing.INBOX_AGE_ALARM_SECONDS == 5.5 * 3600


def test_everybody_s_pause_is_no_longer_than_what_is_honoured() -> None:
    """What lies further ahead than the longer of both counts as a wrong clock's."""
    assert timing.ZOHO_BACKOFF.longest_seconds <= timing.LONGEST_ASKED_SECONDS
    assert timing.TOKEN_BACKOFF.longest_seconds <= timing.LONGEST_ASKED_SECONDS


def test_refresh_ends_before_its_hard_kill_and_a_dead_one_holds_the_others_for_little_longer() -> None:
    """Connection, the slowest answer's first byte and the secret's writes; then its request comes again."""
    pauses = sum(timing.TOKEN_WRITE_BACKOFF.whole_seconds(number) for number in range(WRITES - 1))
    assert pauses == pytest.approx(1.8)
    assert FIRST_BYTE + pauses < timing.REFRESH_TIMEOUT_SECONDS < timing.TOKENS_VISIBILITY_SECONDS


def test_who_waits_for_a_token_has_time_for_the_lead_afterwards() -> None:
    """Two calls to Zoho, one after the other, before the lookup is given up; and the wait sees the new token many times over."""
    assert timing.TOKEN_WAIT_SECONDS + 2 * timing.ZOHO_READ_SECONDS <= timing.ZOHO_LOOKUP_SECONDS
    assert timing.TOKEN_LOOK_SECONDS * 10 < timing.TOKEN_WAIT_SECONDS


def test_a_token_is_renewed_long_before_its_end() -> None:
    """A sweep that leaves it alone leaves more than the next sweep needs; check requests it itself, and its lead ends in time."""
    assert timing.TOKEN_SWEEP_RENEWS_SECONDS > timing.SWEEP_MINUTES * 60
    assert timing.TOKEN_SWEEP_RENEWS_SECONDS > timing.TOKEN_EARLY_SECONDS
    assert timing.TOKEN_EARLY_SECONDS > timing.CHECK_TIMEOUT_SECONDS + timing.TOKEN_REST_SECONDS + 60
    assert timing.TOKEN_SWEEP_RENEWS_SECONDS * 2 < timing.TOKEN_LIFETIME_SECONDS


def test_a_replaced_version_is_known_for_longer_than_requests_are_kept_and_clocks_differ() -> None:
    """Who names the version that a refresh replaced does not make Zoho be asked once more."""
    late = timing.TOKENS_RETENTION_SECONDS + timing.CLOCKS_DIFFER.total_seconds()
    assert late <= timing.TOKEN_REPLACED_SECONDS < timing.TOKEN_LIFETIME_SECONDS


def test_a_good_token_is_none_that_the_sweep_renews() -> None:
    """Also when its clock is ahead by as much as those of right machines differ; and a new one is good."""
    assert timing.TOKEN_SWEEP_RENEWS_SECONDS + timing.CLOCKS_DIFFER.total_seconds() <= timing.TOKEN_GOOD_SECONDS
    assert timing.TOKEN_GOOD_SECONDS < timing.TOKEN_LIFETIME_SECONDS - timing.TOKEN_NEW_SECONDS


def test_a_token_request_s_alarm_rings_while_it_is_kept() -> None:
    """Refresh answers in seconds; whoever lacks a token asks again in a minute."""
    assert timing.REFRESH_TIMEOUT_SECONDS + timing.TOKENS_VISIBILITY_SECONDS < timing.TOKENS_AGE_ALARM_SECONDS
    assert timing.TOKENS_AGE_ALARM_SECONDS < timing.TOKENS_RETENTION_SECONDS
    assert timing.DEDUPLICATION_SECONDS <= timing.TOKENS_RETENTION_SECONDS


@pytest.mark.parametrize(("seconds", "allowed"), [(600, 10), (3600, 20), (24 * 3600, 120)])
def test_the_budgets_are_half_of_what_zoho_allows(seconds: int, allowed: int) -> None:
    """Ten in ten minutes is Zoho's limit for everybody together; the longer windows follow the same half."""
    assert dict(timing.TOKEN_BUDGETS)[seconds] * 2 == allowed


def test_tokens_that_end_have_a_budget_that_refused_ones_leave_alone() -> None:
    """The sweep renews a token at its third look, after 45 minutes: that is 32 in a day, two in an hour."""
    looks = -(-(timing.TOKEN_LIFETIME_SECONDS - timing.TOKEN_SWEEP_RENEWS_SECONDS) // (timing.SWEEP_MINUTES * 60))
    serves = looks * timing.SWEEP_MINUTES * 60
    assert 24 * 3600 // serves == 32
    for (seconds, limit), (same, of_them) in zip(timing.TOKEN_BUDGETS, timing.TOKEN_REFUSED_BUDGETS, strict=True):
        assert seconds == same
        assert limit - of_them > -(-seconds // serves)


def test_the_pauses_alone_keep_answers_without_a_token_under_five_in_ten_minutes() -> None:
    """Such answers are counted in no budget."""
    asked_at, asks = 0.0, 0
    while asked_at < 600:
        asked_at += timing.TOKEN_BACKOFF.whole_seconds(asks)
        asks += 1
    assert asks < 5


def test_lost_answers_leave_room_in_the_day_s_budget() -> None:
    """An endpoint that hangs for a day is asked thirty times and then once an hour, and Zoho may still be asked."""
    window, limit = timing.TOKEN_UNCLEAR_BUDGET
    assert limit + window // timing.TOKEN_UNCLEAR_PROBE_SECONDS < dict(timing.TOKEN_BUDGETS)[window]


def test_the_wait_for_zoho_s_own_limit_of_tokens_is_that_limit_s_window() -> None:
    """Ten in ten minutes: after that time there is room."""
    assert timing.TOKEN_BUDGETS[0][0] == timing.TOKEN_THROTTLE_SECONDS


def test_a_refusal_is_believed_within_a_lead_s_time_and_held_for_no_longer_than_zoho_is_waited_for() -> None:
    """Two refusals a minute apart come before the lead is given up, and an hour later Zoho is asked once more."""
    assert timing.TOKEN_BACKOFF.whole_seconds(0) < timing.TOKEN_DOUBTED_SECONDS < timing.GIVE_UP_LOCKED_SECONDS
    assert timing.TOKEN_REFUSED_SECONDS < timing.GIVE_UP_UNAVAILABLE_SECONDS
    assert timing.TOKEN_REFUSED_LONGEST_SECONDS < timing.GIVE_UP_ALONE_SECONDS


def test_the_shared_record_of_the_token_outlives_all_that_it_counts() -> None:
    """Budgets, pauses, a refusal."""
    counted = (timing.TOKEN_BUDGETS[-1][0], timing.LONGEST_ASKED_SECONDS, timing.TOKEN_REFUSED_SECONDS)
    assert max(counted) < timing.TOKEN_KEEP_SECONDS


def test_a_post_whose_answer_was_lost_is_looked_for_as_far_as_clocks_differ() -> None:
    """Slack's clock wrote the message's time, SQS's or ours the time to look at."""
    assert timing.SLACK_SKEW_SECONDS >= timing.CLOCKS_DIFFER.total_seconds() > timing.CLOCKS_AGREE.total_seconds()


def test_a_recheck_edits_the_message_that_stands() -> None:
    """A waiting lead's next event comes long before its message is out of sight."""
    assert timedelta(hours=timing.RECHECK_HOURS, minutes=timing.SWEEP_MINUTES) < timing.NEW_MESSAGE_AFTER


def test_a_lead_that_waits_is_remembered_for_a_week_of_rechecks() -> None:
    """Six times a day; a sender may repeat its call for days."""
    assert timedelta(hours=timing.RECHECK_HOURS) * EVENTS_REMEMBERED > timedelta(days=7)


def test_the_sweep_finds_what_is_due_soon_after_and_nothing_too_early() -> None:
    """It runs many times between two checks of a lead, and a clock that is behind by the margin shows none as due."""
    recheck = timedelta(hours=timing.RECHECK_HOURS)
    assert timedelta(minutes=timing.SWEEP_MINUTES) * 10 < recheck
    assert timing.CLOCKS_DIFFER < timing.RECHECK_CLOCK_MARGIN < recheck


def test_the_sweep_s_parts_fit_into_its_time_and_a_letter_stays_hidden_for_all_of_it() -> None:
    """One sweep meets each dead letter once, ends by itself, and the next one begins later."""
    assert 3 * timing.SWEEP_PART_SECONDS < timing.SWEEP_TIMEOUT_SECONDS <= timing.SWEEP_HIDDEN_SECONDS
    assert timing.SWEEP_HIDDEN_SECONDS < timing.SWEEP_MINUTES * 60


def test_the_sweep_believes_every_lease_that_was_written_by_a_right_clock() -> None:
    """It takes a longer one for a wrong clock's."""
    assert timing.LONGEST_LEASE_SECONDS > timing.LEAD_LEASE_SECONDS


def test_the_sweep_believes_a_count_of_credits_for_longer_than_a_worker_keeps_it_to_itself() -> None:
    """Else it would know of none while leads come."""
    assert timing.CREDITS_NOTED_EVERY + timedelta(minutes=timing.SWEEP_MINUTES) < timing.CREDITS_KNOWN


def test_a_silence_of_any_length_that_may_be_set_is_remembered() -> None:
    """Nobody writes the item meanwhile; and a day of silence is far longer than calls are noted late."""
    assert timedelta(days=timing.MOST_SILENCE_DAYS).total_seconds() < timing.ZOHO_STATE_KEEP_SECONDS
    assert timedelta(days=1) > timing.CALLS_NOTED_EVERY * 10
    assert timing.CALL_FAR_AHEAD > timing.CLOCKS_DIFFER


def test_the_ledger_outlives_the_queues_and_goes_with_the_log() -> None:
    """What waits in a queue or among the dead letters finds its lead's item; personal data leaves both places alike."""
    assert timing.LEDGER_KEEP_SECONDS > 2 * timing.QUEUE_RETENTION_SECONDS
    assert timedelta(days=timing.LOG_RETENTION_DAYS).total_seconds() == timing.LEDGER_KEEP_SECONDS


def test_a_crash_loop_ends_when_a_lead_would_be_given_up() -> None:
    """What dies without a word is seen again after the queue's visibility, so often that six hours pass."""
    assert timing.INBOX_CRASH_SECONDS == timing.GIVE_UP_UNAVAILABLE_SECONDS


@pytest.mark.parametrize(("name", "hours"), [("InboxQueue", 6), ("SlackQueue", 9)])
def test_retrying_never_uses_up_what_is_meant_for_crashes(name: str, hours: int) -> None:
    """Even when chance makes each wait a third shorter than it is on average."""
    receives = seconds = 0
    while seconds < hours * 3600:
        receives += 1
        seconds += delay_seconds(receives, None, random=lambda: 0.33)
    assert receives < QUEUES[name]["RedrivePolicy"]["maxReceiveCount"]


def test_a_click_that_is_retried_and_read_back_never_uses_up_what_is_meant_for_crashes() -> None:
    """Until Zoho was called, and then until the lead was read for the last time."""
    receives = seconds = 0
    while seconds < timing.CONVERT_GIVE_UP_SECONDS:
        receives += 1
        seconds += delay_seconds(receives, None, random=lambda: 0.33)
    allowed = QUEUES["ConvertQueue"]["RedrivePolicy"]["maxReceiveCount"]
    assert 2 * (receives + len(timing.CONVERT_READ_AGAIN_SECONDS)) < allowed


def test_no_alarm_rings_for_a_conversion_whose_end_is_still_looked_for() -> None:
    """Its message stays in the queue meanwhile."""
    longest = timing.CONVERT_GIVE_UP_SECONDS + timing.CONVERT_TIMEOUT_SECONDS + sum(timing.CONVERT_READ_AGAIN_SECONDS)
    assert longest < timing.CONVERT_AGE_ALARM_SECONDS


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("api_handler", timing.API_TIMEOUT_SECONDS),
        ("check", timing.CHECK_TIMEOUT_SECONDS),
        ("notify", timing.NOTIFY_TIMEOUT_SECONDS),
        ("convert", timing.CONVERT_TIMEOUT_SECONDS),
        ("refresh", timing.REFRESH_TIMEOUT_SECONDS),
        ("sweep", timing.SWEEP_TIMEOUT_SECONDS),
    ],
)
def test_lambda_kills_a_function_at_the_time_that_the_code_counts_with(name: str, seconds: int) -> None:
    """The config knows nothing of the code; there is no other function."""
    assert FUNCTIONS[name]["lambda_timeout"] == seconds
    assert len(FUNCTIONS) == 6


@pytest.mark.parametrize(
    ("name", "visibility", "crashing"),
    [
        ("InboxQueue", timing.INBOX_VISIBILITY_SECONDS, timing.INBOX_CRASH_SECONDS),
        ("SlackQueue", timing.SLACK_VISIBILITY_SECONDS, timing.SLACK_CRASH_SECONDS),
        ("ConvertQueue", timing.CONVERT_VISIBILITY_SECONDS, timing.CONVERT_CRASH_SECONDS),
        ("MatchesQueue", timing.MATCHES_VISIBILITY_SECONDS, timing.MATCHES_CRASH_SECONDS),
    ],
)
def test_a_queue_hides_and_gives_up_what_the_code_counts_with(name: str, visibility: int, crashing: int) -> None:
    """The template knows nothing of the code: its visibility, and that times the receives it allows."""
    queue = QUEUES[name]
    assert queue["VisibilityTimeout"] == visibility
    assert queue["RedrivePolicy"]["maxReceiveCount"] * visibility == crashing


def test_token_requests_are_hidden_and_kept_for_as_long_as_the_code_counts_with() -> None:
    """They have no number of receives: what is not done in time is asked for again."""
    queue = QUEUES["TokensQueue"]
    assert queue["VisibilityTimeout"] == timing.TOKENS_VISIBILITY_SECONDS
    assert queue["MessageRetentionPeriod"] == timing.TOKENS_RETENTION_SECONDS


@pytest.mark.parametrize("name", sorted(QUEUES.keys() - {"TokensQueue"}))
def test_every_other_queue_keeps_its_messages_for_as_long_as_sqs_offers(name: str) -> None:
    """What nobody reads for a fortnight is gone."""
    assert QUEUES[name]["MessageRetentionPeriod"] == timing.QUEUE_RETENTION_SECONDS == 14 * 24 * 3600


def test_every_log_group_keeps_its_lines_for_as_long_as_the_page_says() -> None:
    """None keeps them for ever, which is what a group does that says nothing."""
    groups = of_type("AWS::Logs::LogGroup").values()
    assert {group.get("RetentionInDays") for group in groups} == {timing.LOG_RETENTION_DAYS}


def test_the_alarms_look_at_what_the_page_says() -> None:
    """Their period, and the ages at which a queue's oldest message raises one."""
    metrics = [
        one
        for alarm in ALARMS.values()
        for one in [alarm, *(m.get("MetricStat", {}) for m in alarm.get("Metrics", ()))]
    ]
    assert {one["Period"] for one in metrics if "Period" in one} == {timing.ALARM_PERIOD_SECONDS}
    ages = [
        RESOURCES[f"{queue}AgeAlarm"]["Properties"]["Threshold"] for queue in ("Inbox", "Slack", "Tokens", "Convert")
    ]
    assert ages == [
        timing.INBOX_AGE_ALARM_SECONDS,
        timing.SLACK_AGE_ALARM_SECONDS,
        timing.TOKENS_AGE_ALARM_SECONDS,
        timing.CONVERT_AGE_ALARM_SECONDS,
    ]


def test_the_operator_s_commands_wait_for_longer_than_what_they_wait_for() -> None:
    """API Gateway's own limit; and a sweep that has just hidden the dead letters, which a redrive hides in turn."""
    assert ops_timing.WEBHOOK_READ_SECONDS > timing.API_GATEWAY_SECONDS
    assert ops_timing.REDRIVE_WAIT_SECONDS * ops_timing.REDRIVE_WAITS > timing.SWEEP_HIDDEN_SECONDS
    assert ops_timing.REDRIVE_HIDDEN_SECONDS > timing.SWEEP_HIDDEN_SECONDS


def test_check_warns_of_a_message_s_age_before_leads_are_given_up() -> None:
    """With the first alarm or before it, and for as long as a dead letter lies it shows where to look."""
    assert min(timing.INBOX_AGE_ALARM_SECONDS, timing.SLACK_AGE_ALARM_SECONDS) >= ops_timing.OLD_MESSAGE_SECONDS
    assert ops_timing.DEAD_LETTERS_LIE.total_seconds() == timing.QUEUE_RETENTION_SECONDS


PAGES = [Path("chalicelib/timing.py"), Path("ops/timing.py")]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_duration_has_a_line_below_it_that_says_what_it_bounds(page: Path) -> None:
    """A number without a reason is one that nobody dares to change."""
    body = ast.parse(page.read_text()).body
    silent = [
        ast.unparse(node)
        for node, below in zip(body, [*body[1:], ast.Pass()], strict=True)
        if isinstance(node, ast.Assign)
        and not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and below.value.value)
    ]
    assert not silent


@pytest.mark.parametrize(
    "path", [Path("app.py"), *sorted(Path("chalicelib").rglob("*.py")), *sorted(Path("ops").rglob("*.py"))], ids=str
)
def test_no_duration_stands_outside_the_pages(path: Path) -> None:
    """Else nobody sees which other one it must exceed. Put it into `timing.py` of its package, with what it bounds."""
    assert path in PAGES or not durations_in(path.read_text())


@pytest.mark.parametrize(
    "code",
    [
        "READ_SECONDS = 10.0",
        'RETRY_AFTER_SECONDS = "60"',
        "SECONDS_BETWEEN_POSTS = 1",
        "KEEP_DAYS: int = 90",
        "KEEP = 7 * 24 * 3600",
        "LASTS = timedelta(minutes=5)",
        "BUDGETS = ((600, 5), (3600, 10))",
        "class Timing:\n    lease_seconds: float = 45",
        "def ask(*, seconds: float = 30): ...",
        "def ask(read_seconds=10): ...",
        "get(url, timeout=5)",
        "Config(connect_timeout=1)",
        "LeaseHeld(retry_after_seconds=1)",
        "time.sleep(0.3)",
        "Rate(15, unit=Rate.MINUTES)",
        "wait = lease_seconds + 1",
        "sleep(error.retry_after_seconds or 1)",
        "HOURS_OF_CALLS = 24",
        "if self.age_seconds >= 300: ...",
        'change({"VisibilityTimeout": 60})',
        "MAX_VISIBILITY = 43_200",
    ],
)
def test_a_duration_outside_the_pages_would_be_seen(code: str) -> None:
    """However it is given: a constant, a default, an argument, a sum, a limit."""
    assert len(set(durations_in(code))) >= 1


@pytest.mark.parametrize(
    "code",
    [
        "lease_until: int = 0",
        "ends = timedelta(0)",
        "milliseconds = round(seconds * 1000)",
        "minutes = seconds // 60",
        "hours, rest = divmod(minutes, MINUTES_IN_AN_HOUR)",
        "READS = 3",
        "is_lasting = True",
        'release({"VisibilityTimeout": 0})',
        "timedelta(hours=RECHECK_HOURS)",
        "MAX_BYTES = 200_000",
    ],
)
def test_what_is_no_duration_is_left_alone(code: str) -> None:
    """Nothing, a unit's factor, a count."""
    assert durations_in(code) == []


def test_a_conversion_that_began_at_the_last_moment_ends_before_the_hard_kill() -> None:
    """With its answer, and one reading of the lead where that was lost."""
    slowest = 2 * 2 * timing.CONNECT_SECONDS + timing.CONVERT_READ_SECONDS + timing.ZOHO_READ_SECONDS
    assert timing.CONVERT_BEGIN_WITHIN_SECONDS + slowest + LEDGER_SECONDS < timing.CONVERT_TIMEOUT_SECONDS
    assert timing.CONVERT_TIMEOUT_SECONDS < timing.CONVERT_LEASE_SECONDS < timing.CONVERT_VISIBILITY_SECONDS


def test_a_view_is_replaced_after_act_has_answered_and_before_notify_s_hard_kill() -> None:
    """Act ends its calls before Slack stops waiting for it."""
    assert timing.ACT_SECONDS < timing.CLICK_ANSWER_SECONDS
    slowest = 2 * timing.CONNECT_SECONDS + timing.SLACK_READ_SECONDS
    assert timing.CLICK_ANSWER_SECONDS + slowest < timing.NOTIFY_TIMEOUT_SECONDS


def test_a_read_that_was_due_is_the_message_s_own_before_it_is_the_sweep_s() -> None:
    """The queue's delay grows by chance, and the sweep waits for longer than that."""
    longest = sum(timing.RETRY_BACKOFF.whole_seconds(receives) for receives in range(4))
    assert timing.CONVERT_MESSAGE_LATE.total_seconds() > longest
    assert sum(timing.CONVERT_READ_AGAIN_SECONDS) == 15 * 60


def test_a_click_is_carried_out_while_its_person_may_still_look_at_it() -> None:
    """Longer than it is tried again, and than the reading back of one before it."""
    longest = timing.CONVERT_GIVE_UP_SECONDS + sum(timing.CONVERT_READ_AGAIN_SECONDS)
    assert longest < timing.CONVERT_AGE_ALARM_SECONDS < timing.CONVERT_CLICK_GOOD_SECONDS
