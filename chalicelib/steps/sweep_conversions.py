"""The sweep's part in converting: conversions whose end nobody looks for any more, dead letters, and the list of pipelines.

The sweep calls Zoho for nothing but that list: what became of a conversion is found out by convert, which it sends the click again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.aws.conversions import ConversionContext, ConversionItem, End
from chalicelib.aws.pipeline_item import Pipelines
from chalicelib.aws.queues import DeadLetter, Message, Outbox
from chalicelib.conversion import Click, Pipeline, Refusal
from chalicelib.metrics import Metric
from chalicelib.steps.announce import broke_off_alert
from chalicelib.steps.publish_conversion import ConversionPublisher
from chalicelib.steps.results import StepResult
from chalicelib.timing import PIPELINES_NEW, SWEEP_MINUTES

BROKE_OFF = Refusal("zoho", "broke_off")
FAILED = {Metric.FAILURES: 1}


class DueConversions(Protocol):
    """The conversions' items."""

    def due(self) -> Iterator[ConversionItem]: ...
    def postpone(self, item: ConversionItem, *, wait: timedelta) -> None: ...
    def end(self, held: ConversionItem, state: End, *, refusal: Refusal) -> ConversionItem: ...


class PipelineStore(Protocol):
    """The list of pipelines as it was read last."""

    def read(self) -> Pipelines | None: ...
    def write(self, pipelines: Sequence[Pipeline]) -> None: ...


@dataclass(frozen=True, slots=True)
class ConversionSweep:
    """Looks after conversions that convert itself can do nothing more for."""

    conversions: DueConversions
    convert_queue: Outbox
    publisher: ConversionPublisher
    read_context: Callable[[str], ConversionContext]
    now: Callable[[], datetime]

    def queue_due(self) -> None:
        """Have convert read the leads again of which nobody knows whether they were converted, and whose message is gone."""
        for item in self.conversions.due():
            if item.click:
                click = replace(item.click, kind="read_back")
                self.convert_queue.send(Message.of_click(click, again=f"/{self.now():%Y%m%dT%H%M}"))
            self.conversions.postpone(item, wait=timedelta(minutes=SWEEP_MINUTES))

    def dead_letter(self, letter: DeadLetter) -> StepResult:
        """Tell the person and the operator that a click came to nothing; it is never tried again.

        Where Zoho was called, the index goes on looking for what became of it.
        """
        click = Click.from_json(letter.body)
        if click.kind == "dismiss":
            self.publisher.tell_not_dismissed(click)
            return StepResult("dismissal_broke_off", {"lead_id": click.lead_id}, FAILED)
        context = self.read_context(click.lead_id)
        item = context.conversion
        about: dict[str, str | int | float] = {"lead_id": click.lead_id, "click_id": click.click_id[:16]}
        if item and item.is_about(click) and not item.is_under_way:
            self.convert_queue.send(
                Message.of_click(replace(click, kind="read_back"), again=f"/{letter.deduplication_id}")
            )
            return StepResult("conversion_told_again", about)
        is_called = bool(item and item.is_about(click) and item.state == "CALLED")
        self.publisher.alerts.send(
            broke_off_alert(click.lead_id, is_called=is_called), subject=f"conversion-broke-off-{click.click_id[:16]}"
        )
        if item and item.is_about(click) and item.state == "INTENDED":
            self.publisher.tell_end(self.conversions.end(item, "REFUSED", refusal=BROKE_OFF), context)
        elif not is_called:
            self.publisher.tell_broke_off(click, context.lead)
        return StepResult("conversion_broke_off", about, FAILED)


def renew_pipelines(
    store: PipelineStore, *, read: Callable[[], Sequence[Pipeline]], now: Callable[[], datetime]
) -> None:
    """Read the pipelines anew, unless the list is new; raises Zoho's errors, and what was read before stays."""
    known = store.read()
    if known is None or abs(now() - known.read_at) >= PIPELINES_NEW:
        store.write(read())
