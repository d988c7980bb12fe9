"""Shows the way of one lead through the code: which files run, in which order, and how often the way changes file.

    python -m bench.trace

Another lead goes first, so that everything is warm: access token, secret, imports, connections. Then each function gets
its event in turn, as AWS would give it. A change of file is a call that goes to another file of ours than the call before
it in the same thread: so often somebody who follows the lead opens another file.
"""

from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import click
from chalice.local import LambdaContext

from sandbox.callers import json_call
from sandbox.local_api import proxy_event
from sandbox.pump import FUNCTION_MILLISECONDS, lambda_record
from sandbox.system import WEBHOOK_KEY, Sandbox

ROOT = Path(__file__).parent.parent
OURS = {str(path): str(path.relative_to(ROOT)) for path in (ROOT / "app.py", *(ROOT / "chalicelib").rglob("*.py"))}
"""The files whose calls count, by the name that a frame has for each."""
WAIT_SECONDS = 20
"""SQS's long poll at the longest, which ends as soon as there is a message."""


@dataclass(slots=True)
class Way:
    """What one function of the app called, by file and name, in the order of the first calls, and the changes of file."""

    calls: dict[tuple[str, str], None] = field(default_factory=dict)
    changes: int = 0

    @property
    def first_calls(self) -> dict[str, str]:
        """Return each file with what was called in it first, in the order of these calls."""
        found: dict[str, str] = {}
        for file, name in self.calls:
            found.setdefault(file, name)
        return found


class Tracer:
    """Follows the calls while its block lasts, in this thread and in the threads that the functions start."""

    def __init__(self) -> None:
        self.way = Way()
        self._of_thread, self._lock = threading.local(), threading.Lock()

    def __enter__(self) -> Way:
        """Begin."""
        threading.setprofile(self._in_new_thread)
        sys.setprofile(self._follow)
        return self.way

    def __exit__(self, *_: object) -> None:
        """End."""
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type] # None ends it, as in sys

    def _in_new_thread(self, frame: FrameType, event: str, argument: object) -> None:
        """Follow a thread of a pool, as the functions start them; the stand-ins answer in threads of other names."""
        is_ours = threading.current_thread().name.startswith("ThreadPoolExecutor")
        sys.setprofile(self._follow if is_ours else None)
        if is_ours:
            self._follow(frame, event, argument)

    def _follow(self, frame: FrameType, event: str, _: object) -> None:
        file, name = OURS.get(frame.f_code.co_filename), frame.f_code.co_qualname
        if event != "call" or file is None or frame.f_code.co_name.startswith("<"):
            return
        before = getattr(self._of_thread, "file", file)
        self._of_thread.file = file
        with self._lock:
            self.way.changes += file != before
            self.way.calls.setdefault((file, name))


def trace(sandbox: Sandbox, lead_id: str) -> dict[str, Way]:
    """Return the way of one lead through receive, check and notify; nobody else may read the two queues meanwhile."""
    import app

    call = proxy_event(json_call(lead_id, WEBHOOK_KEY), "/zoho/leads")
    return {
        "receive": _traced(lambda: app.app(call, None)),
        "check": _handled(sandbox, sandbox.outputs["InboxQueueUrl"], app.check),
        "notify": _handled(sandbox, sandbox.outputs["SlackQueueUrl"], app.notify),
    }


def _handled(sandbox: Sandbox, url: str, function: Callable[[dict[str, Any], Any], Any]) -> Way:
    """Call a function with its queue's next message, as Lambda does, and return which files ran."""
    sqs, name = sandbox.aws.client("sqs"), url.rpartition("/")[2]
    received = sqs.receive_message(QueueUrl=url, AttributeNames=["All"], WaitTimeSeconds=WAIT_SECONDS)
    (message,) = received["Messages"]
    event = {"Records": [lambda_record(message, name)]}
    way = _traced(lambda: function(event, LambdaContext(name, 512, FUNCTION_MILLISECONDS)))
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return way


def _traced(run: Callable[[], object]) -> Way:
    with Tracer() as way:
        run()
    return way


def as_json(ways: Mapping[str, Way]) -> dict[str, Any]:
    """Return the figures and the files, for programs."""
    called = {call for way in ways.values() for call in way.calls}
    return {
        "files": len({file for file, _ in called}),
        "files_of_all": len(OURS),
        "functions": len(called),
        "changes_of_file": sum(way.changes for way in ways.values()),
        "steps": {
            name: {
                "changes_of_file": way.changes,
                "first_calls": way.first_calls,
                "calls": [f"{file} {called}" for file, called in way.calls],
            }
            for name, way in ways.items()
        },
    }


def as_text(ways: Mapping[str, Way]) -> str:
    """Return what a person reads: each step's files in the order of their first call, and which call that was."""
    figures = as_json(ways)
    lines = [
        f"One lead, everything warm: {figures['files']} of {figures['files_of_all']} files run, "
        f"{figures['functions']} functions, {figures['changes_of_file']} changes of file."
    ]
    for name, way in ways.items():
        lines += ["", f"{name}: {len(way.first_calls)} files, {way.changes} changes of file"]
        lines += [f"{number:4} {file:<36} {first}" for number, (file, first) in enumerate(way.first_calls.items(), 1)]
    return "\n".join(lines)


def a_lead(sandbox: Sandbox) -> str:
    """Put a lead into the CRM that is a contact already, and return its id."""
    account_id = sandbox.crm.add("Accounts", Account_Name="Zylker")
    home = sandbox.crm.lookup("Accounts", account_id)
    sandbox.crm.add("Contacts", Full_Name="Ada Park", Email="ada@zylker.example", Account_Name=home)
    return sandbox.crm.add("Leads", Full_Name="Ada Park", Email="ada@zylker.example", Company="Zylker")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--json", "is_json", is_flag=True, help="Print the figures and the files as JSON.")
def main(*, is_json: bool) -> None:
    """Follow one lead from the webhook's call to Slack."""
    with Sandbox(log=io.StringIO(), posts_per_second=1000) as sandbox:
        json_call(a_lead(sandbox), WEBHOOK_KEY).send(sandbox.webhook_url).raise_for_status()
        sandbox.wait_until_idle()
        with sandbox.pump.resting():
            ways = trace(sandbox, a_lead(sandbox))
    click.echo(json.dumps(as_json(ways), indent=2) if is_json else as_text(ways))


if __name__ == "__main__":
    main()
