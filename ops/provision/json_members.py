"""Names that stand more than once in an object of a JSON file: JSON readers take the last of them without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

Pairs = list[tuple[str, object]]


def members_once(doubled: list[str]) -> Callable[[Pairs], dict[str, object]]:
    """Return what `json.loads` takes as `object_pairs_hook`: it adds a complaint about each repeated name to `doubled`.

    https://www.rfc-editor.org/rfc/rfc8259#section-4
    """

    def members(pairs: Pairs) -> dict[str, object]:
        counts = Counter(name for name, _ in pairs)
        doubled.extend(f"{name} stands there {n} times: keep one." for name, n in counts.items() if n > 1)
        return dict(pairs)

    return members
