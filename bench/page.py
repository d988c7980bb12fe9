"""The page of figures: the answer first, then a section for each part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.report import Goal, table
from bench.run import Part

HEAD = """# How fast leadmatch is, and against what

To repeat: `make bench`, on a machine that does nothing else. It writes this page; do not edit it. """
METHOD = """
Each figure is the median of its runs, with the middle half of them in brackets. Ratios
are to an alternative that ran in turn with leadmatch in the same run, so that a busy neighbour hits both, and each checked by
its output that it had done the same work. CPU seconds are those of the function's process, user and system; the stand-ins for
AWS, Zoho and Slack run in another process. The figures are kept in [performance.json](performance.json); the next run prints
what became worse by more than its own spread.
"""
GOALS = """
The goals were set before the work that was to reach them, but for the one against boto3 and requests, which was added later. A
goal that is not met stays on the list.

In them, the floor is leadmatch's HTTP calls by http.client, signed by hand, with nothing checked; boto3 and requests are the
libraries that make the same calls in its place; the plain app is one file with them that promises nothing and makes half the
calls to AWS; Chalice with one client is a Chalice app that makes an SQS client and does nothing else.
"""
IMAGE = re.compile(r"^!\[[^\]]*\]\((?P<path>[^)]+)\)\n+", re.MULTILINE)
IDLE_SHARE = 0.25
"""A machine is idle while less than this share of its cores is at work."""


def page(parts: Sequence[Part], kept: Mapping[str, Any], folder: Path, *, memory_mb: int) -> str:
    """Return the page for a folder, with those plots that are in it; `memory_mb` is what the functions are configured with."""
    outdated = {part.NAME: why for part in parts if (why := list(_outdated(part, kept, memory_mb)))}
    head = HEAD + " ".join([*_machine({part.NAME: kept[part.NAME] for part in parts}), *_list_of(outdated)])
    sections = [_section(part, kept[part.NAME], outdated.get(part.NAME, [])) for part in parts]
    text = "\n".join([head, METHOD, _answer(parts, kept), *sections])
    shown = IMAGE.sub(lambda image: image.group() if (folder / image["path"]).exists() else "", text)
    return shown.rstrip("\n") + "\n"


def _machine(measured: Mapping[str, Any]) -> Iterator[str]:
    """Yield how long the parts took, and whether something else was at work before."""
    yield f"The runs on this page took {sum(one['seconds'] for one in measured.values()) / 60:.0f} minutes together."
    loads = {name: one["load"] for name, one in measured.items() if _is_busy(one)}
    if not loads:
        yield "The machine was idle before they began."
        return
    which = "they" if len(loads) == len(measured) else ", ".join(f"`{name}`" for name in loads)
    low, high = (f"{most(loads.values()):.1f}" for most in (min, max))
    load = low if low == high else f"{low} to {high}"
    yield f"**The machine was busy before {which} began** (load {load}): times are longer there, and spreads wider."
    if len(loads) < len(measured):
        yield "It was idle before the others began."


def _is_busy(measured: Mapping[str, Any]) -> bool:
    return bool(measured["load"] > IDLE_SHARE * measured["machine"]["cores"])


def _outdated(part: Part, kept: Mapping[str, Any], memory_mb: int) -> Iterator[str]:
    """Yield why a part's figures do not belong to those beside them."""
    mine = kept[part.NAME]
    newer = [f"`{used}`" for used in part.USES if used in kept and kept[used]["measured_on"] > mine["measured_on"]]
    if newer:
        yield f"it is older than {' and '.join(newer)}, whose figures it uses"
    if mine["figures"].get("memory", memory_mb) != memory_mb:
        yield f"it was measured with {mine['figures']['memory']} MB, and the functions are configured with {memory_mb}"


def _list_of(outdated: Mapping[str, object]) -> Iterator[str]:
    if outdated:
        yield f"**Out of date (each section says why): {', '.join(f'`{name}`' for name in outdated)}.**"


def _answer(parts: Sequence[Part], kept: Mapping[str, Any]) -> str:
    said = [f"- {text}" for part in parts if (text := part.answer(kept[part.NAME]["figures"]))]
    goals = [goal for part in parts for goal in part.goals(kept[part.NAME]["figures"])]
    return "\n".join(["## The answer", "", *said, "", *([_goals(goals)] if goals else [])])


def _goals(goals: Sequence[Goal]) -> str:
    rows = [(goal.what, f"{goal.at_most:g}", goal.figure, "yes" if goal.is_met else "**no**") for goal in goals]
    met = f"{sum(goal.is_met for goal in goals)} of {len(goals)} goals are met."
    return "\n".join([met, "", table(["goal", "at most", "measured", "met"], rows), GOALS])


def _section(part: Part, measured: Mapping[str, Any], outdated: Sequence[str]) -> str:
    machine = measured["machine"]
    busy = f", which was busy (load {measured['load']:.1f})" if _is_busy(measured) else ""
    where = f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}{busy}"
    quick = " --quick" if measured["is_quick"] else ""
    by = f"`python -m bench {part.NAME}{quick}`, {measured['measured_on']}, {measured['seconds']} s on {where}."
    notes = [f"**Out of date**: {'; '.join(outdated)}."] if outdated else []
    return "\n\n".join([f"## {part.TITLE}", by, *notes, part.section(measured["figures"]).strip()]) + "\n"
