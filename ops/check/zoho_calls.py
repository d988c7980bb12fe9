"""What a check can say about Zoho's calls: when the last one came. Webhook and rule in Zoho are not seen from here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.events import read_time, time_text
from chalicelib.steps.calls import BETWEEN_NOTES
from chalicelib.wiring.clients import utc_now
from ops.check.deployed import DeployedStage
from ops.check.findings import Findings, Result

LAST_CALL = "last_call_at"
TRY_IT = "Set one lead to Qualified in Zoho: it must come to Slack."
OR_ELSE = "If it does not, look at webhook and rule in Zoho (docs/zoho.md, parts 3 and 4)."


def look_at_calls(stage: DeployedStage, findings: Findings) -> None:
    """Note when Zoho called last, as the functions remember it; warn when it has not for as long as was set."""
    findings.say("asking when Zoho called last")
    called_at, days = stage.wiring.shared.states.read().called_at, stage.settings.silence_days
    findings.values[LAST_CALL] = time_text(called_at) if called_at else None
    fix = f"{TRY_IT} {OR_ELSE}"
    if called_at is None:
        findings.fact("Zoho has never called this stage, as far as it knows.")
    elif days and utc_now() - called_at >= timedelta(days=days):
        findings.warn(f"Zoho {last_call(called_at)}.", fix)
    else:
        findings.fact(f"Zoho {last_call(called_at)}.")


def calls_summary(results: Sequence[Result]) -> str:
    """Return what is known of Zoho's calls in a sentence or two, for the end of a check."""
    seen = [result.findings.values[LAST_CALL] for result in results if LAST_CALL in result.findings.values]
    if not seen:
        return f"Whether Zoho calls was not seen. {TRY_IT}"
    if not isinstance(seen[0], str):
        return (
            "Zoho has never called, as far as leadmatch knows, and webhook and rule in Zoho are not seen from here. "
            f"{TRY_IT} {OR_ELSE}"
        )
    return f"Zoho {last_call(read_time(seen[0]))}."


def last_call(at: datetime) -> str:
    """Return when Zoho called, as far as it is known: the functions write a call's time down at most once in 15 minutes.

    A time in the future was written by a clock that is ahead.
    """
    noted, between = f"{at:%Y-%m-%d %H:%M} UTC", int(BETWEEN_NOTES.total_seconds() // 60)
    minutes = max(0, int((utc_now() - at).total_seconds() // 60))
    if minutes < between:
        return (
            f"last called within the last {between} minutes ({noted}, or later: it is noted once in {between} minutes)"
        )
    return f"last called {_ago(minutes)} ({noted}, or up to {between} minutes later)"


def _ago(minutes: int) -> str:
    for count, unit in ((minutes // 1440, "day"), (minutes // 60, "hour"), (minutes, "minute")):
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
