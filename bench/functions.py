"""Measures each function as it is deployed: memory, and processor time of a cold start, of a first call and of later ones.

    python -m bench.functions

The package is the real one, run by AWS's runtime client without bytecode of our code, as in Lambda. Lambda gives a
function the share M/1769 of a processor for M MB, so the processor's seconds at 1769 MB tell what every other size takes.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

from __future__ import annotations

import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import click

from bench.lambda_runtime import DeployedFunction, make_runtime
from ops.package.build import build
from sandbox.callers import json_call
from sandbox.local_api import proxy_event, scheduled_event
from sandbox.pump import Pump
from sandbox.system import WEBHOOK_KEY, Sandbox

HANDLERS = {
    "api_handler": "app.app",
    "check": "app.check",
    "notify": "app.notify",
    "refresh": "app.refresh",
    "sweep": "app.sweep",
}
WORKERS = {"InboxQueueUrl": "check", "SlackQueueUrl": "notify", "TokensQueueUrl": "refresh"}
WHOLE_PROCESSOR_MB = 1769
SIZES_MB = (256, 512, 768, 1024, 1769)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Measured:
    """What one function used; seconds are the processor's."""

    starts: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    first_calls: list[float] = field(default_factory=list)
    peak_mb: float = 0

    def cold(self) -> float:
        """Return the seconds of a start and its first call together."""
        return statistics.median(self.starts) + statistics.median(self.first_calls)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--starts", default=5, show_default=True, help="How often each function is started.")
@click.option("--leads", default=10, show_default=True, help="How many leads each start handles.")
def functions(starts: int, leads: int) -> None:
    """Measure the deployed functions."""
    measured = {key: Measured() for key in HANDLERS}
    with tempfile.TemporaryDirectory() as folder:
        package, runtime = _unpack(Path(folder)), make_runtime(Path(folder) / "runtime")
        for _ in range(starts):
            with _world() as sandbox:
                _run(sandbox, package, runtime, measured, leads)
    _tell(measured)


def _unpack(folder: Path) -> Path:
    with ZipFile(build(Path.cwd(), "dev").path) as zipped:
        zipped.extractall(folder / "package")
    return folder / "package"


@contextmanager
def _world() -> Iterator[Sandbox]:
    """Return the stand-ins without the app: the deployed functions take its place."""
    sandbox = Sandbox(log=io.StringIO(), stage="bench")
    with sandbox.aws, sandbox.zoho, sandbox.slack:
        sandbox.outputs = sandbox.aws.provision(sandbox.stage, sandbox.secrets())
        yield sandbox


def _run(sandbox: Sandbox, package: Path, runtime: Path, measured: Mapping[str, Measured], leads: int) -> None:
    with ExitStack() as opening:
        running = {
            key: opening.enter_context(DeployedFunction(package, handler, sandbox.variables(), runtime=runtime))
            for key, handler in HANDLERS.items()
        }
        call = {key: _measuring(running[key], measured[key]) for key in HANDLERS}
        readers = {sandbox.outputs[output]: call[key] for output, key in WORKERS.items()}
        pump = opening.enter_context(Pump(sandbox.aws.client("sqs"), readers, workers=1))
        for number in range(leads):
            call["api_handler"](proxy_event(json_call(_lead(sandbox, number), WEBHOOK_KEY), "/zoho/leads"), None)
            call["sweep"](scheduled_event(), None)
            while not pump.is_idle():
                time.sleep(0.05)
        if pump.raised:
            raise pump.raised[0]


def _measuring(function: DeployedFunction, measured: Measured) -> Callable[[dict[str, Any], Any], Any]:
    measured.starts.append(_processor_seconds(function.pid))
    kept = [measured.first_calls]

    def call(event: dict[str, Any], context: object) -> Any:
        before = _processor_seconds(function.pid)
        answer = function(event, context)
        kept[-1].append(_processor_seconds(function.pid) - before)
        kept.append(measured.calls)
        measured.peak_mb = max(measured.peak_mb, _peak_mb(function.pid))
        return answer

    return call


def _processor_seconds(pid: int) -> float:
    """Read what a process has used so far; a tick is a hundredth of a second. man 5 proc_pid_stat."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(int(ticks) for ticks in used) / TICKS


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _lead(sandbox: Sandbox, number: int) -> str:
    name, email = f"Person {number}", f"person{number}@zylker.example"
    account_id = sandbox.crm.add("Accounts", Account_Name="Zylker")
    sandbox.crm.add("Contacts", Full_Name=name, Email=email, Account_Name=sandbox.crm.lookup("Accounts", account_id))
    return sandbox.crm.add("Leads", Full_Name=name, Email=email, Company="Zylker")


def _tell(measured: Mapping[str, Measured]) -> None:
    click.echo("processor milliseconds       start  first call  later call  peak MB")
    for key, one in measured.items():
        # refresh has no later call: one token serves a whole run
        later = f"{1000 * statistics.mean(one.calls):.0f}" if one.calls else "-"
        times = (statistics.median(one.starts), statistics.median(one.first_calls))
        first = "".join(f"{1000 * seconds:>9.0f}" for seconds in times)
        click.echo(f"{key:<26}{first}{later:>9}{one.peak_mb:>12.0f}")
    click.echo("\nstart and first call, expected milliseconds (times the one at 1769 MB)")
    click.echo(f"{'':<26}" + "".join(f"{size:>9} MB  " for size in SIZES_MB))
    for key, one in measured.items():
        click.echo(f"{key:<26}" + "".join(_expected(one.cold(), size) for size in SIZES_MB))


def _expected(seconds: float, size: int) -> str:
    ratio = WHOLE_PROCESSOR_MB / size
    return f"{1000 * seconds * ratio:>7.0f} ({ratio:.1f})"


if __name__ == "__main__":
    functions()
