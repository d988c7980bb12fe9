"""Every duration on one page: what it bounds, and why one must exceed another. Pure.

Units stand in the names; a `timedelta` has its own. Each "longer than" and each sum here is a test of `tests/unit/test_timing.py`,
which also compares the last group with `.chalice/config.json` and `infra/resources.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that grow by a factor with each failure in a row, up to a longest one; `jitter` is the share that is left to chance.

    With 1 a wait is anything up to the whole, with 0.5 at least a half, with 0 the whole: workers are not to come back together.
    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """

    first_seconds: float
    factor: float
    longest_seconds: float
    jitter: float

    def whole_seconds(self, failures: int) -> float:
        """Return the wait without chance, after so many failures before the last one."""
        return min(self.longest_seconds, self.first_seconds * self.factor ** min(failures, MOST_GROWTHS))

    def seconds(self, failures: int, *, random: Callable[[], float]) -> float:
        """Return the wait, with what `random` gives from 0 to 1."""
        return self.whole_seconds(failures) * (1 - self.jitter + self.jitter * random())


MOST_GROWTHS = 32
"""No backoff grows for longer: a power that no float holds is an error."""

# CLOCKS: times in the ledger and in messages are written by machines whose clocks differ.
CLOCKS_DIFFER = timedelta(minutes=5)
"""How far apart the clocks of two machines that are right may be: what lies further ahead was written by one that is wrong."""
CLOCKS_AGREE = timedelta(seconds=2)
"""Two clocks that differ by less are both right."""

# HTTP: every call to Zoho and Slack.
CONNECT_SECONDS = 3.05
"""One connection to one address: a little longer than TCP waits before it sends the first packet again."""
IDLE_CONNECTION_SECONDS = 30.0
"""How long a kept connection may rest: while Lambda is frozen, idle ones are cut off and nobody is told."""
LONGEST_ASKED_SECONDS = 3600
"""The longest Retry-After that is honoured, Zoho's or Slack's: one of days would stop everything on one word, and a lead has to
be looked at to be given up by its age."""

# AWS: every call to SQS, DynamoDB and Secrets Manager.
AWS_CONNECT_SECONDS = 1
"""One connection to one address, and once more for its TLS. Two addresses are tried, and what is lost so is lost to the answer: an
attempt takes no longer than this and the answer's time together."""
AWS_READ_SECONDS = 2
"""One answer, head and body. Stand-ins on a busy machine may need longer: whoever waits for those says so before the clients are
built."""
AWS_ATTEMPTS = 2
"""How often a call is made: once more when it failed."""
AWS_BACKOFF = Backoff(first_seconds=1, factor=2, longest_seconds=20, jitter=1)
"""The wait before a call is made once more; AWS's own clients wait as long."""
AWS_CALL_SECONDS = AWS_ATTEMPTS * (AWS_CONNECT_SECONDS + AWS_READ_SECONDS) + AWS_BACKOFF.first_seconds
"""One call with its repetition and the wait before it: Zoho waits for the webhook's answer, and queues try again by themselves. The
look-up of the host's name is the system's, and comes on top where it takes longer than an attempt."""

# WEBHOOK
SIGNATURE_TOLERANCE_SECONDS = 300
"""How far a signature's time may be from our clock, Zoho's or Slack's call: an older signature may be a replay."""
SECRET_AGE_SECONDS = 60
"""How long a function keeps the secret `credentials` in memory: a retired key dies within this time."""
RETRY_AFTER_SECONDS = 60
"""What a caller that gets 503 is told to wait."""

