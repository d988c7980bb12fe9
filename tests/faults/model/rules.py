"""What may happen next: one rule for each I/O call of the code, and those for time and the network.

The model is as fine as the code's I/O; whatever may happen between two calls is a state in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.faults.model.state import MOST_POSTS, Design, Move, State, Step, Worker

Rule = Callable[[Move], Iterator[Step]]


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
    yield from move.write("check.send_match" if move.state.stored else "check.look_up")


def look_up(move: Move) -> Iterator[Step]:
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
    """Take the lease, or find it held."""
    state = move.state
    if state.leased and state.posting and move.design.looks_first:
        yield " finds an intent under a lease", move.to("notify.look", saw=True)
        return
    if state.leased:
        yield " is refused", move.fail()
        return
    after = "notify.posted" if state.shown else "notify.find" if state.posting else "notify.ask"
    yield from _anew(move).write(after, holds=True, leased=True)


def look(move: Move) -> Iterator[Step]:
    """Look for the post under another worker's lease; where it is not found, or cannot be looked for, raise LeaseHeld."""
    if _is_seen(move.state):
        yield " finds it", move.to("notify.take_over")
        return
    yield " finds nothing", move.fail() if move.design.waits_when_not_found else move.to("notify.take_lease")


def take_over(move: Move) -> Iterator[Step]:
    """Write down what stands there and take the lease, if it is still the one that was seen."""
    if not move.worker.saw:
        yield " is refused", move.fail()
        return
    known = {"posting": False, "shown": True, "unlisted": False}
    yield from _anew(move).write("notify.posted", **known, holds=True, leased=True)


def take_lease(move: Move) -> Iterator[Step]:
    """Take the lease over from a worker whose post was not found: what the design as built never does."""
    if move.worker.saw:
        yield from _anew(move).write("notify.intend", holds=True, leased=True)
    else:
        yield " is refused", move.fail()


def _anew(move: Move) -> Move:
    """Return the move in a state in which nobody's lease, nor the one that anybody saw, is the item's any more."""
    others = tuple(worker._replace(holds=False, saw=False) for worker in move.state.workers)
    return Move(move.state._replace(workers=others), move.number, move.design)


def _is_seen(state: State) -> bool:
    """Return whether the channel's history shows the post."""
    return state.posts > 0 and not state.unlisted


def find(move: Move) -> Iterator[Step]:
    """Read the channel back; when that fails give the lease back and leave the intent."""
    if not move.design.reads_back:
        yield " is left out", move.to("notify.ask")
        return
    yield "", move.to("notify.posted" if _is_seen(move.state) else "notify.ask")
    if move.state.refusals:
        yield " fails", move.to("notify.release", refusals=move.state.refusals - 1)


def ask(move: Move) -> Iterator[Step]:
    """Ask the table and Slack who the owner is: the post follows, whatever they answer, and mentions nobody by itself."""
    yield "", move.to("notify.intend")


def intend(move: Move) -> Iterator[Step]:
    """Write the intent, if the lease is still ours."""
    if not move.worker.holds:
        yield " is refused", move.fail()
    elif move.state.counted >= move.design.aside_after:
        yield " is left out", move.to("notify.aside")
    else:
        yield from move.write("notify.post", posting=True)


def post(move: Move) -> Iterator[Step]:
    """Post: the answer may get lost after the post, before it, or while the call is still under way."""
    state, more = move.state, min(move.state.posts + 1, MOST_POSTS)
    yield "", move.to("notify.posted", posts=more, unlisted=True)
    if state.refusals:
        yield " is refused", move.to("notify.undo", refusals=state.refusals - 1)
    ends = (
        ("unclear", "loses its answer", partial(move.to, "notify.count")),
        ("crashes", "is killed", move.end),
    )
    for budget, word, end in ends:
        if left := getattr(state, budget):
            yield f" {word} after it took effect", end(posts=more, unlisted=True, **{budget: left - 1})
            yield f" {word} in flight", end(in_flight=state.in_flight + 1, **{budget: left - 1})
            yield f" {word}", end(**{budget: left - 1})
    if move.design.client_repeats and state.unclear:
        again = min(state.posts + 2, MOST_POSTS)
        yield " is repeated by the client", move.to("notify.posted", posts=again, unclear=state.unclear - 1)


def count(move: Move) -> Iterator[Step]:
    """Count the attempt, and raise whether that worked or not; the lease stays."""
    if not move.worker.holds:
        yield " is refused", move.fail()
        return
    more = min(move.state.counted + 1, move.design.aside_after)
    yield "", move.fail(counted=more)
    if left := move.state.unclear:
        yield " fails after it took effect", move.fail(counted=more, unclear=left - 1)
        yield " fails", move.fail(unclear=left - 1)


def put_aside(move: Move) -> Iterator[Step]:
    """Begin the count anew for whoever brings the notice back; the lease stays."""
    if move.worker.holds:
        yield from move.write("notify.bury", counted=0)
    else:
        yield " is refused", move.fail()


def bury(move: Move) -> Iterator[Step]:
    """Put the notice among the dead letters, unmarked."""
    yield from move.write("notify.delete", aside=True)


