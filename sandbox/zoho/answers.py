"""What the stand-in can say to one call: an answer with a status and a body, or a broken connection."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: a dict is sent as JSON, a string as HTML, None as an empty body."""

    status: int
    body: Mapping[str, object] | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0


class Fault(enum.Enum):
    """A failure of the network: the caller gets no whole answer."""

    RESET = "the connection is reset before an answer"
    HALF_ANSWER = "the computed answer stops halfway through its body"
    DRIP = "the computed answer comes byte by byte, each in time for itself and the whole of it never"


def error(status: int, code: str, message: str, **details: object) -> Answer:
    """Return an error in the envelope that all of the CRM's errors share."""
    return Answer(status, {"code": code, "details": details, "message": message, "status": "error"})


NO_CONTENT = Answer(204)
