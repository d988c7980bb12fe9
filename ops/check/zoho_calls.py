"""What a check can say about Zoho's calls: when the last one came. Webhook and rule in Zoho are not seen from here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.events import read_time, time_text
from chalicelib.wiring.clients import utc_now
from ops.check.deployed import DeployedStage
from ops.check.findings import Findings, Result

LAST_CALL = "last_call_at"
TRY_IT = "Set one lead to Qualified in Zoho: it must come to Slack."


def look(stage: DeployedStage, findings: Findings) -> None:
    """Note when Zoho called last, as the functions remember it; warn when it has not for as long as was set."""
    findings.say("asking when Zoho called last")
    called_at, days = stage.wiring.shared.states.read().called_at, stage.settings.silence_days
    findings.values[LAST_CALL] = time_text(called_at) if called_at else None
    fix = f"{TRY_IT} If it does not, look at webhook and rule in Zoho (docs/zoho.md, parts 3 and 4)."
    if called_at is None:
        findings.fact(f"Zoho has never called this stage. {fix}")
    elif days and utc_now() - called_at >= timedelta(days=days):
        findings.warn(f"Zoho last called {when(called_at)}.", fix)
    else:
        findings.fact(f"Zoho last called {when(called_at)}.")


def summary(results: Sequence[Result]) -> str:
    """Return what is known of Zoho's calls in a sentence or two, for the end of a check."""
    seen = [result.findings.values[LAST_CALL] for result in results if LAST_CALL in result.findings.values]
    if not seen:
        return f"Whether Zoho calls was not seen. {TRY_IT}"
    if not isinstance(seen[0], str):
        return f"Zoho has never called, and webhook and rule in Zoho are not seen from here. {TRY_IT}"
    return f"Zoho last called {when(read_time(seen[0]))}."


def when(at: datetime) -> str:
    """Return how long ago a time was, and the time itself; one in the future was written by a clock that is ahead."""
    minutes = max(0, int((utc_now() - at).total_seconds() // 60))
    for count, unit in ((minutes // 1440, "day"), (minutes // 60, "hour"), (minutes, "minute")):
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago ({at:%Y-%m-%d %H:%M} UTC)"
    return f"just now ({at:%Y-%m-%d %H:%M} UTC)"
