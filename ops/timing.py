"""Every duration of the operator's commands: what it bounds. Those of the product stand in `chalicelib/timing.py`."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.timing import QUEUE_RETENTION_SECONDS

# CHECK
FOLLOW_SECONDS = 60
"""How long a lead is followed to Slack, unless the operator says otherwise."""
FOLLOW_LONGEST_SECONDS = 3600
"""The longest time that the operator may say."""
FOLLOW_LOOK_SECONDS = 1.0
"""The pause between two looks at where the lead is."""
WEBHOOK_READ_SECONDS = 30.0
"""An answer of the stage's own address: longer than API Gateway itself waits for a function."""
CALLS_HOURS = 24
"""How far back the log is searched for calls that bear the key in their address."""
RECENT_CALLS_HOURS = 1
"""How far back the log is searched for calls with the old and the new webhook key."""
OLD_MESSAGE_SECONDS = 15 * 60
"""From when on the age of a queue's oldest message is a warning: before the inbox's alarm, and with that of Slack's queue."""
AGE_PERIOD_SECONDS = 300
"""The period of the age of a queue's oldest message, which CloudWatch hears minutes later; two of them are looked at."""
DEAD_LETTERS_LIE = timedelta(seconds=QUEUE_RETENTION_SECONDS)
"""How long SQS keeps a dead letter; as long ago its lead may have been given up."""
LINE_LOOK_BACK_SECONDS = 2
"""How far before its own time the line that was posted to Slack is looked for."""
LINE_WAIT_SECONDS = 1
"""The wait before the line is posted once more, when Slack is asked too fast and does not say for how long."""
LINE_LONGEST_WAIT_SECONDS = 30
"""The longest wait that Slack may ask for before the line is given up: somebody sits at the terminal."""

# PROVISION
STACK_POLL_SECONDS = 2.0
"""The pause between two looks at a stack that AWS works on."""
SECRET_RECOVERY_DAYS = 7
"""How long a deleted secret can be brought back: the least that Secrets Manager takes."""

# DEPLOY
RUNTIME_NOTICE = timedelta(days=180)
"""AWS itself announces the end of a runtime so long before. https://docs.aws.amazon.com/lambda/latest/dg/runtime-support-policy.html"""

# REPLAY
REDRIVE_HIDDEN_SECONDS = 600
"""How long a dead letter stays hidden: longer than a look may take, or it would never end; what was only looked at is released when
it does."""
REDRIVE_WAIT_SECONDS = 3
"""The pause between two looks for letters that SQS counts and does not show."""
REDRIVE_WAITS = 22
"""How many such pauses there are at most, 66 seconds in all: a sweep hides what it looks at for a minute."""
