"""The page of figures: the answer first, then a section for each part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.report import Goal, table
from bench.run import Part

HEAD = """# How fast leadmatch is, and against what

To repeat: `make bench`, about 25 minutes on an idle machine. It writes this page; do not edit it.

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


def page(parts: Sequence[Part], kept: Mapping[str, Any], folder: Path) -> str:
    """Return the page for a folder, with those plots that are in it."""
    text = "\n".join([HEAD, _answer(parts, kept), *(_section(part, kept[part.NAME]) for part in parts)])
    shown = IMAGE.sub(lambda image: image.group() if (folder / image["path"]).exists() else "", text)
    return shown.rstrip("\n") + "\n"


def _answer(parts: Sequence[Part], kept: Mapping[str, Any]) -> str:
    said = [f"- {text}" for part in parts if (text := part.answer(kept[part.NAME]["figures"]))]
    goals = [goal for part in parts for goal in part.goals(kept[part.NAME]["figures"])]
    return "\n".join(["## The answer", "", *said, "", *([_goals(goals)] if goals else [])])


def _goals(goals: Sequence[Goal]) -> str:
    rows = [(goal.what, f"{goal.at_most:g}", goal.figure, "yes" if goal.is_met else "**no**") for goal in goals]
    met = f"{sum(goal.is_met for goal in goals)} of {len(goals)} goals are met."
    return "\n".join([met, "", table(["goal", "at most", "measured", "met"], rows), GOALS])


def _section(part: Part, measured: Mapping[str, Any]) -> str:
    machine = measured["machine"]
    busy = f", which was busy (load {measured['load']:.1f})" if measured["load"] > machine["cores"] else ""
    where = f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}{busy}"
    quick = " --quick" if measured["is_quick"] else ""
    by = f"`python -m bench {part.NAME}{quick}`, {measured['measured_on']}, {measured['seconds']} s on {where}."
    return f"## {part.TITLE}\n\n{by}\n\n{part.section(measured['figures']).strip()}\n"
