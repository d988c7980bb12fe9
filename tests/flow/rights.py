"""What a role allows and what a call needs, in the same words, and where in the code a call comes from."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import chalicelib
from chalicelib.aws.client import Answer, Http
from sandbox.aws import AwsCall, read_call

HOUSE = Path(chalicelib.__file__).parent
QUEUE, TABLE, SECRET = (
    "arn:aws:sqs:us-east-1:123456789012:",
    "arn:aws:dynamodb:us-east-1:123456789012:table/",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:",
)


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One action on one ARN and, in the table, on items with these keys; in a role, ARN and keys may be patterns."""

    action: str
    resource: str
    keys: tuple[str, ...] = ()

    def covers(self, call: Right) -> bool:
        """Return whether a call is allowed by it, as IAM compares: by one statement alone, each of its keys, and at least one."""
        is_meant = self.action == call.action and fnmatchcase(call.resource, self.resource)
        return is_meant and (not self.keys or (bool(call.keys) and all(map(self.has_key, call.keys))))

    def has_key(self, key: str) -> bool:
        """Return whether items of this key are meant."""
        return any(fnmatchcase(key, pattern) for pattern in self.keys)

    def unused_keys(self, made: Iterable[Right]) -> set[str]:
        """Return the patterns that no key of a call matches."""
        used = {key for call in made if self.covers(call) for key in call.keys}
        return {pattern for pattern in self.keys if not any(fnmatchcase(key, pattern) for key in used)}


def rights_of(role: Mapping[str, Any]) -> set[Right]:
    """Return what a role allows, its log left out: Lambda writes that."""
    statements = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return {
        Right(action, resource, leading_keys(statement))
        for statement in statements
        for resource in ([statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"])
        for action in statement["Action"]
        if not action.startswith("logs:")
    }


def leading_keys(statement: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys to which a statement is limited; fail on a limit that a call without a key would pass, or that is none of ours."""
    condition = statement.get("Condition")
    if condition is None:
        return ()
    assert condition.keys() == {"ForAllValues:StringLike", "Null"}
    assert condition["Null"] == {"dynamodb:LeadingKeys": "false"}
    return tuple(condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def right_for(call: AwsCall) -> Right:
    """Return the right that a call needs. The end of a secret's ARN is made by chance when it is created."""
    prefix, suffix = {"sqs": (QUEUE, ""), "dynamodb": (TABLE, ""), "secretsmanager": (SECRET, "-AbCdEf")}[
        call.action.partition(":")[0]
    ]
    return Right(call.action, f"{prefix}{call.resource}{suffix}", call.keys)


class Callers:
    """Remembers which function of the house made a call, on its way out of the clients.

    `counted` are the calls that AWS counts: when a test empties them, what came before was its own preparation.
    """

    def __init__(self, counted: Sequence[AwsCall]) -> None:
        self._counted = counted
        self._seen: defaultdict[Right, set[str]] = defaultdict(set)

    @contextmanager
    def of(self, *watched: Any) -> Iterator[None]:
        """Watch some clients for as long as the block lasts."""
        product = [client.http for client in watched]
        for client in watched:
            client.http = _Watched(client.http, self._note)
        yield
        for client, http in zip(watched, product, strict=True):
            client.http = http

    def using(self, right: Right) -> str:
        """Name the functions whose calls needed the right."""
        return ", ".join(sorted({name for call, names in self._seen.items() if right.covers(call) for name in names}))

    def _note(self, target: str, body: bytes) -> None:
        if not self._counted:
            self._seen.clear()
        self._seen[right_for(read_call(target, json.loads(body)))].add(_caller())


@dataclass(frozen=True, slots=True)
class _Watched:
    """A client's HTTP, with somebody who sees each request."""

    http: Http
    note: Callable[[str, bytes], None]

    def urlopen(self, method: str, url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send it."""
        self.note(headers["X-Amz-Target"], body)
        return self.http.urlopen(method, url, body=body, headers=headers)


def _caller() -> str:
    """Name the innermost function of the house that is not one of its AWS adapters."""
    frame = sys._getframe()  # noqa: SLF001 - Python's way to the stack
    while frame:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(HOUSE) and not path.is_relative_to(HOUSE / "aws"):
            return f"{path.relative_to(HOUSE).with_suffix('')}: {frame.f_code.co_qualname}"
        frame = frame.f_back  # type: ignore[assignment] # None ends the loop
    return "not of the house"


def table(role: str, rights: set[Right], made: Counter[Right], callers: Callers) -> str:
    """Return the role's rights, the calls that used each and where these come from, as a Markdown table."""
    head = ("may", "on", "keys", "calls", "keys of the calls", "called from")
    lines = ["", f"| {role.removesuffix('Role').lower()} {' | '.join(head)} |", "|---" * len(head) + "|"]
    for right in sorted(rights):
        covered = [call for call in made if right.covers(call)]
        keys = sorted(
            {f"{kind}{mark}" for call in covered for kind, mark, _ in (key.partition("#") for key in call.keys)}
        )
        cells = (
            f"`{right.action}`",
            f"`{right.resource.split(':', 5)[5]}`",
            " ".join(right.keys) or "-",
            str(sum(made[call] for call in covered) or "-"),
            " ".join(keys) or "-",
            callers.using(right) or "Lambda's poller",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
