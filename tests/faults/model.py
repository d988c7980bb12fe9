"""An explicit-state model of check and notify: two workers, crashes, lost answers, repeated deliveries, every interleaving.

One lead with one event. The model is as fine as the code's I/O: each rule stands for one call, and names the function
that makes it. Whatever may happen between two calls is a state in between. `python -m tests.faults.model` tells what
was explored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import click

MOST_POSTS = 4
"""Counted no further: two are one too many."""


class Worker(NamedTuple):
    """A process: the call that it makes next, and what it knows."""

    at: str = "idle"
    holds: bool = False
    """Owner and epoch of the lead's item are this worker's."""
    stale: bool = False
    """Its message was received again, so its receipt handle no longer deletes."""


class State(NamedTuple):
    """Everything that outlives a process, the two workers, and how much may still go wrong."""

    workers: tuple[Worker, ...] = (Worker(), Worker())
    inbox: bool = True
    notice: bool = False
    noticed: bool = False
    """SQS remembers the notice's deduplication id."""
    stored: bool = False
    matches: bool = False
    ledger: str = ""
    leased: bool = False
    posting: bool = False
    shown: bool = False
    in_flight: int = 0
    """Posts whose worker is gone and that Slack has not yet."""
    posts: int = 0
    crashes: int = 2
    unclear: int = 2
    refusals: int = 1
    repeats: int = 2


@dataclass(frozen=True, slots=True)
class Design:
    """What the proof rests on; each can be taken away to see that it is needed."""

    lease_outlives_kill: bool = True
    lease_outlives_call: bool = True
    reads_back: bool = True
    client_repeats: bool = False
    failures_raise: bool = True
    lease_ends: bool = True


Step = tuple[str, State]
Rule = Callable[["Move"], Iterator[Step]]


@dataclass(frozen=True, slots=True)
class Move:
    """One worker's turn in a state."""

    state: State
    number: int
    design: Design

    @property
    def worker(self) -> Worker:
        """The worker whose turn it is."""
        return self.state.workers[self.number]

    def to(self, at: str, **changes: object) -> State:
        """Go on to the next call; `holds` is the worker's, everything else the state's."""
        holds = bool(changes.pop("holds", self.worker.holds))
        return self.put(self.worker._replace(at=at, holds=holds), **changes)

    def end(self, **changes: object) -> State:
        """End without a word to the queue: the message stays and comes again."""
        return self.put(Worker(), **changes)

    def fail(self, **changes: object) -> State:
        """Raise, which ends the worker just so."""
        queue = "inbox" if self.worker.at.startswith("check") else "notice"
        return self.end(**changes, **({} if self.design.failures_raise else {queue: False}))

    def put(self, worker: Worker, **changes: object) -> State:
        """Give the state in which the worker has become this one; which of the two it is makes no difference."""
        others = [w for n, w in enumerate(self.state.workers) if n != self.number]
        return self.state._replace(workers=tuple(sorted([worker, *others])), **changes)

    def write(self, done: str, **changes: object) -> Iterator[Step]:
        """Make a call to AWS: it works (also at the client's second try), or fails with or without effect."""
        yield "", self.to(done, **changes)
        if self.state.unclear:
            unclear = self.state.unclear - 1
            lasting = {name: value for name, value in changes.items() if name != "holds"}
            yield " fails after it took effect", self.fail(unclear=unclear, **lasting)
            yield " fails", self.fail(unclear=unclear)


def receive(move: Move) -> Iterator[Step]:
    """Take a message off a queue; twice at once, if its visibility time-out ran out under a worker."""
    state = move.state
    for queue, first in (("inbox", "check.read"), ("notice", "notify.claim")):
        if not getattr(state, queue):
            continue
        step = first.partition(".")[0]
        busy = [n for n, worker in enumerate(state.workers) if worker.at.startswith(step)]
        if not busy:
            yield f" {queue}", move.put(Worker(first))
        elif state.repeats:
            others = tuple(w._replace(stale=True) if w.at.startswith(step) else w for w in state.workers)
            once_more = Move(state._replace(workers=others, repeats=state.repeats - 1), move.number, move.design)
            yield f" {queue} again", once_more.put(Worker(first))


def read(move: Move) -> Iterator[Step]:
    """Look whether a match stands for the event; then it is only sent."""
    yield from move.write("check.send_match" if move.state.stored else "check.inquire")


def inquire(move: Move) -> Iterator[Step]:
    """Ask Zoho: nothing there changes."""
    yield "", move.to("check.store")
    if move.state.refusals:
        yield " fails", move.fail(refusals=move.state.refusals - 1)


def store(move: Move) -> Iterator[Step]:
    """Write the match, or find it there."""
    yield from move.write("check.send_match", stored=True)


def send_match(move: Move) -> Iterator[Step]:
    """Put the match event on the queue; repeats have the same id."""
    yield from move.write("check.send_notice", matches=True)


