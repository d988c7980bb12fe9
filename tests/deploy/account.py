"""An empty AWS account that Chalice can deploy into over HTTP."""

from __future__ import annotations

import io
import json
from typing import Any, Self

from sandbox.aws import OPERATOR, EmbeddedAws


class DeployAccount(EmbeddedAws):
    """The embedded AWS, which takes Chalice's Swagger 2.0 too: moto reads OpenAPI 3 with a description only."""

    def __enter__(self) -> Self:
        """Start it, and stand between Chalice and moto's ImportRestApi and PutRestApi."""
        super().__enter__()
        server: Any = self._server._server  # noqa: SLF001 - as its base class does
        inner = server.app

        def mending(environ: dict[str, Any], start_response: Any) -> Any:
            if environ["PATH_INFO"].startswith("/restapis") and "mode=" in environ.get("QUERY_STRING", ""):
                _as_openapi(environ)
            return inner(environ, start_response)

        server.app = mending
        return self

    def tools_environment(self) -> dict[str, str]:
        """Give the variables that lead an operator's programs here."""
        return self.environment() | {"AWS_ACCESS_KEY_ID": OPERATOR}

    def code(self, function: str) -> bytes:
        """Give the zip that a function was deployed with; moto's link to it leads nowhere."""
        from moto.awslambda.models import lambda_backends
        from moto.core.common_types import DEFAULT_ACCOUNT_ID  # type: ignore[attr-defined] # see below

        return bytes(lambda_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].get_function(function).code_bytes)


def _as_openapi(environ: dict[str, Any]) -> None:
    document = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    del document["swagger"]
    document |= {"openapi": "3.0.1", "info": document["info"] | {"description": ""}}
    body = json.dumps(document).encode()
    environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
