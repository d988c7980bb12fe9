"""One deployed function: its unpacked package in a process of its own, driven by AWS's own runtime client.

The process sees the package, the runtime client and boto3, as in Lambda, and nothing of this repository or its virtual
environment. What Lambda does around it stands here: the Runtime API, one call at a time.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from sandbox.serving import LocalServer, ServerThread

RUNTIME = (
    "awslambdaric",
    "snapshot-restore-py",
    "simplejson",
    "boto3",
    "botocore",
    "s3transfer",
    "python-dateutil",
    "six",
)
"""What Lambda's runtime has, but for what leadmatch's package brings itself."""
ITS_OWN = ("jmespath", "urllib3")
"""What boto3 needs besides: a package that does not bring them finds Lambda's."""
API = "/2018-06-01/runtime"
START_SECONDS, CALL_SECONDS = 60, 60


class FunctionFailedError(Exception):
    """A handler raised, or the process ended; the text is the runtime client's."""


class DeployedFunction(LocalServer):
    """A function that answers calls for as long as its block lasts; `handler` is what Lambda is told, `app.check`.

    `before` stands before its command, `options` are Python's: for whoever measures it.
    """

    def __init__(
        self,
        package: Path,
        handler: str,
        environment: Mapping[str, str],
        *,
        runtime: Path,
        before: Sequence[str] = (),
        options: Sequence[str] = (),
    ) -> None:
        self._before, self._options = before, options
        self._package, self._handler, self._runtime = package, handler, runtime
        self._environment = environment
        self._api = _RuntimeApi()
        self._one_at_a_time = threading.Lock()
        self.log = ""
        """What the function wrote, once its block has ended."""

    def start(self) -> None:
        """Start the process; it has imported the handler's module when this returns."""
        self._api.start()
        self._process = subprocess.Popen(  # noqa: S603 - this Python
            [*self._before, sys.executable, "-S", "-s", "-B", *self._options, "-m", "awslambdaric", self._handler],
            cwd=self._package,
            env=self._variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        if not self._api.asked_for_work.wait(START_SECONDS) or self._api.failed_to_start:
            self.stop()
            raise FunctionFailedError(self._api.failed_to_start or self.log)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._api.stop()

    @property
    def pid(self) -> int:
        """The process, for whoever measures it."""
        return self._process.pid

    def __call__(self, event: Any, context: object = None) -> Any:  # noqa: ARG002 - the runtime client makes its own
        """Call the function as Lambda does; raise `FunctionFailedError` for what it raised."""
        with self._one_at_a_time:
            self._api.asked_for_work.clear()
            return self._api.call(event)

    def rest(self) -> None:
        """Wait until the function has heard that its answer was taken, and waits for the next call."""
        self._api.asked_for_work.wait(CALL_SECONDS)

    def _read_log(self) -> None:
        if self._process.stdout:
            with self._process.stdout as written:
                self.log = written.read()
        self._api.answers.put(FunctionFailedError("The process ended."))
        self._api.asked_for_work.set()

    def _variables(self) -> dict[str, str]:
        return {
            **self._environment,
            "PYTHONPATH": f"{self._package}:{self._runtime}",
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_LAMBDA_FUNCTION_NAME": self._handler,
            "LAMBDA_TASK_ROOT": str(self._package),
        }


def make_runtime(folder: Path, names: Sequence[str] = RUNTIME) -> Path:
    """Fill a folder with what Lambda's runtime has besides Python, by links into this virtual environment."""
    folder.mkdir()
    for name in names:
        found = distribution(name)
        for part in {file.parts[0] for file in found.files or [] if file.parts[0] not in ("..", "__pycache__")}:
            (folder / part).symlink_to(Path(str(found.locate_file(part))))
    return folder


class _RuntimeApi(ServerThread):
    """The HTTP side that a runtime client asks for work."""

    def __init__(self) -> None:
        self.events: SimpleQueue[bytes | None] = SimpleQueue()
        self.answers: SimpleQueue[Any] = SimpleQueue()
        self.asked_for_work = threading.Event()
        self.failed_to_start = ""
        super().__init__(_Server(("127.0.0.1", 0), partial(_Handler, self)))

    def stop(self) -> None:
        self.events.put(None)
        super().stop()

    def call(self, event: Any) -> Any:
        self.events.put(json.dumps(event).encode())
        try:
            answer = self.answers.get(timeout=CALL_SECONDS)
        except Empty:
            raise FunctionFailedError(f"No answer in {CALL_SECONDS} seconds.") from None
        if isinstance(answer, FunctionFailedError):
            raise answer
        return answer


class _Server(ThreadingHTTPServer):
    """Says nothing of a function that is ended while it waits for an answer."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what went wrong, unless the function hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers a runtime client, which asks for an event and says what became of it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the function would wait 40 ms between them

    def __init__(self, api: _RuntimeApi, *request: Any) -> None:
        self._api = api
        super().__init__(*request)  # which answers the request

    def do_GET(self) -> None:
        """Answer with the next event, when there is one."""
        self._api.asked_for_work.set()
        event = self._api.events.get()
        if event is not None:  # else the function was ended meanwhile
            self._answer(200, event)

    def do_POST(self) -> None:
        """Take an answer or an error."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == f"{API}/init/error":
            self._api.failed_to_start = body.decode()
        elif self.path.endswith("/error"):
            self._api.answers.put(FunctionFailedError(body.decode()))
        else:
            self._api.answers.put(json.loads(body))
        self._answer(202, b'{"status": "OK"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Lambda-Runtime-Aws-Request-Id", str(uuid.uuid4()))
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + CALL_SECONDS) * 1000)))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:local")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        with suppress(BrokenPipeError):  # a function that has answered may be ended before it hears this
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""