# ZOHO
ZOHO_READ_SECONDS = 10.0
"""One answer of Zoho's API."""
ZOHO_LOOKUP_SECONDS = 30.0
"""All of one lead's calls, the token's included. What is left of check's time is for saying how it went."""
CHECK_AGAIN_WITHIN_SECONDS = 10.0
"""Until when after its start check may begin once more: then comes a lookup of 30 of check's 60 seconds. The rest is for the calls
to AWS before and after it."""
ZOHO_BACKOFF = Backoff(first_seconds=5, factor=2, longest_seconds=300, jitter=0.5)
"""How long everybody pauses when Zoho is asked too fast: the pause doubles with each one that no answer has taken back."""
OUTAGE_LASTS = timedelta(minutes=5)
"""From when on an outage is one for everybody: a younger one may be one lead's own failure, and the next answer to another lead ends it."""
BANNER_AFTER_SECONDS = 300.0
"""How long Zoho may give no answer before the channel hears of it."""
BANNER_EDIT_SECONDS = 60.0
"""The least time between two edits of the banner."""
CREDITS_NOTED_EVERY = timedelta(minutes=15)
"""How often a worker writes down how many API credits are left, while they stay on the same side of the floor."""
CREDITS_KNOWN = timedelta(hours=1)
"""How long a count of credits is believed: Zoho says how many are left only while fewer than half are, so with no answer there is
no news, also when they are back."""
CALLS_NOTED_EVERY = timedelta(minutes=15)
"""How often the time of Zoho's last call is written down: a write for each lead would be one more call of AWS for each lead."""
CALL_FAR_AHEAD = timedelta(days=1)
"""A call that lies further ahead of another one than any clock is wrong gives way to it."""
MOST_SILENCE_DAYS = 365
"""The longest time without a call of Zoho's that a stage may be set to watch for."""
ZOHO_STATE_KEEP_SECONDS = 366 * 24 * 3600
"""How long the shared item about Zoho is kept: it holds nothing about people, and for months of silence nobody may write it."""

# GIVING UP A LEAD, in seconds since it was accepted, or since a person brought it back to the inbox.
GIVE_UP_UNAVAILABLE_SECONDS = 6 * 3600.0
"""Zoho answers nobody: a banner tells people of it meanwhile."""
GIVE_UP_ALONE_SECONDS = 30 * 60.0
"""Zoho fails on this lead while it answers others: no banner tells people of that one."""
GIVE_UP_LOCKED_SECONDS = 10 * 60.0
"""The lead is locked, as during a merge, or Zoho's two answers about it differ."""

# CONVERTING A LEAD, which a person asked for and waits for.
CONVERT_READ_SECONDS = 60.0
"""Zoho's whole answer to a conversion: it makes up to three records and runs their rules before it answers."""
CONVERT_BEGIN_WITHIN_SECONDS = 30.0
"""Until when after its start convert may call Zoho to convert: then come 60 seconds for the answer, and a reading of the lead."""
CONVERT_LEASE_SECONDS = 130.0
"""One worker's hold on a conversion: longer than convert's time-out, and shorter than its queue hides the message."""
CONVERT_LOOK_AGAIN_AFTER = timedelta(minutes=10)
"""How old a verdict may be for a conversion: Zoho is asked again what an older one rests on."""
CONVERT_GIVE_UP_SECONDS = 180.0
"""How long a conversion is tried again before Zoho was called for it: a person looks at the form meanwhile."""
CONVERT_CLICK_GOOD_SECONDS = 1800.0
"""How long a click may have waited: nobody looks at its form any more, and the person may have done something else meanwhile."""
CONVERT_READ_AGAIN_SECONDS = (60.0, 240.0, 600.0)
"""The waits before the lead is read once more when Zoho did not say whether it converted it: 1, 5 and 15 minutes after the call, by
the queue's own delay of the message. The last one found open is the end: nothing of the call is under way any more by then."""
CONVERT_MESSAGE_LATE = timedelta(minutes=5)
"""How much later than such a read was due the sweep brings the conversion back: its message is gone."""
PIPELINES_NEW = timedelta(hours=1)
"""How long the list of pipelines and stages is taken as it was read: an administrator changes it a few times a year."""
ZOHO_USERS_KNOWN = timedelta(hours=1)
"""How long a worker remembers which user of Zoho has an address; whether that user may still convert is asked each time."""

