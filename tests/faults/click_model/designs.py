"""The product with one of its parts taken away each: what the model does not notice here, it does not prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from chalicelib.aws.conversions import ConversionContext, ConversionItem
from chalicelib.steps.convert import Converter
from tests.faults.click_model.state import Budgets
from tests.faults.click_model.tape import Break, Job, Tape

Request = dict[str, Any]


def _owner_of_the_message(_tape: Tape, job: Job, converter: Converter) -> Converter:
    """Take the message's id for the owner, which two workers at one message share."""
    return replace(converter, new_id=lambda: job.message_id)


def _call_without_condition(tape: Tape, _job: Job, converter: Converter) -> Converter:
    """Write that Zoho is called whatever stands there."""
    tape.rewrite = lambda request: _unconditional(request) if "called_at = :now" in request[UPDATE] else request
    return converter


def _late_decisions(tape: Tape, _job: Job, converter: Converter) -> Converter:
    """Write a decision over any other one."""
    tape.rewrite = lambda request: _unconditional(request) if "decision = :decision" in request[UPDATE] else request
    return converter


UPDATE, CONDITION = "UpdateExpression", "ConditionExpression"


def _unconditional(request: Request) -> Request:
    return {**request, CONDITION: f"attribute_exists(pk) OR ({request[CONDITION]})"}


@dataclass(frozen=True, slots=True)
class _CallsUnwritten(Converter):
    """Calls Zoho first and writes nothing down before."""

    def _carry_out(self, click: Any, context: ConversionContext, held: ConversionItem, delivery: Any) -> Any:
        ready = self._prepared(click, context, delivery)
        if callable(ready):
            called = replace(held, state="CALLED", called_at=self.now())
            outcome = ready()
            return self._told(
                self._settled(self.conversions.call(called, read_at=self.now()), context, outcome), context
            )
        return Converter._carry_out(self, click, context, held, delivery)  # noqa: SLF001 - a part of it is taken away


@dataclass(frozen=True, slots=True)
class _ReadsNothingBack(Converter):
    """Takes a lost answer for a refusal."""

    def _read_back(self, called: ConversionItem, _context: ConversionContext) -> ConversionItem:
        return self.conversions.end(called, "UNKNOWN")


@dataclass(frozen=True, slots=True)
class _CountsReadsAlone(Converter):
    """Ends by the number of reads, however short the time was."""

    def _wait_before_read(self, called: ConversionItem) -> float | None:
        waits = self.timing.read_again_seconds
        return waits[called.reads] if called.reads < len(waits) else None


def _as(kind: type[Converter]) -> Break:
    def design(_tape: Tape, _job: Job, converter: Converter) -> Converter:
        return kind(**{field.name: getattr(converter, field.name) for field in fields(converter)})

    return design


DESIGNS: Mapping[str, tuple[Break, Budgets]] = {
    "an owner for each worker": (_owner_of_the_message, {"repeats": 1}),
    "the condition of CALLED": (_call_without_condition, {"repeats": 1}),
    "CALLED is written before the call": (_as(_CallsUnwritten), {"ends": 1}),
    "a lead is read after a lost answer": (_as(_ReadsNothingBack), {"unclear": 1}),
    "the last read is 15 minutes after the call": (_as(_CountsReadsAlone), {"unclear": 1, "repeats": 1}),
    "a decision is not written over a later one": (_late_decisions, {"repeats": 1, "ends": 1}),
}
"""Each part, the product without it, and what has to go wrong for it to be missed."""
