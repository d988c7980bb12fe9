"""A stage's settings as people wrote them into config.json: what its functions could not read is named before anything runs.

The functions would answer every call of the webhook with 503, or take a default without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches

from chalicelib.errors import Misconfigured
from chalicelib.settings import PREFIX, REQUIRED, Settings, read_settings
from chalicelib.wiring.notify import CHANNEL_ID
from ops.failures import OpsError

CONCURRENCY = f"{PREFIX}ZOHO_CONCURRENCY"
"""The one variable that no function reads: Chalice's decorators do, at import."""
CHANNELS = (f"{PREFIX}SLACK_CHANNEL", f"{PREFIX}OPERATOR_CHANNEL")
KNOWN = {PREFIX + one.name.upper() for one in fields(Settings)} | {CONCURRENCY}
PLACE = ".chalice/config.json"
MOST_DIGITS = 4
_FILLED = {PREFIX + name: "filled" for name in REQUIRED}


def require_readable(stage: str, written: Mapping[str, object], *, then: str = "run this again") -> None:
    """Raise `OpsError` that names every variable `LEADMATCH_*` which no function could read; a missing one is none."""
    wrong = list(complaints(written))
    if len(wrong) == 1:
        raise OpsError(f"Stage {stage}: {wrong[0]}", f"Correct it in {PLACE}, then {then}.")
    if wrong:
        lines = "".join(f"\n  {one}" for one in wrong)
        raise OpsError(f"Stage {stage}, {PLACE}:{lines}", f"Correct them there, then {then}.")


def complaints(written: Mapping[str, object]) -> Iterator[str]:
    """Say of each variable what is wrong with it."""
    for name, value in written.items():
        if not isinstance(value, str):
            yield f'{name} in {PLACE} must be text, in quotes: "{_as_text(value)}".'
        elif name.startswith(PREFIX) and (complaint := _unknown(name) or _misread(name, value)):
            yield complaint


def _unknown(name: str) -> str:
    if name in KNOWN:
        return ""
    near = get_close_matches(name, sorted(KNOWN), n=1, cutoff=0.85)
    return f"{name} in {PLACE} is no setting{f': {near[0]} is meant' if near else ''}."


def _misread(name: str, value: str) -> str:
    """Let the functions' own reader read it, beside settings that are good; an empty text counts as not set."""
    text = value.strip()
    if name == CONCURRENCY:
        good = not text or (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text) > 0)
        return "" if good else f"{name} in {PLACE} must be a whole number, such as 10."
    if name in CHANNELS and text and not CHANNEL_ID.fullmatch(text):
        return f"{name} in {PLACE} must be a channel's id, such as C0123456789: it stands at the end of the channel's About."
    try:
        read_settings(_FILLED | ({name: text} if text else {}))
    except Misconfigured as error:
        return str(error)
    return ""


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else "…"
