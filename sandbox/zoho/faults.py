"""What the stand-in can be told to say instead of what it would compute, a broken connection included, and the record of its calls.

Every error that Zoho documents for these calls is ready for `ZohoStandIn.on`. In the details, `resource_path_index` counts the path's
segments after the version: 0 is the module, 1 the record. The token endpoint says most of its errors with status 200.
"""

from __future__ import annotations

import enum
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CallName = Literal["options", "lead", "leads", "token", "org", "convert", "users", "user", "layouts", "pipelines"]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: a dict is sent as JSON, a string as HTML, None as an empty body.

    As a fault, `effect` says whether the call is carried out before this goes out.
    """

    status: int
    body: Mapping[str, object] | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0
    effect: bool = False


class Fault(enum.Enum):
    """A failure of the network: the caller gets no whole answer."""

    RESET = "the connection is reset before an answer, and before the call took effect"
    RESET_AFTER_EFFECT = "the call takes effect, and the connection is reset before an answer"
    HALF_ANSWER = "the computed answer stops halfway through its body"
    DRIP = "the computed answer comes byte by byte, each in time for itself and the whole of it never"
    SCHEDULED = "a lead is to be converted later: 202 with a job, which `ZohoStandIn.run_jobs` does, or nobody ever"


@dataclass(frozen=True, slots=True)
class Slow:
    """The computed answer, held back for so long; the call takes effect at once."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Something that happens in Zoho just before the call, as when a colleague is faster; then the answer is computed."""

    happens: Callable[[], object]


Said = Answer | Fault | Slow | Meanwhile
"""What a call can be told to meet."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that the stand-in has answered; `status` is None where the connection was reset instead.

    `body` is what a POST to the CRM brought, and `version` the API's in its path.
    """

    name: CallName
    lead_id: str | None
    status: int | None
    at: float
    version: str = ""
    body: object = None


class Script:
    """Canned answers per call and lead: those for one lead come before those for all, and each kind in the order given."""

    def __init__(self) -> None:
        self._lines: dict[tuple[CallName, str | None], list[_CannedAnswer]] = {}
        self._lock = threading.Lock()

    def add(self, call: CallName, answer: Said, *, lead_id: str | None, times: int | None) -> None:
        """Queue an answer; it replaces one that would have been given for ever, since nothing can come after that."""
        with self._lock:
            lines = self._lines.setdefault((call, lead_id), [])
            if lines and lines[-1].times is None:
                lines.pop()
            lines.append(_CannedAnswer(answer, times))

    def next(self, call: CallName, lead_id: str | None) -> Said | None:
        """Take the answer to this call, or None when it is to be computed."""
        with self._lock:
            lines = self._lines.get((call, lead_id)) or self._lines.get((call, None))
            return _take(lines) if lines else None

    def remove(self, call: CallName, lead_id: str | None) -> None:
        """Forget the canned answers to this call, about this lead or, with None, those for all."""
        with self._lock:
            self._lines.pop((call, lead_id), None)

    def clear(self) -> None:
        """Forget every canned answer."""
        with self._lock:
            self._lines.clear()


@dataclass(slots=True)
class _CannedAnswer:
    answer: Said
    times: int | None  # left to say; None is for ever


def _take(lines: list[_CannedAnswer]) -> Said:
    line = lines[0]
    if line.times is not None:
        line.times -= 1
        if line.times <= 0:
            lines.pop(0)
    return line.answer


def error(status: int, code: str, message: str, **details: object) -> Answer:
    """Return an error in the envelope that all of the CRM's errors share."""
    return Answer(status, {"code": code, "details": details, "message": message, "status": "error"})


def scheduled(job_id: str) -> Answer:
    """Return what Convert Lead says where it will convert later; no page names a way to ask for the job."""
    done = {"code": "SCHEDULED", "details": {"job_id": job_id}, "message": "Convert lead scheduled successfully"}
    return Answer(202, {"data": [{**done, "status": "success"}]})


