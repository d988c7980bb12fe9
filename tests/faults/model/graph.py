"""Visits every state that can come about, breadth first, and knows the ways between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Node = TypeVar("Node")


@dataclass(slots=True)
class Graph(Generic[Node]):
    """The states that were visited, from where each was reached first, and from where at all."""

    came_from: dict[Node, tuple[Node, str] | None] = field(default_factory=dict)
    before: dict[Node, list[Node]] = field(default_factory=dict)
    steps: int = 0

    def not_leading_to(self, ends: Iterable[Node]) -> tuple[Node, ...]:
        """Return the states from which no way leads to any of these."""
        leading = set(ends)
        waiting = list(leading)
        while waiting:
            for state in self.before[waiting.pop()]:
                if state not in leading:
                    leading.add(state)
                    waiting.append(state)
        return tuple(state for state in self.before if state not in leading)

    def way_to(self, state: Node | None) -> tuple[str, ...]:
        """Return the words of the shortest way to a state."""
        words: list[str] = []
        while state is not None and (step := self.came_from[state]):
            state, word = step
            words.append(word)
        return tuple(reversed(words))


def visit(
    start: Node,
    steps: Callable[[Node], Iterator[tuple[str, Node]]],
    *,
    until: Callable[[Node], bool] = lambda _: False,
) -> Graph[Node]:
    """Visit every state; stop at the first one that `until` is looked for."""
    graph: Graph[Node] = Graph({start: None}, {start: []})
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        for word, after in steps(state):
            graph.steps += 1
            if after not in graph.came_from:
                graph.came_from[after] = (state, word)
                graph.before[after] = []
                waiting.append(after)
                if until(after):
                    waiting.clear()
            graph.before[after].append(state)
    return graph
