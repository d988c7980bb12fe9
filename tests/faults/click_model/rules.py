"""What may happen next: each call of a worker with each of its fates, what SQS gives out, the sweep, time, and somebody in Zoho."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.click_model.state import Letter, State, Worker, read_back
from tests.faults.click_model.table import CONVERSION_KEY, Write, both, decision, value
from tests.faults.click_model.tape import Ask, Break, End, Job, next_of

Step = tuple[str, State]
COLLEAGUE = "a colleague"
OWNERS = ("w1", "w2", "w3", "w4")
LAST_CLOCK = 2


@dataclass(frozen=True, slots=True)
class World:
    """How writes come out, and the product that is looked at."""

    write: Write
    design: Break

    def steps(self, state: State) -> Iterator[Step]:
        """Yield every step that the world may take next.

        A message that is sent changes nothing for the other worker, so that no other step has to come before it.
        """
        asks = [next_of(worker.job, worker.answers, self.design) for worker in state.workers]
        for number, ask in enumerate(asks):
            if isinstance(ask, Ask) and ask.name == "send":
                yield from self._turn(state, number, ask)
                return
        for number, ask in enumerate(asks):
            yield from self._turn(state, number, ask)
        yield from _calls_begun(state, asks)
        yield from _given_out(state)
        yield from _swept(state)
        yield from _time(state)

    def _turn(self, state: State, number: int, ask: Ask | End) -> Iterator[Step]:
        worker, job = state.workers[number], state.workers[number].job
        who = f"{job.owner or job.task}"
        if isinstance(ask, End):
            yield f"{who} {'returns' if ask.returns else 'gives up'}", _ended(state, number, ask)
            return
        if state.ends:
            yield f"{who} dies before {ask.name}", _gone(state, number, ends=state.ends - 1)
        for word, after, answer in self._answered(state, number, ask):
            done = after.workers[number]._replace(answers=(*worker.answers, answer), calls=False)
            yield f"{who} {ask.name}{word}", _put(after, number, done)

    def _answered(self, state: State, number: int, ask: Ask) -> Iterator[tuple[str, State, str]]:
        match ask.name:
            case "read":
                yield "s", state, both(state.lead, state.conversion)
            case "due":
                is_due = value(state.conversion, "state") == "CALLED"
                yield "", state, json.dumps([json.loads(state.conversion)] if is_due else [])
            case "write":
                yield from self._written(state, ask.argument)
            case "send":
                yield f" {ask.argument[:12]}", _sent(state, ask.argument), ""
            case "convert":
                yield from _called(state, number, ask.argument)
            case _:
                yield from _asked(state)

    def _written(self, state: State, request: str) -> Iterator[tuple[str, State, str]]:
        which = "conversion" if CONVERSION_KEY in request else "lead"
        written = self.write(getattr(state, which), request)
        after = state._replace(**{which: written.item})
        if which == "lead" and written.is_written:
            after = after._replace(is_shown=False)
        answer = json.dumps({"written": written.is_written, "item": json.loads(written.item or "{}")})
        word = (
            f" {which} {value(written.item, 'state') if which == 'conversion' else (decision(written.item) or 'open')}"
        )
        yield word if written.is_written else f"{word} refused", after, answer
        if written.is_written and state.unclear:  # the answer is lost, and the client writes once more
            again = self.write(written.item, request)
            twice = json.dumps({"written": again.is_written, "item": json.loads(again.item)})
            yield f"{word} twice", after._replace(**{which: again.item, "unclear": state.unclear - 1}), twice


def _called(state: State, number: int, click: str) -> Iterator[tuple[str, State, str]]:
    """Call Convert Lead: it is under way for a while, in which others have their turn."""
    worker = state.workers[number]
    if not worker.calls:
        return
    if COLLEAGUE in state.converted:
        yield " is refused: it is converted", state, "converted"
        return
    made = state._replace(converted=(*state.converted, click))
    yield " answers", made, click
    if state.refusals and not state.converted:
        yield " is refused", state._replace(refusals=state.refusals - 1), "refused"
    if state.unclear:
        less = state.unclear - 1
        yield " loses its answer", made._replace(unclear=less), "lost"
        yield " gets lost", state._replace(unclear=less), "lost"
        yield " is given up", state._replace(unclear=less, in_flight=(*state.in_flight, click)), "lost"


def _calls_begun(state: State, asks: Sequence[Ask | End]) -> Iterator[Step]:
    """Let a worker begin its call; another one that is under way then overlaps with it."""
    for number, (worker, ask) in enumerate(zip(state.workers, asks, strict=True)):
        if isinstance(ask, Ask) and ask.name == "convert" and not worker.calls:
            is_busy = bool(state.in_flight) or any(other.calls for other in state.workers)
            calls, overlaps = tuple(sorted((*state.calls, ask.argument))), state.overlaps or is_busy
            begun = state._replace(calls=calls, overlaps=overlaps, is_late=False)
            yield f"{worker.job.owner} calls Zoho", _put(begun, number, worker._replace(calls=True))


def _asked(state: State) -> Iterator[tuple[str, State, str]]:
    """Ask Zoho how the lead is."""
    yield f": {state.converted[-1:] or 'open'}", state, state.converted[-1] if state.converted else ""
    if state.refusals:
        yield " fails", state._replace(refusals=state.refusals - 1), "fails"


def _sent(state: State, argument: str) -> State:
    queue, _, body = argument.partition(" ")
    said: dict[str, Any] = json.loads(body)
    if queue == "slack" and said.get("kind") == "person":
        word = f"{said['notice_id'].partition('/')[0]} {_sentence(said['notice_id'].partition('/')[2], said['text'])}"
        return state if word in state.told else state._replace(told=(*state.told, word))
    if queue == "slack":
        return state._replace(is_shown=True)
    if queue == "matches":
        return state._replace(events=tuple(sorted({*state.events, said["id"]})))
    if queue != "convert":
        return state
    letter = read_back(body)
    if letter.message_id not in [one.message_id for one in state.queue]:
        return state._replace(queue=(*state.queue, letter))
    return state


def _sentence(about: str, text: str) -> str:
    """Return what a person was told, as a word."""
    if about == "converted":
        return "converted" if ": Converted into" in text else "converted by others"
    return "converted by others" if about == "too_late" and "converted this lead already" in text else about


def _given_out(state: State) -> Iterator[Step]:
    """Give out the first message; once more while a worker has it, as when its visibility time-out ran out."""
    if not state.queue or len(state.workers) > 1 or (state.waits and not state.is_late):
        return
    first = state.queue[0]
    has_it = [worker for worker in state.workers if worker.job.message_id == first.message_id]
    if not has_it:
        yield from _begun(state, first)
        if state.deaths:
            yield (
                "SQS gives it up",
                state._replace(queue=state.queue[1:], dead=(*state.dead, first), deaths=state.deaths - 1, waits=False),
            )
    elif state.repeats and not any(worker.stale for worker in has_it):
        stale = tuple(w._replace(stale=True) if w in has_it else w for w in state.workers)
        yield from _begun(state._replace(workers=stale, repeats=state.repeats - 1), first)
    if state.repeats and state.waits:
        yield from _begun(state._replace(waits=False, repeats=state.repeats - 1), first)


def _begun(state: State, letter: Letter) -> Iterator[Step]:
    owner = next(name for name in OWNERS if name not in state.conversion and name not in repr(state.workers))
    for clock in range(LAST_CLOCK + 1):
        job = Job("convert", letter.body, letter.message_id, clock, owner)
        after = state._replace(workers=(*state.workers, Worker(job)), waits=False)
        if _is_right(state, clock):
            yield f"{owner} takes {letter.message_id} at {clock}", after
        elif state.wrong_clocks:
            yield (
                f"{owner} takes {letter.message_id} with a wrong clock {clock}",
                after._replace(wrong_clocks=state.wrong_clocks - 1),
            )


def _is_right(state: State, clock: int) -> bool:
    """Return whether a right clock may show this: a lease outlives its worker, and time has passed when the last read is due."""
    return clock == LAST_CLOCK if state.is_late else clock == 0 or (clock == 1 and not state.workers)


def _swept(state: State) -> Iterator[Step]:
    if state.workers:
        return
    if state.dead:
        letter = state.dead[0]
        yield "the sweep takes a dead letter", _with_sweep(state, Job("sweep a dead letter", *letter))
    elif not state.queue and value(state.conversion, "state") == "CALLED":
        yield "the sweep looks", _with_sweep(state, Job("sweep the due"))


def _with_sweep(state: State, job: Job) -> State:
    return state._replace(workers=(*state.workers, Worker(job)))


def _time(state: State) -> Iterator[Step]:
    """Let calls in flight arrive or get lost, the last read be due, and somebody convert the lead in Zoho."""
    for number, click in enumerate(state.in_flight):
        left = (*state.in_flight[:number], *state.in_flight[number + 1 :])
        if COLLEAGUE not in state.converted:
            yield f"{click}'s call arrives", state._replace(in_flight=left, converted=(*state.converted, click))
        yield f"{click}'s call is lost", state._replace(in_flight=left)
    is_called = value(state.conversion, "state") == "CALLED"
    if (is_called or state.waits) and not (state.is_late or state.in_flight or state.workers):
        yield "time passes", state._replace(is_late=True)
    if state.colleagues and not state.converted:
        yield "somebody converts it in Zoho", state._replace(converted=(COLLEAGUE,), colleagues=0)


def _ended(state: State, number: int, end: End) -> State:
    worker = state.workers[number]
    after = _gone(state, number)
    if worker.job.task == "sweep a dead letter" and end.returns:
        return after._replace(dead=state.dead[1:])
    if worker.stale or worker.job.task != "convert":
        return after
    if not end.returns:
        return after._replace(waits=end.waits_long and not state.is_late)
    return after._replace(queue=tuple(one for one in state.queue if one.message_id != worker.job.message_id))


def _gone(state: State, number: int, **changes: object) -> State:
    """Return the state without a worker; its call, if it was under way, is in flight."""
    worker = state.workers[number]
    left = state._replace(workers=(*state.workers[:number], *state.workers[number + 1 :]), **changes)
    click = json.loads(worker.job.body)["click_id"] if worker.job.body else ""
    return left._replace(in_flight=(*state.in_flight, click)) if worker.calls else left


def _put(state: State, number: int, worker: Worker) -> State:
    return state._replace(workers=(*state.workers[:number], worker, *state.workers[number + 1 :]))