NO_CONTENT = Answer(204)
INVALID_DATA = error(400, "INVALID_DATA", "the given id seems to be invalid", resource_path_index=1)
NOT_APPROVED = error(400, "NOT_APPROVED", "record not approved", resource_path_index=1)
RECORD_LOCKED = error(400, "RECORD_LOCKED", "record under merge is locked", resource_path_index=1)
ID_ALREADY_CONVERTED = error(400, "ID_ALREADY_CONVERTED", "id already converted", resource_path_index=1)
CONVERT_RECORD_LOCKED = error(
    400, "RECORD_LOCKED", "You cannot perform this operation as the record is locked.", resource_path_index=1
)
CONVERT_NOT_APPROVED = error(
    400, "NOT_APPROVED", "cannot convert record that is not approved yet", resource_path_index=1
)
NOT_REVIEWED = error(400, "NOT_REVIEWED", "record not reviewed", resource_path_index=1)
CANNOT_PERFORM_ACTION = error(400, "CANNOT_PERFORM_ACTION", "cannot perform action", resource_path_index=1)
NOT_ALLOWED = error(400, "NOT_ALLOWED", "not allowed", resource_path_index=1)
LIMIT_EXCEEDED = error(400, "LIMIT_EXCEEDED", "limit exceeded", resource_path_index=1)
INVALID_MODULE = error(400, "INVALID_MODULE", "the module name given seems to be invalid", resource_path_index=0)
REQUIRED_PARAM_MISSING = error(400, "REQUIRED_PARAM_MISSING", "required param is missing", param_name="fields")
TOO_MANY_FIELDS = error(400, "LIMIT_EXCEEDED", "limit exceeded", limit=50, param_name="fields")


def refused_item(status: int, code: str, message: str, **details: object) -> Answer:
    """Return the refusal of what a body holds, as it stands in `data`; Convert Lead says it with 400, and with 202."""
    return Answer(status, {"data": [{"code": code, "details": details, "message": message, "status": "error"}]})


DUPLICATE_DATA = refused_item(400, "DUPLICATE_DATA", "duplicate data", api_name="Email", json_path="$.data[0].Email")
VALIDATION_ERRORS = refused_item(
    202, "MANDATORY_NOT_FOUND", "required field not found", api_name="Industry", json_path="$.data[0].Industry"
)
NON_SUBORDINATE = refused_item(
    400, "INVALID_DATA", "Non Subordinate User Found", api_name="Owner", json_path="$.data[0].Owner"
)

INVALID_TOKEN = error(401, "INVALID_TOKEN", "invalid oauth token")
AUTHENTICATION_FAILURE = error(401, "AUTHENTICATION_FAILURE", "Authentication failed")
OAUTH_SCOPE_MISMATCH = error(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL")
AUTHORIZATION_FAILED = error(400, "AUTHORIZATION_FAILED", "User does not have sufficient privilege")
NO_PERMISSION = error(403, "NO_PERMISSION", "permission denied", permissions=["Crm_Implied_View_Leads"])

INVALID_HOST = error(400, "INVALID_HOST", "The host is not valid")
INVALID_REQUEST_METHOD = error(400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one")
INVALID_URL_PATTERN = error(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one")
INTERNAL_ERROR = error(500, "INTERNAL_ERROR", "Internal Server Error")
INTERNAL_SERVER_ERROR = error(500, "INTERNAL_SERVER_ERROR", "Internal Server Error")
BAD_GATEWAY = Answer(502, "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>")
SERVICE_UNAVAILABLE = error(503, "SERVICE_UNAVAILABLE", "Service unavailable")

INVALID_CLIENT = Answer(200, {"error": "invalid_client"})
INVALID_CLIENT_SECRET = Answer(200, {"error": "invalid_client_secret"})
INVALID_CODE = Answer(200, {"error": "invalid_code"})


def too_many_requests(*, retry_after_seconds: int | None = None) -> Answer:
    """Return the 429, which does not tell the day's limit from the concurrency limit; Zoho documents no Retry-After."""
    headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}
    plain = error(429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later.")
    return Answer(plain.status, plain.body, headers)


def access_denied(status: int = 400, *, word: str = "Access Denied") -> Answer:
    """Return the token endpoint's throttle: reports disagree on its status, and the word follows the data centre's language."""
    said = "You have made too many requests continuously. Please try again after some time."
    return Answer(status, {"error_description": said, "error": word, "status": "failure"})


TOO_MANY_REQUESTS = too_many_requests()
ACCESS_DENIED = access_denied()
