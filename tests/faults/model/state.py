"""What the model knows of the world: one lead with one event, two workers, and how much may still go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MOST_POSTS = 4
"""Counted no further: two are one too many."""


class Worker(NamedTuple):
    """A process: the call that it makes next, and what it knows."""

    at: str = "idle"
    holds: bool = False
    """Owner and epoch of the lead's item are this worker's."""
    saw: bool = False
    """Owner and epoch of the lead's item are those that this worker saw when it found the lease held."""
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
    leased: bool = False
    posting: bool = False
    shown: bool = False
    counted: int = 0
    """Attempts that the ledger knows to have had no clear answer."""
    aside: bool = False
    """The notice lies among the dead letters, for the sweep."""
    in_flight: int = 0
    """Posts whose worker is gone and that Slack has not yet."""
    posts: int = 0
    unlisted: bool = False
    """Slack has the last post, and its history does not show it yet."""
    crashes: int = 2
    unclear: int = 2
    refusals: int = 1
    repeats: int = 2


@dataclass(frozen=True, slots=True)
class Design:
    """What the proof rests on; each can be taken away to see that it is needed."""

    lease_outlives_kill: bool = True
    lease_outlives_call: bool = True
    lease_outlives_listing: bool = True
    looks_first: bool = True
    """Who finds the lease held looks for the post, and takes over what it finds."""
    waits_when_not_found: bool = True
    """That the post is not found under a lease says nothing."""
    reads_back: bool = True
    client_repeats: bool = False
    failures_raise: bool = True
    lease_ends: bool = True
    aside_after: int = 1
    """Attempts with no clear answer after which a notice makes room: as few as can be, so that it happens most."""
    sweeps: bool = True


Step = tuple[str, State]


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
        own = {name: bool(changes.pop(name, getattr(self.worker, name))) for name in ("holds", "saw")}
        return self.put(self.worker._replace(at=at, **own), **changes)

    def end(self, **changes: object) -> State:
        """End without a word to the queue: the message stays and comes again."""
        return self.put(Worker(), **changes)

    def fail(self, **changes: object) -> State:
        """Raise, which ends the worker just so."""
        queue = "inbox" if self.worker.at.startswith("check") else "notice"
        return self.end(**changes, **({} if self.design.failures_raise else {queue: False}))

    def put(self, worker: Worker, **changes: object) -> State:
        """Return the state in which the worker has become this one; which of the two it is makes no difference."""
        others = [w for n, w in enumerate(self.state.workers) if n != self.number]
        return self.state._replace(workers=tuple(sorted([worker, *others])), **changes)

    def write(self, done: str, **changes: object) -> Iterator[Step]:
        """Make a call to AWS: it works (also at the client's second try), or fails with or without effect."""
        yield "", self.to(done, **changes)
        if self.state.unclear:
            unclear = self.state.unclear - 1
            lasting = {name: value for name, value in changes.items() if name not in ("holds", "saw")}
            yield " fails after it took effect", self.fail(unclear=unclear, **lasting)
            yield " fails", self.fail(unclear=unclear)


def is_quiet(state: State) -> bool:
    """Return whether nothing is left to be done."""
    at_work = any(worker.at != "idle" for worker in state.workers)
    return not (at_work or state.inbox or state.notice or state.aside or state.in_flight)
