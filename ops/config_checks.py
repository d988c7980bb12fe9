"""A stage's settings as people wrote them into config.json: what is wrong is named before anything runs or uses it.

What its functions could not read: they would answer every call of the webhook with 503, or take a default without a word. And what is
of another stage, such as a copied line: Chalice would let this stage's functions read the other one's queue, and each of its leads
would be worked on by either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches

from chalicelib.errors import Misconfigured
from chalicelib.settings import CHANNEL_ID, PREFIX, REQUIRED, REQUIRED_TO_ACT, Settings, read_settings, stage_name
from ops.config import Project
from ops.errors import OpsError
from ops.functions import ROLES

CONCURRENCY = f"{PREFIX}ZOHO_CONCURRENCY"
"""The one variable that no function reads: Chalice's decorators do, at import."""
CHANNELS = (f"{PREFIX}SLACK_CHANNEL", f"{PREFIX}OPERATOR_CHANNEL")
KNOWN = {PREFIX + one.name.upper() for one in fields(Settings)} | {CONCURRENCY}
PLACE = ".chalice/config.json"
MOST_DIGITS = 4
_FILLED = {PREFIX + name: "filled" for name in (*REQUIRED, *REQUIRED_TO_ACT)}

OWN_NAMES = {
    "INBOX_QUEUE": "leadmatch-{stage}-inbox.fifo",
    "MATCHES_QUEUE": "leadmatch-{stage}-matches.fifo",
    "SLACK_QUEUE": "leadmatch-{stage}-slack.fifo",
    "TOKENS_QUEUE": "leadmatch-{stage}-tokens.fifo",
    "CONVERT_QUEUE": "leadmatch-{stage}-convert.fifo",
    "TABLE": "leadmatch-{stage}-ledger",
    "CREDENTIALS": "leadmatch/{stage}/credentials",
    "ZOHO_CLIENT": "leadmatch/{stage}/zoho-client",
    "ZOHO_TOKEN": "leadmatch/{stage}/zoho-token",
}
"""What the template calls them; a queue is written as its URL, a secret as its name or its ARN."""
SECRET_ARN = re.compile(r"arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(?P<name>.+?)(-[A-Za-z0-9]{6})?")


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


def require_own_names(project: Project, stage: str, *, then: str = "") -> None:
    """Raise `OpsError` that tells each name of another stage; what is missing is none."""
    wrong = [*_strange_variables(stage, project.environment(stage)), *_strange_roles(project, stage)]
    if wrong:
        told = f" {wrong[0]}" if len(wrong) == 1 else "".join(f"\n  {one}" for one in wrong)
        raise OpsError(
            f"Stage {stage}:{told}",
            f"Correct it with: python -m ops provision --stage {stage}{then}",
        )


def is_own_queue(stage: str, queue: str) -> bool:
    """Return whether a queue's name is one of the stage's."""
    return queue in {own.format(stage=stage) for name, own in OWN_NAMES.items() if name.endswith("_QUEUE")}


def _unknown(name: str) -> str:
    if name in KNOWN:
        return ""
    near = get_close_matches(name, sorted(KNOWN), n=1, cutoff=0.85)
    return f"{name} in {PLACE} is not a setting{f'. Did you mean {near[0]}?' if near else '.'}"


def _misread(name: str, value: str) -> str:
    """Let the functions' own reader read it, beside settings that are good; an empty text counts as not set."""
    text = value.strip()
    if name == CONCURRENCY:
        good = not text or (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text) > 0)
        return "" if good else f"{name} in {PLACE} must be a whole number, such as 10."
    if name in CHANNELS and text and not CHANNEL_ID.fullmatch(text):
        return f"{name} in {PLACE} must be a channel's id, such as C0123456789; Slack shows it at the end of the channel's About."
    try:
        read_settings(_FILLED | ({name: text} if text else {}))
    except Misconfigured as error:
        return str(error)
    return ""


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else "…"


def _strange_variables(stage: str, environment: Mapping[str, str]) -> Iterator[str]:
    if environment and (said := stage_name(environment)) != stage:
        name = f"{PREFIX}STAGE"
        yield f"{name} {'names' if environment.get(name, '').strip() else 'is not set and counts as'} {said}, which is not of this stage."
    for name, own in OWN_NAMES.items():
        found = _last_name(environment.get(PREFIX + name, "").strip())
        if found and found != own.format(stage=stage):
            yield _strange(PREFIX + name, found)


def _last_name(text: str) -> str:
    """Return the name that a queue's URL or a secret's ARN ends with, or the name itself."""
    if text.startswith(("https://", "http://")):
        return text.rstrip("/").rpartition("/")[2]
    secret = SECRET_ARN.fullmatch(text)
    return secret["name"] if secret else text


def _strange_roles(project: Project, stage: str) -> Iterator[str]:
    """CloudFormation names a role after its stack and its place in the template, with something random behind."""
    for key, output in ROLES.items():
        role = project.role_name(stage, key)
        if role and not role.startswith(f"leadmatch-{stage}-{output.removesuffix('Arn')}"):
            yield _strange(f"iam_role_arn of {key}", role)


def _strange(name: str, found: str) -> str:
    return f"{name} names {found}, which is not of this stage."