def send_notice(move: Move) -> Iterator[Step]:
    """Put the notice on the queue, unless SQS remembers its id."""
    yield from move.write("check.delete", noticed=True, notice=move.state.notice or not move.state.noticed)


def delete_lead(move: Move) -> Iterator[Step]:
    """Return: Lambda deletes the message, if the receipt handle is still good."""
    yield "", move.end(inbox=move.worker.stale and move.state.inbox)


def claim(move: Move) -> Iterator[Step]:
    """Take the lease, or raise LeaseHeld."""
    state = move.state
    if state.leased:
        yield " is refused", move.fail()
        return
    others = tuple(worker._replace(holds=False) for worker in state.workers)
    mine = Move(state._replace(workers=others), move.number, move.design)
    after = "notify.posted" if state.shown else "notify.find" if state.posting else "notify.intend"
    yield from mine.write(after, holds=True, leased=True, ledger=state.ledger or "CLAIMED")


def find(move: Move) -> Iterator[Step]:
    """Read the channel back; when that fails give the lease back and leave the intent."""
    if not move.design.reads_back:
        yield " is left out", move.to("notify.intend")
        return
    yield "", move.to("notify.posted" if move.state.posts else "notify.intend")
    if move.state.refusals:
        yield " fails", move.to("notify.release", refusals=move.state.refusals - 1)


def intend(move: Move) -> Iterator[Step]:
    """Write the intent, if the lease is still ours."""
    if not move.worker.holds:
        yield " is refused", move.fail()
        return
    yield from move.write("notify.post", ledger="POSTING", posting=True)


def post(move: Move) -> Iterator[Step]:
    """Post: the answer may get lost after the post, before it, or while the call is still under way."""
    state, more = move.state, min(move.state.posts + 1, MOST_POSTS)
    yield "", move.to("notify.posted", posts=more)
    if state.refusals:
        yield " is refused", move.to("notify.undo", refusals=state.refusals - 1)
    for budget, word, end in (("unclear", "loses its answer", move.fail), ("crashes", "is killed", move.end)):
        if left := getattr(state, budget):
            yield f" {word} after it took effect", end(posts=more, **{budget: left - 1})
            yield f" {word} in flight", end(in_flight=state.in_flight + 1, **{budget: left - 1})
            yield f" {word}", end(**{budget: left - 1})
    if move.design.client_repeats and state.unclear:
        again = min(state.posts + 2, MOST_POSTS)
        yield " is repeated by the client", move.to("notify.posted", posts=again, unclear=state.unclear - 1)


def posted(move: Move) -> Iterator[Step]:
    """Write what stands there and give the lease back, if it is still ours."""
    if not move.worker.holds:
        yield " is refused", move.fail()
        return
    yield from move.write("notify.delete", ledger="POSTED", posting=False, shown=True, leased=False, holds=False)


def release(move: Move) -> Iterator[Step]:
    """Give the lease back; the intent stays."""
    yield from _give_back(move, posting=move.state.posting)


def undo(move: Move) -> Iterator[Step]:
    """Give the lease back and take the intent away: Slack certainly took nothing."""
    yield from _give_back(move, posting=False, ledger="POSTED" if move.state.shown else "CLAIMED")


def _give_back(move: Move, **changes: object) -> Iterator[Step]:
    if move.worker.holds:
        yield from move.write("idle", leased=False, holds=False, **changes)
    else:
        yield " is refused", move.fail()


def delete_notice(move: Move) -> Iterator[Step]:
    """Return: Lambda deletes the message, if the receipt handle is still good."""
    yield "", move.end(notice=move.worker.stale and move.state.notice)


RULES: dict[str, tuple[Rule, str]] = {
    "idle": (receive, "sandbox.pump.Pump"),
    "check.read": (read, "chalicelib.aws.ledger.Ledger.read"),
    "check.inquire": (inquire, "chalicelib.zoho.inquiry.inquire"),
    "check.store": (store, "chalicelib.aws.ledger.Ledger.store_match"),
    "check.send_match": (send_match, "chalicelib.aws.queues.Queue.send"),
    "check.send_notice": (send_notice, "chalicelib.aws.queues.Queue.send"),
    "check.delete": (delete_lead, "app.check"),
    "notify.claim": (claim, "chalicelib.aws.ledger.Ledger.claim"),
    "notify.find": (find, "chalicelib.slack.client.SlackBot.find"),
    "notify.intend": (intend, "chalicelib.aws.ledger.Ledger.intend"),
    "notify.post": (post, "chalicelib.slack.client.SlackBot.post"),
    "notify.posted": (posted, "chalicelib.aws.ledger.Ledger.posted"),
    "notify.release": (release, "chalicelib.aws.ledger.Ledger.release"),
    "notify.undo": (undo, "chalicelib.aws.ledger.Ledger.release"),
    "notify.delete": (delete_notice, "app.notify"),
}
"""A worker's next call, the rule for it, and the function of the code that the rule stands for."""


