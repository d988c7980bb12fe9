"""The events that AWS gives to functions which no queue calls: API Gateway's and the schedule's."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.callers import Call

ACCOUNT, REGION = "123456789012", "us-east-1"


def proxy_event(call: Call, path: str) -> dict[str, Any]:
    """Give a REST API's event for a call.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    return {
        "resource": path,
        "path": path,
        "httpMethod": call.method,
        "headers": call.headers,
        "multiValueHeaders": {name: [value] for name, value in call.headers.items()},
        "queryStringParameters": call.query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in call.query.items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "resourcePath": path,
            "httpMethod": call.method,
            "path": f"/api{path}",
            "stage": "api",
            "requestId": str(uuid.uuid4()),
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": call.body.decode() or None,
        "isBase64Encoded": False,
    }


def scheduled_event() -> dict[str, Any]:
    """Give the event of a rule that is due. https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-01-01T00:00:00Z",
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/leadmatch-dev-sweep-event"],
        "detail": {},
    }