# ACCESS TOKEN: refresh asks Zoho for it, check reads it in the secret.
TOKEN_READ_SECONDS = 10.0
"""One answer of Zoho's token endpoint."""
TOKEN_LIFETIME_SECONDS = 3600
"""How long Zoho's access tokens live."""
TOKEN_SWEEP_RENEWS_SECONDS = 1200
"""With less than this left the sweep requests the next token: longer than between two sweeps, so that a token that a sweep leaves
alone lives until the next one, with time to try again."""
TOKEN_EARLY_SECONDS = 600
"""With less than this left check requests the next token, and works with the old one meanwhile: the sweep should have done it."""
TOKEN_GOOD_SECONDS = 1500
"""With more than this left refresh replaces no token that Zoho takes: only a clock that is ahead, by more than clocks differ, wants it."""
TOKEN_NEW_SECONDS = 60
"""How old a token is at the most that Zoho refuses though it has just given it out."""
TOKEN_WAIT_SECONDS = 10.0
"""How long check looks into the secret for a token without which it cannot go on, before its lead comes back later: long enough for a
refresh, and half of it is left for the lead."""
TOKEN_LOOK_SECONDS = 0.5
"""The time between two of these looks."""
TOKEN_REST_SECONDS = 10.0
"""How long an old token serves before its worker looks for a new one again."""
TOKEN_SOON_SECONDS = 5.0
"""When those who have waited in vain come back at the earliest: later than what a handler sleeps through at once."""
TOKEN_WRITE_BACKOFF = Backoff(first_seconds=0.6, factor=2, longest_seconds=1.2, jitter=0)
"""The pauses before the secret's second and third write: refresh has time for them."""
TOKEN_REPLACED_SECONDS = 1200
"""How long a request about a version of the secret that was replaced is known as one: longer than the queue keeps it and than clocks
differ. A version that was put back by hand can be replaced again after that."""
TOKEN_BUDGETS = ((600, 5), (3600, 10), (24 * 3600, 60))
"""How many seconds, and how often Zoho may be asked in them: half of what it allows for one refresh token."""
TOKEN_REFUSED_BUDGETS = ((600, 2), (3600, 4), (24 * 3600, 20))
"""How often of these because a token was refused before its time, which a new one may not cure: the rest, forty a day,
is for tokens that end, of which the sweep renews 32 a day."""
TOKEN_UNCLEAR_BUDGET = (24 * 3600, 30)
"""How many of the day's asks may end without a clear answer before Zoho is asked only now and then."""
TOKEN_UNCLEAR_PROBE_SECONDS = 3600
"""How often that is: an endpoint that hangs for most of a day so leaves room for when it answers again."""
TOKEN_BACKOFF = Backoff(first_seconds=10, factor=4, longest_seconds=900, jitter=0)
"""How long refresh does not ask for a token after an answer without one: such answers are not counted in the budgets, so the pauses alone
keep them under five in ten minutes."""
TOKEN_THROTTLE_SECONDS = 600.0
"""The pause when Zoho gave out too many tokens and does not say for how long: its limit is ten in ten minutes."""
TOKEN_DOUBTED_SECONDS = 60
"""One refusal of credentials may be a slip of Zoho's: it is believed when the next one, so long after it, is the same."""
TOKEN_REFUSED_SECONDS = 3600
"""How long Zoho is not asked with credentials whose refusal is believed."""
TOKEN_REFUSED_LONGEST_SECONDS = 300
"""When a lead comes back at the latest while Zoho refuses new tokens: the token that we have may be taken meanwhile."""
TOKEN_KEEP_SECONDS = 7 * 24 * 3600
"""How long the token's record is kept: the longest budget is a day's; what nobody has written for a week is of no use."""

