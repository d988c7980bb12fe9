"""Zoho's official SDK beside leadmatch's Zoho client: the same two questions about a lead."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request

from bench.contestants import WrongWorkError
from bench.cpu import cpu_seconds
from bench.packages import ALTERNATIVES, unpack_leadmatch
from bench.report import Figure, Goal, table
from bench.run import Figures, Run
from bench.worker import Answered, Worker
from bench.world import World, world
from sandbox.zoho.server import ZohoStandIn

NAME, TITLE = "sdk", "Zoho's official SDK beside leadmatch's Zoho client"
USES: tuple[str, ...] = ()
NAMES = {"own_client": "leadmatch's client", "sdk": "Zoho's SDK"}
STARTS, LEADS, BEFORE = 5, 12, 3
FIELDS = {
    "Leads": ("Full_Name", "First_Name", "Last_Name", "Company", "Email", "Phone", "Mobile", "Website"),
    "Contacts": ("Full_Name", "Email", "Phone"),
    "Accounts": ("Account_Name", "Phone", "Website"),
    "Deals": ("Deal_Name",),
}


class WithFields(ZohoStandIn):
    """Zoho that also says which fields a module has: the SDK asks that of four modules before it asks anything else.

    https://www.zoho.com/crm/developer/docs/api/v8/field-meta.html
    """

    def _app(self) -> Flask:
        app = super()._app()
        app.add_url_rule("/crm/v8/settings/fields", view_func=self._fields)
        return app

    def _fields(self) -> Response:
        names = FIELDS[request.args["module"]]
        return jsonify(fields=[{"id": str(n), "api_name": name, "data_type": "text"} for n, name in enumerate(names)])


def measure(run: Run) -> Figures:
    """Let both ask in turn, in processes that are started often."""
    if not run.has_tools:
        run.say("left out: the SDK is in the second environment, which is not there")
        return {}
    ours = unpack_leadmatch(run.folder)
    places = {"own_client": ([ALTERNATIVES, ours.package, ours.runtime], None), "sdk": ([ALTERNATIVES], run.tools)}
    warm: dict[str, list[Answered]] = {name: [] for name in places}
    cold: dict[str, list[float]] = {name: [] for name in places}
    with world(WithFields) as the_world:
        variables = _variables(the_world)
        for _ in range(run.times(STARTS, 2)):
            for name, place in places.items():
                first, later = _asked(the_world, name, place, variables)
                cold[name].append(first)
                warm[name] += later
    return {name: _of(cold[name], warm[name]) for name in places} | _ratios(cold, warm)


def _asked(
    the_world: World, name: str, place: tuple[Sequence[Path], Path | None], variables: Mapping[str, str]
) -> tuple[float, list[Answered]]:
    """Start a process and ask about some leads; return its CPU until the first answer, and what later ones took."""
    paths, python = place
    with Worker(f"{name}.ask", paths, variables, python=python) as worker:
        _ask(the_world, worker)
        first = cpu_seconds(worker.pid)
        answers = [_ask(the_world, worker) for _ in range(BEFORE + LEADS)]
    return first, answers[BEFORE:]


def _ask(the_world: World, worker: Worker) -> Answered:
    lead_id = the_world.next_lead()
    name = the_world.sandbox.crm.get("Leads", lead_id)["Full_Name"]  # type: ignore[index] # it was added just now
    answered = worker.call({"lead_id": lead_id})
    if answered.value != {"lead": name, "contacts": [name]}:
        raise WrongWorkError(f"Asked about {name}, a client answered {answered.value}.")
    return answered


def _variables(the_world: World) -> dict[str, str]:
    """Return the environment of a stage, with the access token of its secret."""
    stage = the_world.stage("bench-sdk")
    secret = the_world.sandbox.aws.client("secretsmanager").get_secret_value(SecretId=stage.outputs["ZohoTokenSecret"])
    return stage.variables | {"BENCH_ACCESS_TOKEN": json.loads(secret["SecretString"])["access_token"]}


def _of(cold: Sequence[float], warm: Sequence[Answered]) -> dict[str, Any]:
    return {
        "cold": Figure.of([1000 * cpu for cpu in cold], "ms").as_json(),
        "cpu": Figure.of([1000 * one.cpu for one in warm], "ms").as_json(),
        "wall": Figure.of([1000 * one.wall for one in warm], "ms").as_json(),
    }


def _ratios(cold: Mapping[str, Sequence[float]], warm: Mapping[str, Sequence[Answered]]) -> Figures:
    cpu = {name: [one.cpu for one in answers] for name, answers in warm.items()}
    return {
        "SDK against leadmatch's client": {
            "cold": Figure.ratio(cold["sdk"], cold["own_client"]).as_json(),
            "cpu": Figure.ratio(cpu["sdk"], cpu["own_client"]).as_json(),
        }
    }


def answer(figures: Figures) -> str:
    """Return what the SDK would cost."""
    if not figures:
        return ""
    ratios = figures["SDK against leadmatch's client"]
    cold, warm = (Figure.of_json(ratios[name]).median for name in ("cold", "cpu"))
    return f"Zoho's SDK takes {cold:.1f} times the CPU of leadmatch's client to start and {warm:.1f} times for a lead."


def goals(_: Figures) -> list[Goal]:
    """Return none."""
    return []


def section(figures: Figures) -> str:
    """Return the table."""
    if not figures:
        return "Not measured: the second environment was not there."
    rows = [
        [title, *(Figure.of_json(figures[name][one]) for one in ("cold", "cpu", "wall"))]
        for name, title in NAMES.items()
    ]
    ratios = figures["SDK against leadmatch's client"]
    rows.append(["the SDK against it", Figure.of_json(ratios["cold"]), Figure.of_json(ratios["cpu"]), ""])
    return "\n".join([
        "Both read a lead's fields and its conversion options, one after the other, with an access token at hand, outside of the",
        "runtime client. The first answer includes starting Python and all imports, all from bytecode for the SDK; the SDK asks four",
        "times for the fields of modules before that. Neither pays for TLS here.",
        "",
        table(["", "CPU ms to the first answer", "CPU ms for a lead", "wall ms"], rows),
    ])  # fmt: skip


def plots(_: Figures) -> list[dict[str, Any]]:
    """Return none."""
    return []
