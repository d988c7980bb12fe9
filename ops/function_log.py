"""What the log of the function behind the API tells of Zoho's calls: with which of two live keys they come, and whether with one in the URL.

The function notes it with each call that it takes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from botocore.exceptions import ClientError

from ops.cli import Console
from ops.errors import aws_failures
from ops.timing import RECENT_CALLS_HOURS

Which = Literal["current", "previous"]

KEY_WORDS: dict[Which, str] = {"previous": "old", "current": "new"}


class Logs(Protocol):
    """The one call of CloudWatch Logs' API that is made here."""

    def get_paginator(self, name: Literal["filter_log_events"], /) -> Any:
        """Return what pages through it."""
        ...


def tell_key_use(console: Console, client: Logs, log_group: str, *, goes: Which) -> None:
    """Say how many calls each key let in during the last hour; warn of calls with the one that goes, and of none with the other.

    Nothing is said where the log may not be read, or does not exist yet.
    """
    since = datetime.now(UTC) - timedelta(hours=RECENT_CALLS_HOURS)
    with aws_failures("logs"):
        try:
            calls = {which: _calls(client, log_group, which, since) for which in KEY_WORDS}
        except ClientError:
            return
    told = ", ".join(f"{_times(count)} used the {KEY_WORDS[which]} key" for which, count in calls.items())
    (console.warn if calls[goes] else console.line)(f"In the last hour {told}.")
    (stays,) = KEY_WORDS.keys() - {goes}
    if not calls[stays]:
        console.warn(f"No call used the {KEY_WORDS[stays]} key in that time: nothing shows that Zoho sends it.")


def any_call(client: Logs, log_group: str, *, holding: str, hours: int) -> bool:
    """Return whether a call of the last hours left a line that holds a text; False where the log may not be read."""
    since = datetime.now(UTC) - timedelta(hours=hours)
    with aws_failures("logs"):
        try:
            return any(page["events"] for page in _pages(client, log_group, holding, since))
        except ClientError:
            return False


def _calls(client: Logs, log_group: str, which: str, since: datetime) -> int:
    return sum(len(page["events"]) for page in _pages(client, log_group, which, since))


def _pages(client: Logs, log_group: str, holding: str, since: datetime) -> Any:
    return client.get_paginator("filter_log_events").paginate(
        logGroupName=log_group, startTime=int(since.timestamp() * 1000), filterPattern=f'"{holding}"'
    )


def _times(calls: int) -> str:
    return "1 call" if calls == 1 else f"{calls or 'no'} calls"
