"""What a cold start costs, as CPU and as wall time at the shares that Lambda gives by memory."""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from bench.cpu import WHOLE_CPU_MB, can_share, cpu_seconds, peak_mb, share
from bench.packages import unpack_leadmatch, unpack_one_client, unpack_plain, with_bytecode
from bench.parts.costs import MILLION, load_prices, price
from bench.report import Figure, Goal, table
from bench.run import Figures, Run
from bench.scenes import Scene, leadmatch_scenes, one_client_scene, plain_scenes
from bench.world import World, world

NAME, TITLE = "cold", "A cold start of each function"
USES: tuple[str, ...] = ()
FORMS = ("Slack form opens", "Slack form submitted")
OURS = ("receive", "check", "notify", "Slack route", *FORMS, "refresh", "sweep")
ONE_CLIENT, ONE_CLIENT_COMPILED = "Chalice with one client", "the same, with bytecode"
PLAIN = ("plain app: receive", "plain app: match and post")
ROWS = (*OURS, ONE_CLIENT, ONE_CLIENT_COMPILED, *PLAIN)
AT_MOST = {"receive": 1.2, "Slack route": 1.2, "check": 1.6, "notify": 1.6}
FORM_MB, FORM_MS = "1024", 1800
"""Slack waits three seconds for a click's answer, the network's and the services' time included: so much of it may be ours."""
SIZES_MB = (512, 768, 1024)
STARTS, STARTS_QUICK = 15, 4
STARTS_OF_A_SIZE = 5
IMPORT_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
BELONGS_TO: Mapping[str, tuple[str, ...]] = {
    "botocore": ("botocore", "jmespath", "dateutil", "six"),
    "boto3": ("boto3", "s3transfer"),
    "requests and urllib3": ("requests", "urllib3", "idna", "certifi", "charset_normalizer"),
    "powertools": ("aws_lambda_powertools", "typing_extensions"),
    "chalice": ("chalice",),
    "the app's own": ("app", "chalicelib"),
    "runtime client": ("awslambdaric", "simplejson", "snapshot_restore_py", "runtime_client"),
    "Python's own": tuple(sys.stdlib_module_names),
}
GROUPS = (*BELONGS_TO, "others")
GROUP_OF = {top: group for group, tops in BELONGS_TO.items() for top in tops}
IMPORTS, IMPORTS_QUICK = 5, 1


@dataclass(frozen=True, slots=True)
class Start:
    """One start until the first answer: seconds of CPU in all and until it could take a call, wall seconds, memory."""

    cpu: float
    init: float
    wall: float
    peak: float


def measure(run: Run) -> Figures:
    """Start each function often, in turn."""
    with world() as the_world, _scenes(run, the_world) as scenes:
        run.say(f"{len(scenes)} functions, whole CPU")
        whole = _rounds(scenes, WHOLE_CPU_MB, run.times(STARTS, STARTS_QUICK))
        walls = {WHOLE_CPU_MB: whole}
        for size in () if run.is_quick else SIZES_MB:
            run.say(f"{size} MB")
            walls[size] = _rounds(scenes, size, STARTS_OF_A_SIZE) if can_share() else _divided(whole, size)
        times = run.times(IMPORTS, IMPORTS_QUICK)
        imports = {scene.name: _median([_imports(scene) for _ in range(times)]) for scene in scenes}
    return _figures(whole, walls) | {"imports": imports, "has shares": can_share()}


@contextmanager
def _scenes(run: Run, the_world: World) -> Iterator[list[Scene]]:
    one_client = unpack_one_client(run.folder)
    with ExitStack() as opening:
        yield [
            *opening.enter_context(leadmatch_scenes(the_world, unpack_leadmatch(run.folder))),
            one_client_scene(ONE_CLIENT, the_world, one_client),
            one_client_scene(ONE_CLIENT_COMPILED, the_world, with_bytecode(one_client)),
            *opening.enter_context(plain_scenes(the_world, unpack_plain(run.folder))),
        ]


def _rounds(scenes: Sequence[Scene], memory_mb: int, rounds: int) -> dict[str, list[Start]]:
    starts: dict[str, list[Start]] = defaultdict(list)
    for _ in range(rounds):
        for scene in scenes:
            starts[scene.name].append(_start(scene, memory_mb))
    return starts


