"""A request to AWS is named as a policy names it, in each of AWS's protocols."""

from __future__ import annotations

import io

import pytest

from tests.aws_calls import action


@pytest.mark.parametrize(
    ("service", "method", "path", "target", "body", "named"),
    [
        ("sqs", "POST", "/", "AmazonSQS.SendMessage", b"{}", "sqs:SendMessage"),
        ("dynamodb", "POST", "/", "DynamoDB_20120810.GetItem", b"{}", "dynamodb:GetItem"),
        ("cloudformation", "POST", "/", "", b"Action=CreateStack&Version=1", "cloudformation:CreateStack"),
        ("lambda", "GET", "/2015-03-31/functions/leadmatch-dev", "", b"", "lambda:GetFunction"),
        ("lambda", "GET", "/2015-03-31/functions/leadmatch-dev/configuration", "", b"", "lambda:GetFunctionConfiguration"),
        ("lambda", "GET", "/2016-08-19/account-settings/", "", b"", "lambda:GetAccountSettings"),
        ("lambda", "DELETE", "/2015-03-31/event-source-mappings/1-2", "", b"", "lambda:DeleteEventSourceMapping"),
        ("apigateway", "PATCH", "/restapis/abc", "", b"[]", "apigateway:PATCH"),
        ("monitoring", "POST", "/", "", b"Action=PutDashboard", "cloudwatch:PutDashboard"),
    ],
)  # fmt: skip
def test_each_protocol_is_read(service: str, method: str, path: str, target: str, body: bytes, named: str) -> None:
    """And the request can be read once more afterwards."""
    environ = {
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=x",
        "HTTP_X_AMZ_TARGET": target,
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    assert action(environ) == named
    assert environ["wsgi.input"].read() == body