# SLACK AND NOTIFY
SLACK_READ_SECONDS = 8.0
"""One answer of Slack's."""
CLICK_ANSWER_SECONDS = 3.0
"""How long Slack waits for the answer to a click. The answer to a form that was submitted replaces it, so what replaces it later
waits until that has come, or will not come any more."""
BETWEEN_POSTS_SECONDS = 1.0
"""The pace of one worker in one channel, which is Slack's limit for posts."""
NOTIFY_AGAIN_WITHIN_SECONDS = 3.0
"""Until when after its start notify may begin once more: then come a second of pace, and a post that reaches the second of two
addresses at the last moment, 3.05 seconds each, and waits 8 for its answer: 3 + 1 + 2 * 3.05 + 8 = 18.1. What is left of
notify's twenty is for the ledger's writes."""
IN_FLIGHT_SECONDS = 25.0
"""How much later than its worker's end, or than its worker gave up its answer, a post may at most be shown in the channel's history:
by so much nothing is posted again. No page of Slack's says how long it may take, so it is far longer than the slowest answer
that we wait for. A post that is found before is over, and nobody waits for it any longer."""
LEAD_LEASE_SECONDS = 45.0
"""One worker's hold on a lead's message: the function's hard kill, and the call that was still under way then."""
READ_BACK_AFTER_SECONDS = 2.0
"""When a post whose answer was lost is looked for first: Slack's history shows a message somewhat later than Slack takes it, and a
handler sleeps through so short a wait. Too early costs one more look."""
AFTER_LEASE_SECONDS = 1
"""How much later than a lease's end others come back: the ledger knows whole seconds."""
SLACK_SKEW_SECONDS = 300
"""How far the clocks of Slack and of SQS, and ours as far as nothing shows that it is wrong, may lie apart: by so much the channel
is read back before and after a post whose answer was lost."""
NEW_MESSAGE_AFTER = timedelta(days=1)
"""How much newer than its message a lead's event is told in a new one: nobody looks a day back."""
MENTION_SECONDS = 2.0
"""Until when after its start notify may ask who in Slack a lead's owner is, the ledger and Slack together; then the message goes with
the plain name. It is over before notify would begin once more, so that what follows has as much time as then. Stand-ins on a busy
machine may need longer: whoever waits for those says so."""
OWNER_KNOWN = timedelta(days=1)
"""How long it is taken as it was said who in Slack a lead's owner is."""
OWNER_UNKNOWN = timedelta(hours=1)
"""How long it is taken as it was said that an owner has no account in Slack: a new colleague gets one within their first day."""
SLACK_RETRY_SECONDS = 30.0
"""The wait when Slack asks us to slow down and does not say for how long."""
SLACK_PERSON_SECONDS = 120.0
"""The wait when a person has to mend something in Slack first: the token, the webhook, the channel."""

# ACT: a click in Slack.
SLACK_WAITS_SECONDS = 3
"""Slack shows a warning to a person whose click has no answer by then, and takes no trigger that is older."""
ACT_SECONDS = 2.5
"""All that act asks others for one click ends in it. Stand-ins on a busy machine may need longer: whoever waits for those says so."""
ACT_AWS_SECONDS = 1.0
"""One attempt at AWS for a click, or for a mention: where two of them hang, time is left to tell the person."""
DEAL_CLOSES_AFTER = timedelta(days=30)
"""How far ahead the closing date of a deal is that the form of a conversion proposes."""

# QUEUES AND HANDLERS
SHORT_WAIT_SECONDS = 3.0
"""A handler sleeps through shorter waits at once: giving the message back would cost more."""
RETRY_BACKOFF = Backoff(first_seconds=4, factor=2, longest_seconds=900, jitter=1)
"""The wait before a message is seen again, on top of what was asked for: it doubles with each receive, from 4 seconds to 15 minutes."""
SET_ASIDE_SECONDS = 7 * 24 * 3600
"""Half of the time that SQS keeps a message: one that waited so long behind others is tried a few times and sent anew."""
BEFORE_MOVE = timedelta(seconds=1)
"""SQS moves a message to its dead letters when it would give it out once more; its last receive is longer ago than its servers'
clocks differ."""
DEAD_LETTER_LOOK_SECONDS = 1
"""Long polling of a dead-letter queue asks all of SQS's servers, so that an empty answer means an empty queue."""

# LEDGER
LEDGER_KEEP_SECONDS = 90 * 24 * 3600
"""How long an item is kept after its last write: then the ledger forgets personal data."""
RECHECK_HOURS = 4
"""When a waiting lead is checked again: the schedule that check and the sweep keep, and that people are told."""
RECHECK_CLOCK_MARGIN = timedelta(hours=1)
"""A sweep whose clock is behind by less sees no recheck too early."""

# SWEEP
SWEEP_MINUTES = 15
"""The schedule."""
SWEEP_PART_SECONDS = 15.0
"""One part of the sweep: it has three (waiting leads, dead leads, dead notices), and a minute for all of them. What comes before them,
a look at the access token and a request, takes two calls to AWS."""
SWEEP_HIDDEN_SECONDS = 60
"""How long a dead letter that was looked at stays hidden: as long as the sweep may run, so that it meets each letter once, and a
person's redrive meets them all a minute later."""
LONGEST_LEASE_SECONDS = 300
"""A lease that lasts longer was written by a clock that is ahead: whoever comes after it waits for SQS, not for that."""