def steps(state: State, design: Design) -> Iterator[Step]:
    """Give every step that the world may take next."""
    for number, worker in enumerate(state.workers):
        move = Move(state, number, design)
        for word, after in RULES[worker.at][0](move):
            yield f"{worker.at}{word}", after
        if worker.at != "idle" and state.crashes:
            yield f"killed before {worker.at}", move.end(crashes=state.crashes - 1)
    yield from _time_and_network(state, design)


def _time_and_network(state: State, design: Design) -> Iterator[Step]:
    """Leases end, calls in flight arrive or get lost, and messages that were deleted come once more."""
    if state.in_flight:
        less, more = state.in_flight - 1, min(state.posts + 1, MOST_POSTS)
        yield "a call in flight arrives", state._replace(in_flight=less, posts=more)
        yield "a call in flight is lost", state._replace(in_flight=less)
    holder_lives = any(worker.holds for worker in state.workers)
    too_early = (holder_lives and design.lease_outlives_kill) or (state.in_flight > 0 and design.lease_outlives_call)
    if state.leased and design.lease_ends and not too_early:
        yield "the lease ends", state._replace(leased=False)
    if state.repeats and state.noticed:
        for queue in ("inbox", "notice"):
            if not getattr(state, queue):
                yield f"{queue} comes again", state._replace(**{queue: True, "repeats": state.repeats - 1})


def is_quiet(state: State) -> bool:
    """Tell whether nothing is left to be done."""
    at_work = any(worker.at != "idle" for worker in state.workers)
    return not (at_work or state.inbox or state.notice or state.in_flight)


@dataclass(frozen=True, slots=True)
class Explored:
    """What was found: how many states and steps, the most posts, and states that should not be."""

    states: int
    steps: int
    most_posts: int
    lost: tuple[State, ...]
    """Quiet, and yet something was not told."""
    stuck: tuple[State, ...]
    """From here nothing leads to quiet any more."""
    doubled: tuple[str, ...]
    """The shortest way to a second post."""

    @property
    def is_good(self) -> bool:
        """Tell whether the design holds."""
        return self.most_posts == 1 and not self.lost and not self.stuck


def explore(design: Design = Design(), *, until_doubled: bool = False) -> Explored:
    """Visit every state that can come about, breadth first; `until_doubled` stops at a second post."""
    start = State()
    came_from: dict[State, tuple[State, str] | None] = {start: None}
    before: dict[State, list[State]] = {start: []}
    waiting, count = deque([start]), 0
    while waiting:
        state = waiting.popleft()
        for word, after in steps(state, design):
            count += 1
            if after not in came_from:
                came_from[after] = (state, word)
                before[after] = []
                waiting.append(after)
                if until_doubled and after.posts > 1:
                    waiting.clear()
            before[after].append(state)
    quiet = [state for state in came_from if is_quiet(state)]
    return Explored(
        states=len(came_from),
        steps=count,
        most_posts=max(state.posts for state in came_from),
        lost=tuple(s for s in quiet if not (s.posts and s.matches and s.ledger == "POSTED")),
        stuck=_not_leading_to(quiet, before),
        doubled=_way_to(next((s for s in came_from if s.posts > 1), None), came_from),
    )


def _not_leading_to(quiet: list[State], before: dict[State, list[State]]) -> tuple[State, ...]:
    leading, waiting = set(quiet), list(quiet)
    while waiting:
        for state in before[waiting.pop()]:
            if state not in leading:
                leading.add(state)
                waiting.append(state)
    return tuple(state for state in before if state not in leading)


def _way_to(state: State | None, came_from: dict[State, tuple[State, str] | None]) -> tuple[str, ...]:
    words: list[str] = []
    while state is not None and (step := came_from[state]):
        state, word = step
        words.append(word)
    return tuple(reversed(words))


DESIGNS = {
    "as built": Design(),
    "lease shorter than the kill": Design(lease_outlives_kill=False),
    "lease shorter than the call in flight": Design(lease_outlives_call=False),
    "no read-back": Design(reads_back=False),
    "an HTTP client that repeats": Design(client_repeats=True),
    "failures that are swallowed": Design(failures_raise=False),
    "a lease that never ends": Design(lease_ends=False),
}


def main() -> None:
    """Tell what was explored, for the design as built and with each of its parts taken away."""
    for name, design in DESIGNS.items():
        found = explore(design)
        click.echo(
            f"{name}: {found.states:,} states, {found.steps:,} steps, at most {found.most_posts} posts, "
            f"{len(found.lost)} lost, {len(found.stuck)} stuck"
        )
        if found.doubled:
            click.echo(f"    {' > '.join(found.doubled)}")


if __name__ == "__main__":
    main()
