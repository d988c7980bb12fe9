"""What is asked of AWS over HTTP, as a policy names it, whatever the service's protocol."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import botocore.session

BY_METHOD = ("apigateway",)
"""Services whose actions are HTTP's own words."""
PATH_PARAMETER = re.compile(r"\{[^}]+\}")


def action(environ: dict[str, Any]) -> str:
    """Return the action of a request, such as `sqs:SendMessage`; the request can be read again afterwards."""
    service = _service(environ.get("HTTP_AUTHORIZATION", ""))
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    method, target = environ["REQUEST_METHOD"], environ.get("HTTP_X_AMZ_TARGET", "")
    if service in BY_METHOD:
        return f"{service}:{method}"
    if target:
        return f"{service}:{target.rpartition('.')[2]}"
    named = parse_qs(body.decode("latin-1")).get("Action") or [_operation(service, method, environ["PATH_INFO"])]
    return f"{service}:{named[0]}"


def _service(authorization: str) -> str:
    """Return the service that a request was signed for: https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html"""
    found = re.search(r"Credential=[^/]+/\d+/[^/]*/([^/]+)/aws4_request", authorization)
    return {"monitoring": "cloudwatch"}.get(found[1], found[1]) if found else ""


def _operation(service: str, method: str, path: str) -> str:
    """Find a REST call among the service's operations by its method and path."""
    for name, (verb, pattern) in _operations(service).items():
        if verb == method and pattern.fullmatch(path.rstrip("/")):
            return name
    return f"{method} {path}"


@functools.cache
def _operations(service: str) -> Mapping[str, tuple[str, re.Pattern[str]]]:
    model = botocore.session.get_session().get_service_model(service)
    https = {name: model.operation_model(name).http for name in model.operation_names}
    return {
        name: (
            http["method"],
            re.compile(PATH_PARAMETER.sub("[^/]+", http["requestUri"].partition("?")[0].rstrip("/"))),
        )
        for name, http in sorted(https.items(), key=lambda one: one[1]["requestUri"].count("{"))
    }