# AWS'S OWN LIMITS
DEDUPLICATION_SECONDS = 300
"""For so long SQS drops what is sent again under the same id."""
MAX_VISIBILITY_SECONDS = 43_200
"""SQS hides no message for longer."""
API_GATEWAY_SECONDS = 29
"""API Gateway waits no longer for a function's answer."""

# WHAT AWS IS TOLD, in .chalice/config.json and infra/resources.yaml.
API_TIMEOUT_SECONDS = 25
"""The hard kill of a webhook call or a click: three slow calls to AWS fit, and it comes before API Gateway gives up."""
CHECK_TIMEOUT_SECONDS = 60
"""The hard kill of check: a lookup that began at the last moment, and the calls to AWS around it, end before."""
NOTIFY_TIMEOUT_SECONDS = 20
"""The hard kill of notify: the slowest post that began at the last moment ends before."""
CONVERT_TIMEOUT_SECONDS = 120
"""The hard kill of convert: Zoho's slowest answers before a conversion, the conversion itself, and the reading back end before."""
CONVERT_VISIBILITY_SECONDS = 150
"""Longer than convert's time-out and than a worker's hold on a conversion."""
SWEEP_TIMEOUT_SECONDS = 60
"""The hard kill of the sweep: its three parts end before."""
REFRESH_TIMEOUT_SECONDS = 20
"""The hard kill of refresh: Zoho's slowest answer and the writes of the secret end before."""
TOKENS_VISIBILITY_SECONDS = 30
"""Longer than refresh's time-out: a refresher that dies holds the others for this long."""
TOKENS_RETENTION_SECONDS = 900
"""How long a token request is kept: whoever still lacks a token asks again in a minute."""
TOKENS_AGE_ALARM_SECONDS = 300
"""The oldest token request that raises an alarm: refresh answers in seconds, so it does not run."""
INBOX_VISIBILITY_SECONDS = 90
"""Longer than check's time-out, so that nobody works on a lead twice at once."""
SLACK_VISIBILITY_SECONDS = 48
"""Longer than the lease of a lead, which is longer than notify's time-out: after a worker's death its message waits for this long."""
MATCHES_VISIBILITY_SECONDS = 300
"""For a consumer that takes ten events at once and does something slow with each."""
INBOX_CRASH_SECONDS = 6 * 3600
"""How long what dies without a word comes back to check: 240 receives of 90 seconds, as long as Zoho may be unavailable. A lead that
is retried comes 45 to 70 times in six hours, so retrying never gets there."""
SLACK_CRASH_SECONDS = 2 * 3600
"""The same for notify, 150 receives of 48 seconds: a notice that kills its function holds its channel up. While Slack itself is
down, only the first notice of a channel is tried, a hundred times in 12 hours; the others wait."""
CONVERT_CRASH_SECONDS = 3600
"""The same for convert, 24 receives of 150 seconds: a person waits, and is told of it when it dies. A click that is retried and a lead
that is read again after the call come a dozen times, and for hours while Zoho is down."""
MATCHES_CRASH_SECONDS = 100 * 60
"""20 receives of 300 seconds: a consumer of the matches that is mended within this time loses nothing to the dead letters."""
QUEUE_RETENTION_SECONDS = 14 * 24 * 3600
"""How long every other queue keeps a message: the longest that SQS offers."""
LOG_RETENTION_DAYS = 90
"""As long as the ledger keeps a lead."""
ALARM_PERIOD_SECONDS = 300
"""What an alarm looks at."""
INBOX_AGE_ALARM_SECONDS = 1800
"""The oldest lead that raises an alarm: longer than a merge in Zoho (ten minutes) or a short outage, and five and a half hours before
leads are given up."""
SLACK_AGE_ALARM_SECONDS = 900
"""The oldest notice that raises an alarm. At one message a second and channel these are 900 leads at once, which is an import, or
Slack does not take them."""
CONVERT_AGE_ALARM_SECONDS = 1500
"""The oldest click that raises an alarm: one whose end Zoho does not tell stays in its queue until the lead was read for the last time."""


def next_check_at(now: datetime) -> datetime:
    """Return when a lead that waits now is due again."""
    return now + timedelta(hours=RECHECK_HOURS)


def honoured_seconds(asked: float | None) -> float:
    """Return how long to wait for the other side's Retry-After; 0 without one."""
    return min(LONGEST_ASKED_SECONDS, asked or 0.0)
