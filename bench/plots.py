"""Draws plots as SVG from descriptions in JSON: the same description gives the same file.

    .venv/bench/bin/python -m bench.plots FOLDER < descriptions.json

A description has `name`, `title`, `kind` (`lines`, or `bars` for stacked ones), `x` and `y` (the axes' names), `log_x`
and `log_y`, and `series`: of lines each with `name`, `x` and `y`; of bars each with `name` and `y`, one value per entry
of the description's `labels`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams.update(
    {"svg.hashsalt": "leadmatch", "svg.fonttype": "none", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3}
)

from matplotlib import pyplot as plt  # noqa: E402 - after the choice of what draws

SIZE = (9, 3.8)
FEW = 20
"""So many points are marked one by one."""


def draw(plot: dict[str, Any], folder: Path, kind: str = "svg") -> None:
    """Draw one plot into a file of its name."""
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    (_bars if plot["kind"] == "bars" else _lines)(axes, plot)
    axes.set(title=plot["title"], xlabel=plot.get("x", ""), ylabel=plot.get("y", ""))
    figure.legend(loc="outside right upper", fontsize=8)
    metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {}
    figure.savefig(folder / f"{plot['name']}.{kind}", metadata=metadata, dpi=100)
    plt.close(figure)


def _lines(axes: Any, plot: dict[str, Any]) -> None:
    for series in plot["series"]:
        axes.plot(series["x"], series["y"], label=series["name"], marker="o" if len(series["x"]) < FEW else None, ms=3)
    axes.set_xscale("log" if plot.get("log_x") else "linear")
    axes.set_yscale("log" if plot.get("log_y") else "linear")
    if not plot.get("log_y"):
        axes.set_ylim(bottom=0)


def _bars(axes: Any, plot: dict[str, Any]) -> None:
    bottoms = [0.0] * len(plot["labels"])
    for series in plot["series"]:
        axes.bar(plot["labels"], series["y"], bottom=bottoms, label=series["name"], width=0.6)
        axes.tick_params(axis="x", labelsize=8)
        bottoms = [bottom + value for bottom, value in zip(bottoms, series["y"], strict=True)]


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for description in json.load(sys.stdin):
        draw(description, target, *sys.argv[2:])
