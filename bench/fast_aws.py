"""SQS and DynamoDB in memory, each call in a time that does not grow with what is stored, for backlogs of thousands.

moto, the sandbox's AWS, looks at every message of a queue at each call and parses each expression anew: ten thousand leads
would take it hours. What is here: the calls that leadmatch makes for a lead, a FIFO queue's groups and deduplication, conditional
writes. What is not: visibility time-outs that end, dead letters, indexes; moto answers everything else, stacks and secrets.
"""

from __future__ import annotations

import heapq
import itertools
import json
import math
import re
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sandbox.aws import DYNAMODB, SQS, EmbeddedAws
from sandbox.aws_limits import read_body

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

Item = dict[str, Any]
"""Attributes in DynamoDB's form: `{"S": "…"}`."""
Test = Callable[[Item, "Context"], bool]
Operand = Callable[[Item, "Context"], Any]
Change = Callable[[Item, Item, "Context"], None]
"""What an update does to the second item, by what stands in the first."""
TOKEN = re.compile(r"[#:]?\w+|<>|<=|>=|[=<>(),+]")
SECTIONS = ("SET", "REMOVE", "ADD")
WRITE_BYTES, READ_BYTES = 1024, 4096
"""What a unit writes, and reads consistently. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html"""


class Context:
    """What an expression's aliases stand for."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._names = body.get("ExpressionAttributeNames", {})
        self._values = body.get("ExpressionAttributeValues", {})

    def name(self, token: str) -> str:
        """Return an attribute's name."""
        return str(self._names[token]) if token.startswith("#") else token

    def value(self, token: str, item: Item) -> Any:
        """Return a value as it was given, or as an attribute has it; None where it has none."""
        return self._values[token] if token.startswith(":") else item.get(self.name(token))


class _Parser:
    """Reads the expressions that leadmatch writes, and fails at others."""

    def __init__(self, text: str) -> None:
        self._tokens = deque(TOKEN.findall(text))

    def condition(self) -> Test:
        """Return the test that a condition makes."""
        tests = [self._both()]
        while self._takes("OR"):
            tests.append(self._both())
        return lambda item, context: any(test(item, context) for test in tests)

    def changes(self) -> list[Change]:
        """Return what an update does."""
        found = []
        while self._tokens:
            section = self._tokens.popleft()
            read = {"SET": self._set, "REMOVE": self._remove, "ADD": self._add}[section]
            found.append(read())
            while self._takes(","):
                found.append(read())
        return found

    def _both(self) -> Test:
        tests = [self._one()]
        while self._takes("AND"):
            tests.append(self._one())
        return lambda item, context: all(test(item, context) for test in tests)

    def _one(self) -> Test:
        if self._takes("NOT"):
            negated = self._one()
            return lambda item, context: not negated(item, context)
        if self._takes("("):
            inner = self.condition()
            self._expect(")")
            return inner
        first = self._tokens.popleft()
        if self._takes("("):
            return self._function(first)
        compare, second = COMPARISONS[self._tokens.popleft()], self._tokens.popleft()
        return lambda item, context: compare(context.value(first, item), context.value(second, item))

    def _function(self, name: str) -> Test:
        subject = self._tokens.popleft()
        other = self._tokens.popleft() if self._takes(",") else ""
        self._expect(")")
        if name == "contains":
            return lambda item, context: _contains(context.value(subject, item), context.value(other, item))
        wanted = {"attribute_exists": True, "attribute_not_exists": False}[name]
        return lambda item, context: (context.value(subject, item) is not None) is wanted

    def _set(self) -> Change:
        name, _, value = self._tokens.popleft(), self._expect("="), self._operand()
        return lambda old, new, context: new.__setitem__(context.name(name), value(old, context))

    def _operand(self) -> Operand:
        token = self._tokens.popleft()
        if not self._takes("("):
            return lambda item, context: context.value(token, item)
        combined = FUNCTIONS[token]
        first, _, second = self._operand(), self._expect(","), self._operand()
        self._expect(")")
        return lambda item, context: combined(first(item, context), second(item, context))

    def _remove(self) -> Change:
        name = self._tokens.popleft()
        return lambda _, new, context: new.pop(context.name(name), None)

    def _add(self) -> Change:
        name, value = self._tokens.popleft(), self._tokens.popleft()

        def add(old: Item, new: Item, context: Context) -> None:
            before = old.get(context.name(name), {"N": "0"})
            new[context.name(name)] = {"N": str(int(before["N"]) + int(context.value(value, old)["N"]))}

        return add

    def _takes(self, token: str) -> bool:
        if self._tokens and self._tokens[0] == token:
            self._tokens.popleft()
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._takes(token):
            raise ValueError(f"{token} was expected before {list(self._tokens)}")


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return a comparison of two values of one kind; DynamoDB calls others unequal, and no order holds between them."""

    def of_one_kind(first: Any, second: Any) -> bool:
        if first is None or second is None or first.keys() != second.keys():
            return False
        ((kind, one),), ((_, other),) = first.items(), second.items()
        return compare(float(one), float(other)) if kind == "N" else compare(one, other)

    return of_one_kind


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda first, second: first is not None and first == second,
    "<>": lambda first, second: first is None or first != second,
    "<": _ordered(lambda one, other: bool(one < other)),
    ">": _ordered(lambda one, other: bool(one > other)),
    "<=": _ordered(lambda one, other: bool(one <= other)),
    ">=": _ordered(lambda one, other: bool(one >= other)),
}


FUNCTIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "if_not_exists": lambda there, default: default if there is None else there,
    "list_append": lambda first, second: {"L": [*first["L"], *second["L"]]},
}


def _contains(holder: Any, value: Any) -> bool:
    if holder is None:
        return False
    return value in holder["L"] if "L" in holder else value.get("S", "\0") in holder.get("S", "")


@cache
def parse_condition(text: str) -> Test:
    """Return a condition's test; the same few texts come again and again."""
    return _Parser(text).condition()