def _divided(whole: Mapping[str, Sequence[Start]], memory_mb: int) -> dict[str, list[Start]]:
    """Return what starts would have taken with a share of a CPU: their CPU seconds divided by it."""
    ratio = WHOLE_CPU_MB / memory_mb
    return {name: [replace(start, wall=start.cpu * ratio) for start in starts] for name, starts in whole.items()}


def _start(scene: Scene, memory_mb: int) -> Start:
    event, look = scene.prepare()
    with share(memory_mb) as before:
        began = time.perf_counter()
        with scene.function(before=before) as function:
            init = cpu_seconds(function.pid)
            answer = function(event)
            wall, cpu = time.perf_counter() - began, cpu_seconds(function.pid)
            peak = peak_mb(function.pid)
    scene.judge(answer, look)
    return Start(cpu, init, wall, peak)


def _imports(scene: Scene) -> dict[str, float]:
    """Return the milliseconds of imports until the first answer, by what is imported; Python's own count of them adds a little."""
    event, look = scene.prepare()
    with scene.function(options=("-X", "importtime")) as function:
        answer = function(event)
    scene.judge(answer, look)
    found = dict.fromkeys(GROUPS, 0.0)
    for microseconds, module in IMPORT_LINE.findall(function.log):
        found[GROUP_OF.get(module.partition(".")[0], "others")] += int(microseconds) / 1000
    return found


