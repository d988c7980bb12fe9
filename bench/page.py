"""The page of figures: the answer first, then a section for each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.report import table
from bench.run import Part

HEAD = """# How fast leadmatch is, and against what

Written by `make bench`; do not edit. Each figure is the median of its runs, with the middle half of them in brackets. Ratios
are to an alternative that ran in turn with leadmatch in the same run, so that a busy neighbour hits both, and each checked by
its output that it had done the same work. CPU seconds are those of the function's process, user and system; the stand-ins for
AWS, Zoho and Slack run in another process. The figures are kept in [performance.json](performance.json); the next run prints
what became worse by more than its own spread.
"""


def page(parts: Sequence[Part], kept: Mapping[str, Any]) -> str:
    """Return the page."""
    return "\n".join([HEAD, _answer(parts, kept), *(_section(part, kept[part.NAME]) for part in parts)])


def _answer(parts: Sequence[Part], kept: Mapping[str, Any]) -> str:
    goals = [goal for part in parts for goal in part.goals(kept[part.NAME]["figures"])]
    rows = [(goal.what, f"{goal.at_most:g}", goal.figure, "yes" if goal.is_met else "**no**") for goal in goals]
    said = [f"- {text}" for part in parts if (text := part.answer(kept[part.NAME]["figures"]))]
    met = f"{sum(goal.is_met for goal in goals)} of {len(goals)} goals are met."
    return "\n".join(["## The answer", "", *said, "", met, "", table(["goal", "at most", "measured", "met"], rows), ""])


def _section(part: Part, measured: Mapping[str, Any]) -> str:
    machine = measured["machine"]
    busy = f", which was busy (load {measured['load']:.1f})" if measured["load"] > machine["cores"] else ""
    where = f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}{busy}"
    quick = " --quick" if measured["is_quick"] else ""
    by = f"`python -m bench {part.NAME}{quick}`, {measured['measured_on']}, {measured['seconds']} s on {where}."
    return f"## {part.TITLE}\n\n{by}\n\n{part.section(measured['figures']).strip()}\n"