@cache
def parse_update(text: str) -> list[Change]:
    """Return what an update does."""
    return _Parser(text).changes()


class FastTable:
    """Items by their key, conditional writes, and the units that AWS would bill for them."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.units: Counter[str] = Counter()

    def update(self, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Write an item if the condition holds; a write that is refused costs as much."""
        key = body["Key"]["pk"]["S"]
        old, context = self.items.get(key, {}), Context(body)
        if "ConditionExpression" in body and not parse_condition(body["ConditionExpression"])(old, context):
            self._count_write(old)
            return 400, _refused(old)
        new = dict(old) | body["Key"]
        for change in parse_update(body["UpdateExpression"]):
            change(old, new, context)
        self.items[key] = new
        self._count_write(old, new)
        return 200, {"Attributes": new} if body.get("ReturnValues") == "ALL_NEW" else {}

    def get(self, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return an item."""
        found = self._read(body["Key"])
        return 200, {"Item": found} if found else {}

    def get_all(self, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return several items of the one table."""
        ((name, asked),) = body["RequestItems"].items()
        found = [item for key in asked["Keys"] if (item := self._read(key))]
        return 200, {"Responses": {name: found}, "UnprocessedKeys": {}}

    def _read(self, key: Mapping[str, Any]) -> Item:
        item = self.items.get(key["pk"]["S"], {})
        self.units["read_units"] += max(1, math.ceil(size_of(item) / READ_BYTES))
        return item

    def _count_write(self, *items: Item) -> None:
        self.units["write_units"] += max(1, math.ceil(max(map(size_of, items)) / WRITE_BYTES))


def _refused(old: Item) -> dict[str, Any]:
    kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    return {"__type": kind, "message": "The conditional request failed"} | ({"Item": old} if old else {})


def size_of(item: Item) -> int:
    """Return an item's bytes as DynamoDB counts them: names and values.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content) // 2 + 2
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value_size(one) for name, one in content.items())
    return 3 + sum(1 + _value_size(one) for one in content) if kind == "L" else 1


class FastQueue:
    """A FIFO queue: of each group one message at a time, a message once by its deduplication id."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._groups: dict[str, deque[dict[str, Any]]] = defaultdict(deque)
        self._ready: deque[str] = deque()
        self._later: list[tuple[float, str]] = []
        self._taken: dict[str, tuple[str, float]] = {}
        self._known: set[tuple[str, str]] = set()
        self._numbers = itertools.count()
        self.left = 0

    def send(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Take a message."""
        group, key = entry["MessageGroupId"], (entry["MessageGroupId"], entry["MessageDeduplicationId"])
        message_id = f"m-{next(self._numbers)}"
        with self._changed:
            if key in self._known:
                return {"MessageId": message_id}
            self._known.add(key)
            attributes = {
                "MessageGroupId": group,
                "MessageDeduplicationId": key[1],
                "SentTimestamp": _milliseconds(),
                "ApproximateReceiveCount": "0",
            }
            message = {"MessageId": message_id, "Body": entry["MessageBody"], "Attributes": attributes, "MD5OfBody": ""}
            self._groups[group].append(message)
            self.left += 1
            if len(self._groups[group]) == 1:
                self._ready.append(group)
                self._changed.notify()
        return {"MessageId": message_id}

    def take(self, seconds: float) -> dict[str, Any] | None:
        """Return a message that can be worked on, or None when none came within so many seconds."""
        until = time.monotonic() + seconds
        with self._changed:
            while not self._ready:
                now = time.monotonic()
                while self._later and self._later[0][0] <= now:
                    self._ready.append(heapq.heappop(self._later)[1])
                if not self._ready and now >= until:
                    return None
                if not self._ready:
                    self._changed.wait(max(0.0, min(until, self._later[0][0] if self._later else until) - now))
            group = self._ready.popleft()
            message = self._groups[group][0]
            attributes = message["Attributes"]
            attributes["ApproximateReceiveCount"] = str(int(attributes["ApproximateReceiveCount"]) + 1)
            attributes.setdefault("ApproximateFirstReceiveTimestamp", _milliseconds())
            handle = f"{message['MessageId']}/{attributes['ApproximateReceiveCount']}"
            self._taken[handle] = (group, 0.0)
            return message | {"ReceiptHandle": handle}

    def delay(self, handle: str, seconds: float) -> None:
        """Show a message that is given back only then."""
        with self._changed:
            self._taken[handle] = (self._taken[handle][0], time.monotonic() + seconds)

    def delete(self, handle: str) -> None:
        """Forget a message and let the next of its group come."""
        with self._changed:
            group, _ = self._taken.pop(handle)
            self._groups[group].popleft()
            self.left -= 1
            if self._groups[group]:
                self._ready.append(group)
            else:
                del self._groups[group]
            self._changed.notify()

    def give_back(self, handle: str) -> None:
        """Show a message again, at once or when it was put off to."""
        with self._changed:
            group, moment = self._taken.pop(handle)
            heapq.heappush(self._later, (moment, group))
            self._changed.notify()

    def bodies(self) -> list[str]:
        """Return every message's body that is left."""
        with self._changed:
            return [message["Body"] for group in self._groups.values() for message in group]


def _milliseconds() -> str:
    return str(round(time.time() * 1000))


class FastAws(EmbeddedAws):
    """The sandbox's AWS account with faster queues and another table; queues by their URLs."""

    def __init__(self) -> None:
        self.queues: dict[str, FastQueue] = defaultdict(FastQueue)
        self.table_of_leads = FastTable()
        table = self.table_of_leads
        self._actions: Mapping[str, Callable[[Mapping[str, Any]], tuple[int, dict[str, Any]]]] = {
            f"{SQS}.SendMessage": lambda body: (200, self.queues[body["QueueUrl"]].send(body)),
            f"{SQS}.SendMessageBatch": self._send_batch,
            f"{SQS}.ChangeMessageVisibility": self._delay,
            f"{DYNAMODB}.UpdateItem": table.update,
            f"{DYNAMODB}.GetItem": table.get,
            f"{DYNAMODB}.BatchGetItem": table.get_all,
        }
        super().__init__()

    def services(self) -> WSGIApplication:
        """Return what answers: this, and for everything else moto."""
        moto = super().services()

        def answering(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            act = self._actions.get(environ.get("HTTP_X_AMZ_TARGET", ""))
            if act is None:
                return moto(environ, start_response)
            status, content = act(read_body(environ))
            body = json.dumps(content).encode()
            headers = [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(body)))]
            start_response("200 OK" if status == 200 else "400 Bad Request", headers)  # noqa: PLR2004 - HTTP's
            return [body]

        return answering

    def _send_batch(self, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        queue = self.queues[body["QueueUrl"]]
        return 200, {"Successful": [{"Id": entry["Id"]} | queue.send(entry) for entry in body["Entries"]], "Failed": []}

    def _delay(self, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        self.queues[body["QueueUrl"]].delay(body["ReceiptHandle"], body["VisibilityTimeout"])
        return 200, {}