def _median(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {group: round(statistics.median(run[group] for run in runs), 1) for group in GROUPS}


def _figures(whole: Mapping[str, Sequence[Start]], walls: Mapping[int, Mapping[str, Sequence[Start]]]) -> Figures:
    found: Figures = {name: _of(name, starts, walls) for name, starts in whole.items()}
    base, compiled = ([start.cpu for start in whole[name]] for name in (ONE_CLIENT, ONE_CLIENT_COMPILED))
    for name, other in (("against one client", base), ("against one client with bytecode", compiled)):
        found[name] = {one: Figure.ratio([start.cpu for start in whole[one]], other).as_json() for one in OURS}
    return found


def _of(name: str, starts: Sequence[Start], walls: Mapping[int, Mapping[str, Sequence[Start]]]) -> dict[str, Any]:
    return {
        "cpu": _milliseconds([start.cpu for start in starts]),
        "init": _milliseconds([start.init for start in starts]),
        "peak": Figure.of([start.peak for start in starts], "MB").as_json(),
        "wall": {str(size): _milliseconds([start.wall for start in those[name]]) for size, those in walls.items()},
    }


def _milliseconds(seconds: Sequence[float]) -> dict[str, Any]:
    return Figure.of([1000 * value for value in seconds], "ms").as_json()


def answer(figures: Figures) -> str:
    """Return what three cold functions in a row take."""
    cpu = {name: Figure.of_json(figures[name]["cpu"]).median for name in (*OURS, ONE_CLIENT)}
    three = ", ".join(f"{name} {cpu[name]:.0f} ms" for name in ("receive", "check", "notify"))
    return f"Cold, CPU to the first answer: {three}; Chalice with one boto3 client that does nothing takes {cpu[ONE_CLIENT]:.0f} ms."


def goals(figures: Figures) -> list[Goal]:
    """Return the goals."""
    ratios = figures["against one client"]
    against = [
        Goal(f"cold {name}, CPU against {ONE_CLIENT}", Figure.of_json(ratios[name]), most)
        for name, most in AT_MOST.items()
    ]
    walls = {name: figures[name]["wall"] for name in FORMS if name in figures}
    waited = [
        Goal(f"cold {name} with {FORM_MB} MB, ms", Figure.of_json(wall[FORM_MB]), FORM_MS)
        for name, wall in walls.items()
        if FORM_MB in wall
    ]
    return against + waited


def section(figures: Figures) -> str:
    """Return the tables."""
    return "\n\n".join([_cpu(figures), _by_memory(figures)])


def _cpu(figures: Figures) -> str:
    ratios = [figures["against one client"], figures["against one client with bytecode"]]
    rows = [
        (
            name,
            *(Figure.of_json(figures[name][what]) for what in ("cpu", "init", "peak")),
            *(Figure.of_json(ratio[name]) if name in ratio else "" for ratio in ratios),
        )
        for name in ROWS
    ]
    head = ["", "CPU ms to the first answer", "of it init", "peak MB", "CPU against one client", "against it with bytecode"]  # fmt: skip
    return "\n".join([
        "The package that ships is unpacked and run by AWS's own runtime client, as in Lambda. **Chalice with one client** is a",
        "Chalice app that makes an SQS client, answers and does nothing else, packed by `chalice package`; the ratio that counts is",
        "the one to it as Chalice packs it, without bytecode. boto3 and the runtime client have bytecode here, as they are said to",
        "have in Lambda's image.",
        "",
        table(head, rows),
    ])  # fmt: skip


def _by_memory(figures: Figures) -> str:
    sizes = sorted(map(int, figures["receive"]["wall"]))
    head = ["", *(f"{size} MB" for size in sizes)]
    walls = [(name, *(Figure.of_json(figures[name]["wall"][str(size)]) for size in sizes)) for name in ROWS]
    return "\n".join([
        "Wall ms to the first answer, with the share of a CPU that Lambda gives by memory (M/1769)"
        + ("" if figures["has shares"] else "; no share could be set here: below 1769 MB, CPU seconds divided by it")
        + ":",
        "",
        table(head, walls),
        "",
        "What a cold start to the first answer costs, in dollars a million, at AWS's list price for arm64 (as if it were as fast as this",
        "machine):",
        "",
        table(head, _prices(figures, sizes)),
        "",
        "![Time of a cold start by memory](performance/cold-time.svg)",
        "",
        "![Price of a cold start by memory](performance/cold-price.svg)",
        "",
        "![Where the imports of a cold start go](performance/imports.svg)",
    ])  # fmt: skip


def _prices(figures: Figures, sizes: Sequence[int]) -> list[list[object]]:
    """Return a row for each function: what a million cold starts cost at each size."""
    return [[name, *(f"{value:.1f}" for value in _dollars(figures, name, sizes))] for name in OURS]


def _dollars(figures: Figures, name: str, sizes: Sequence[int]) -> list[float]:
    """Return what a million starts until the first answer cost, by memory."""
    one = price(load_prices(), "lambda.gb_second_arm64")
    seconds = [Figure.of_json(figures[name]["wall"][str(size)]).median / 1000 for size in sizes]
    return [MILLION * one["usd"] / one["per"] * wall * size / 1024 for wall, size in zip(seconds, sizes, strict=True)]


def plots(figures: Figures) -> list[dict[str, Any]]:
    """Return time and price by memory, and where the time of imports goes."""
    return [*_curves(figures), *_imports_plot(figures)]


def _curves(figures: Figures) -> list[dict[str, Any]]:
    sizes = sorted(map(int, figures["receive"]["wall"]))
    times = {
        name: [Figure.of_json(figures[name]["wall"][str(size)]).median for size in sizes]
        for name in (*OURS, ONE_CLIENT)
    }
    prices = {name: _dollars(figures, name, sizes) for name in OURS}
    shared = {"kind": "lines", "x": "memory, MB"}
    named = (
        ("cold-time", "Cold start to the first answer", "ms", times),
        ("cold-price", "Price of a million cold starts", "dollars", prices),
    )
    return [
        shared
        | {"name": name, "title": title, "y": unit}
        | {"series": [{"name": one, "x": sizes, "y": values} for one, values in lines.items()]}
        for name, title, unit, lines in named
    ]


def _imports_plot(figures: Figures) -> list[dict[str, Any]]:
    names = [*OURS, ONE_CLIENT, *PLAIN]
    series = [{"name": group, "y": [figures["imports"][name][group] for name in names]} for group in GROUPS]
    labels = [name.replace(": ", ":\n").replace(" with ", "\nwith ").replace(" and ", "\nand ") for name in names]
    return [
        {
            "name": "imports",
            "title": "Imports until the first answer",
            "kind": "bars",
            "y": "ms (python -X importtime)",
            "labels": labels,
            "series": series,
        }
    ]
