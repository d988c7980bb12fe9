"""Every recorded webhook body in tests/events is answered as its file name says."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.aws.queues import Message
from chalicelib.steps.receive import receive
from chalicelib.steps.results import HttpReply

FOLDER = Path(__file__).parents[1] / "events"
RECORDED = sorted(path for path in FOLDER.iterdir() if path.name != "README.md")
KEY = "key-of-the-tests"
TOKEN = "TOKEN_OF_THE_CHANNEL"
CONTENT_TYPES = {
    ".json": "application/json",
    ".form": "application/x-www-form-urlencoded",
    ".multipart": "multipart/form-data; boundary=whatever",
    ".txt": "text/plain; charset=UTF-8",
}
NO_TYPE = ""


class Inbox:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send_all(self, messages: Sequence[Message]) -> None:
        """Keep them."""
        self.messages += messages


def send(path: Path, inbox: Inbox, *, content_type: str, keys: Sequence[str], packed: bool) -> HttpReply:
    headers = {"Content-Type": content_type} if content_type else {}
    body = path.read_bytes()
    if outcome(path)[1] != "notification":
        headers["X-Leadmatch-Key"] = KEY
    return receive(
        {
            "headers": headers,
            "body": base64.b64encode(body).decode() if packed else body.decode(),
            "isBase64Encoded": packed,
        },
        keys=lambda: keys,
        inbox=inbox,
        now=lambda: datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
        new_event_id=iter(f"event-{number}" for number in range(1000)).__next__,
    )


def outcome(path: Path) -> tuple[int, str, list[str]]:
    status, word, ids, _ = path.stem.split("-", 3)
    return int(status), word, [] if ids == "none" else ids.split("+")


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "base64"])
@pytest.mark.parametrize("content_type", ["own", NO_TYPE, *CONTENT_TYPES.values()])
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_a_recorded_body_has_the_outcome_in_its_name(path: Path, content_type: str, packed: bool) -> None:  # noqa: FBT001
    """The body decides, whatever its Content-Type says and whether API Gateway packed it."""
    status, word, lead_ids = outcome(path)
    inbox = Inbox()
    own_type = CONTENT_TYPES[path.suffix] if content_type == "own" else content_type
    reply = send(path, inbox, content_type=own_type, keys=[KEY, TOKEN], packed=packed)
    assert reply.status == status
    assert [message.group for message in inbox.messages] == lead_ids
    if status == 202:
        assert [taken["lead_id"] for taken in reply.about["leads"]] == lead_ids
        assert {json.loads(message.body)["trigger"] for message in inbox.messages} == {word}
    else:
        assert reply.body["error"]["reason"] == reply.reason == word


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_a_recorded_body_without_a_live_key_is_refused(path: Path) -> None:
    """Whatever the body, a retired key is told 401 and nothing else."""
    inbox = Inbox()
    reply = send(path, inbox, content_type=CONTENT_TYPES[path.suffix], keys=["another-key"], packed=False)
    assert (reply.status, reply.reason, inbox.messages) == (401, "no_live_key", [])


def test_every_outcome_is_recorded() -> None:
    """The folder holds all forms, both triggers, and refusals."""
    assert {path.suffix for path in RECORDED} == set(CONTENT_TYPES)
    assert {"webhook", "notification", "unresolved_merge_field", "unknown_shape"} <= {outcome(p)[1] for p in RECORDED}
