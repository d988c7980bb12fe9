"""An empty AWS account in a process of its own, which Chalice can deploy into; it ends when its input does.

moto keeps one state for a whole process, and other tests have an AWS of their own in theirs.
"""

from __future__ import annotations

import io
import json
import sys
import threading
from typing import Any

from sandbox.aws import EmbeddedAws
from tests.gate import Gate

CODE_PATH = "/deployed-code/"
REFUSE_APIS_PATH = "/refuse-apis"
RESET_PATH = "/moto-api/reset"


class DeployAccount(EmbeddedAws):
    """The embedded AWS, with what moto lacks for a deploy.

    moto reads OpenAPI 3 with a description only, and Chalice sends Swagger 2.0, as API Gateway accepts. And moto's
    link to a function's code leads nowhere, so the code is given here. Asked at `REFUSE_APIS_PATH`, and until the next
    reset, it is moto as it is: it refuses Chalice's API, the last thing that a deploy makes.
    """

    def start(self) -> None:
        """Start it, and stand between its callers and moto."""
        super().start()
        inner, refuses_apis = self.app, threading.Event()

        def standing_between(environ: dict[str, Any], start_response: Any) -> Any:
            path = environ["PATH_INFO"]
            if path.startswith(CODE_PATH):
                start_response("200 OK", [("Content-Type", "application/zip")])
                return [_code(path.removeprefix(CODE_PATH))]
            if path == REFUSE_APIS_PATH:
                refuses_apis.set()
                start_response("200 OK", [("Content-Length", "0")])
                return []
            if path == RESET_PATH:
                refuses_apis.clear()
            if (
                not refuses_apis.is_set()
                and path.startswith("/restapis")
                and "mode=" in environ.get("QUERY_STRING", "")
            ):
                _as_openapi(environ)
            return inner(environ, start_response)

        self.app = Gate(standing_between)


def _code(function: str) -> bytes:
    from moto.awslambda.models import lambda_backends

    return bytes(lambda_backends["123456789012"]["us-east-1"].get_function(function).code_bytes)


def _as_openapi(environ: dict[str, Any]) -> None:
    document = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    del document["swagger"]
    document |= {"openapi": "3.0.1", "info": document["info"] | {"description": ""}}
    body = json.dumps(document).encode()
    environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}


if __name__ == "__main__":
    with DeployAccount() as account:
        print(account.url, flush=True)  # noqa: T201 - for the process that started this one
        sys.stdin.read()