def posted(move: Move) -> Iterator[Step]:
    """Write what stands there and give the lease back, if it is still ours."""
    if not move.worker.holds:
        yield " is refused", move.fail()
        return
    told = {"posting": False, "shown": True, "counted": 0, "unlisted": False}
    yield from _given_up(move).write("notify.delete", **told, leased=False, holds=False)


def release(move: Move) -> Iterator[Step]:
    """Release the lease; the intent stays."""
    yield from _give_back(move, posting=move.state.posting)


def undo(move: Move) -> Iterator[Step]:
    """Release the lease and take the intent away: Slack certainly took nothing."""
    yield from _give_back(move, posting=False)


def _give_back(move: Move, **changes: object) -> Iterator[Step]:
    if move.worker.holds:
        yield from _given_up(move).write("idle", leased=False, holds=False, **changes)
    else:
        yield " is refused", move.fail()


def _given_up(move: Move) -> Move:
    """Return the move in a state in which the lease that anybody saw is nobody's any more."""
    others = tuple(worker._replace(saw=False) for worker in move.state.workers)
    return Move(move.state._replace(workers=others), move.number, move.design)


def delete_notice(move: Move) -> Iterator[Step]:
    """Return: Lambda deletes the message, if the receipt handle is still good."""
    yield "", move.end(notice=move.worker.stale and move.state.notice)


RULES: dict[str, tuple[Rule, str]] = {
    "idle": (receive, "sandbox.pump.Pump"),
    "check.read": (read, "chalicelib.aws.ledger.Ledger.read"),
    "check.look_up": (look_up, "chalicelib.zoho.lookup.look_up"),
    "check.store": (store, "chalicelib.aws.ledger.Ledger.store_match"),
    "check.send_match": (send_match, "chalicelib.aws.queues.Queue.send"),
    "check.send_notice": (send_notice, "chalicelib.aws.queues.Queue.send"),
    "check.delete": (delete_lead, "app.check"),
    "notify.claim": (claim, "chalicelib.aws.ledger.Ledger.claim"),
    "notify.look": (look, "chalicelib.steps.notify.Execution.found"),
    "notify.take_over": (take_over, "chalicelib.aws.ledger.Ledger.take_over"),
    "notify.take_lease": (take_lease, "chalicelib.aws.ledger.Ledger.claim"),
    "notify.find": (find, "chalicelib.slack.client.SlackBot.find"),
    "notify.ask": (ask, "chalicelib.steps.mention.Mentions.user_of"),
    "notify.intend": (intend, "chalicelib.aws.ledger.Ledger.intend"),
    "notify.post": (post, "chalicelib.slack.client.SlackBot.post"),
    "notify.count": (count, "chalicelib.aws.ledger.Ledger.note_unknown_outcomes"),
    "notify.aside": (put_aside, "chalicelib.aws.ledger.Ledger.note_unknown_outcomes"),
    "notify.bury": (bury, "chalicelib.aws.queues.Queue.send"),
    "notify.posted": (posted, "chalicelib.aws.ledger.Ledger.posted"),
    "notify.release": (release, "chalicelib.aws.ledger.Ledger.release"),
    "notify.undo": (undo, "chalicelib.aws.ledger.Ledger.release"),
    "notify.delete": (delete_notice, "app.notify"),
}
"""A worker's next call, the rule for it, and the function of the code that the rule stands for."""


def steps(state: State, design: Design) -> Iterator[Step]:
    """Yield every step that the world may take next."""
    for number, worker in enumerate(state.workers):
        move = Move(state, number, design)
        for word, after in RULES[worker.at][0](move):
            yield f"{worker.at}{word}", after
        if worker.at != "idle" and state.crashes:
            yield f"killed before {worker.at}", move.end(crashes=state.crashes - 1)
    yield from _time_and_network(state, design)
    yield from _sweep(state, design)


def _sweep(state: State, design: Design) -> Iterator[Step]:
    """Send what was put aside again once its lease is over, and remove the letter last."""
    if state.aside and design.sweeps and not state.leased:
        yield "the sweep tells again", state._replace(notice=True, aside=False)
        if state.crashes:
            yield "the sweep tells again and dies", state._replace(notice=True, crashes=state.crashes - 1)


def _time_and_network(state: State, design: Design) -> Iterator[Step]:
    """Leases end, calls in flight arrive or get lost, and messages that were deleted come once more."""
    if state.in_flight:
        less, more = state.in_flight - 1, min(state.posts + 1, MOST_POSTS)
        yield "a call in flight arrives", state._replace(in_flight=less, posts=more, unlisted=True)
        yield "a call in flight is lost", state._replace(in_flight=less)
    if state.unlisted:
        yield "the history shows the post", state._replace(unlisted=False)
    too_early = (
        (any(worker.holds for worker in state.workers) and design.lease_outlives_kill)
        or (state.in_flight > 0 and design.lease_outlives_call)
        or (state.unlisted and design.lease_outlives_listing)
    )
    if state.leased and design.lease_ends and not too_early:
        yield "the lease ends", state._replace(leased=False)
    if state.repeats and state.noticed:
        for queue in ("inbox", "notice"):
            if not getattr(state, queue):
                yield f"{queue} comes again", state._replace(**{queue: True, "repeats": state.repeats - 1})
