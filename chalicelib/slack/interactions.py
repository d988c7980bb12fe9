"""What a person does with our buttons and forms, as Slack sends it: signed, and one form field that holds JSON. Pure.

Only Slack can sign a call; all the same nothing of it is believed to have the right type, length or characters.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qs

from chalicelib.errors import CallRefused
from chalicelib.signatures import is_recent, same

VERSION = "v0"
TIMESTAMP_HEADER = "x-slack-request-timestamp"
SIGNATURE_HEADER = "x-slack-signature"
MAX_NAME_CHARACTERS = 40
MAX_NAMES = 5
MAX_BODY_BYTES = 1024 * 1024
"""A click in a form brings the whole form, of at most 250 kB, percent-encoded."""
MAX_VALUE_CHARACTERS = 2000
MAX_REVISION_DIGITS = 15

Kind = Literal["button", "choice", "submission", "other"]

PERSON = re.compile(r"[UW][A-Z0-9]{1,30}")
TEAM = re.compile(r"[TE][A-Z0-9]{1,30}")
CHANNEL = re.compile(r"[CGD][A-Z0-9]{1,30}")
VIEW_ID = re.compile(r"[A-Z0-9]{1,40}")
MACHINE_WORD = re.compile(r"[a-z0-9_]{1,40}")
TOKEN = re.compile(r"[A-Za-z0-9._-]{1,200}")
"""A trigger's id, a view's hash, a message's ts."""
ADDRESS = re.compile(r"https?://[!-~]{1,500}")
DIGITS = re.compile(r"[0-9]{1,30}")
EVENT_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True, slots=True)
class View:
    """A form of ours as it stands with the person; `values` is its state by block and element, which nobody has checked."""

    id: str
    hash: str
    callback_id: str
    metadata: Mapping[str, Any]
    values: Mapping[str, Any] = field(repr=False)
    root_id: str = ""
    previous_id: str = ""


@dataclass(frozen=True, slots=True)
class Interaction:
    """What a person did: clicked a button of a message, chose something in a form, or submitted it; `other` is nothing of ours.

    Texts that Slack left out, or that are not what they should be, are empty.
    """

    kind: Kind
    user_id: str
    team_id: str = ""
    trigger_id: str = field(default="", repr=False)
    response_url: str = field(default="", repr=False)
    channel: str = ""
    message_ts: str = ""
    action: str = ""
    value: str = ""
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Which lead a button or a form is about, and the revision that the person saw."""

    lead_id: str
    revision: int
    event_id: str = ""
    channel: str = ""


def is_from_slack(headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime) -> bool:
    """Return whether Slack signed this call (HMAC-SHA256 over its second and the body) in the last five minutes.

    Header names are lower case. https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    timestamp = headers.get(TIMESTAMP_HEADER, "")
    if not secret or not is_recent(timestamp, now):
        return False
    return same(headers.get(SIGNATURE_HEADER, ""), signature(secret, timestamp, body))


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a call as Slack does."""
    signed = f"{VERSION}:{timestamp}:".encode() + body
    return f"{VERSION}={hmac.digest(secret.encode('utf-8', 'surrogatepass'), signed, 'sha256').hex()}"


def clicked(body: bytes) -> tuple[str, ...]:
    """Return the names (`action_id`) of the buttons that were clicked, for the log; none of a body that names none."""
    try:
        payload = json.loads(
            parse_qs(body.decode("utf-8", "replace"), max_num_fields=MAX_NAMES).get("payload", [""])[0]
        )
    except (ValueError, RecursionError):
        return ()
    actions = payload.get("actions") if isinstance(payload, Mapping) else None
    names = [a.get("action_id") for a in actions if isinstance(a, Mapping)] if isinstance(actions, list) else []
    return tuple(name[:MAX_NAME_CHARACTERS] for name in names[:MAX_NAMES] if isinstance(name, str))


def read_interaction(body: bytes) -> Interaction:
    """Read a call of Slack's; raise `CallRefused` (400) for one that holds no payload of a person's.

    https://docs.slack.dev/reference/interaction-payloads
    """
    payload = _payload(body)
    user_id = _fitting(PERSON, _part(payload, "user").get("id"))
    if not user_id:
        raise CallRefused("The payload names no person.", reason="no_person")
    action, view = _action(payload), _view(payload)
    kind = _kind(payload, view)
    container = _part(payload, "container")
    return Interaction(
        kind=kind,
        user_id=user_id,
        team_id=_fitting(TEAM, _part(payload, "user").get("team_id")),
        trigger_id=_fitting(TOKEN, payload.get("trigger_id")),
        response_url=_fitting(ADDRESS, payload.get("response_url")),
        channel=_fitting(CHANNEL, _part(payload, "channel").get("id") or container.get("channel_id")),
        message_ts=_fitting(TOKEN, container.get("message_ts")),
        action=_fitting(MACHINE_WORD, action.get("action_id")),
        value=_text(action.get("value")),
        view=view,
    )


def read_target(fields: str | Mapping[str, Any]) -> Target:
    """Read the value of a button of ours, or what came back with a form; raise `CallRefused` (400) for anything else."""
    found = _json(fields) if isinstance(fields, str) else fields
    if isinstance(found, Mapping):
        lead_id, revision = _fitting(DIGITS, found.get("lead_id")), _fitting(DIGITS, found.get("revision"))
        if lead_id and 0 < len(revision) <= MAX_REVISION_DIGITS:
            event_id, channel = _fitting(EVENT_ID, found.get("event_id")), _fitting(CHANNEL, found.get("channel"))
            return Target(lead_id, int(revision), event_id, channel)
    raise CallRefused("The payload names no lead.", reason="no_lead")


def _payload(body: bytes) -> Mapping[str, Any]:
    try:
        text = parse_qs(body.decode(), max_num_fields=MAX_NAMES, errors="strict").get("payload", [""])[0]
    except ValueError:
        raise CallRefused("The body is no form of Slack's.", reason="bad_form") from None
    payload = _json(text)
    if not isinstance(payload, Mapping):
        raise CallRefused("The form holds no payload of Slack's.", reason="no_payload")
    return payload


def _kind(payload: Mapping[str, Any], view: View | None) -> Kind:
    if payload.get("type") == "view_submission" and view:
        return "submission"
    if payload.get("type") == "block_actions":
        return "choice" if view else "button"
    return "other"


def _action(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    actions = payload.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return first if isinstance(first, Mapping) else {}


def _view(payload: Mapping[str, Any]) -> View | None:
    view = _part(payload, "view")
    view_id = _fitting(VIEW_ID, view.get("id"))
    if not view_id:
        return None
    metadata = _json(_text(view.get("private_metadata")))
    return View(
        id=view_id,
        hash=_fitting(TOKEN, view.get("hash")),
        callback_id=_fitting(MACHINE_WORD, view.get("callback_id")),
        metadata=metadata if isinstance(metadata, Mapping) else {},
        values=_part(_part(view, "state"), "values"),
        root_id=_fitting(VIEW_ID, view.get("root_view_id")),
        previous_id=_fitting(VIEW_ID, view.get("previous_view_id")),
    )


def _json(text: str) -> object:
    """Return JSON with numbers as their digits, so that none is too large; None for what is none."""
    try:
        return json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None


def _part(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = fields.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= MAX_VALUE_CHARACTERS else ""


def _fitting(pattern: re.Pattern[str], value: object) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
