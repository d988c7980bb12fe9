"""A client of an AWS service: boto3's interface and errors for the calls that leadmatch makes, without boto3's service models.

Before its first call boto3 loads S3's helpers and a model of each service, and checks each call against that: a cold start and a
call take twice as long (docs/performance.md). SQS, DynamoDB and Secrets Manager need one signed POST of JSON a call; the
signature and the errors of a refusal are botocore's own. Whoever takes such a client takes one of boto3's as well.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, NoRegionError
from urllib3.exceptions import HTTPError

from chalicelib.timing import AWS_ATTEMPTS, AWS_BACKOFF

Json = dict[str, Any]

SERVER_FAILS = (500, 502, 503, 504)
TOO_MANY = (
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "Throttling",
    "ThrottlingException",
)
"""The codes of a service that asks for a pause.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its host's name, what `AWS_ENDPOINT_URL_` names it, and how its protocol names its actions."""

    name: str
    setting: str
    target: str
    protocol: str


SQS = Service("sqs", "SQS", "AmazonSQS", "1.0")
DYNAMODB = Service("dynamodb", "DYNAMODB", "DynamoDB_20120810", "1.0")
SECRETS_MANAGER = Service("secretsmanager", "SECRETS_MANAGER", "secretsmanager", "1.1")


class Answer(Protocol):
    """An answer, read whole."""

    status: int
    headers: Any
    data: bytes


class Http(Protocol):
    """The connections to a service, such as urllib3's pool; what fails there is urllib3's `HTTPError`."""

    def urlopen(self, method: str, url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer."""


class AwsClient:
    """A client of one service; a method is an action: `client.send_message(QueueUrl=…)` is SendMessage.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """

    def __init__(
        self,
        service: Service,
        environ: Mapping[str, str],
        *,
        connect: Callable[[str], Http],
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        region = environ.get("AWS_DEFAULT_REGION") or environ.get("AWS_REGION")
        if not region:
            raise NoRegionError
        self._service, self._sleep, self._random = service, sleep, random
        self._url = _endpoint(service, region, environ)
        self._host, self._path = urlsplit(self._url)[1:3]
        self.http = connect(self._url)
        self.exceptions = _Exceptions()
        credentials: Any = _credentials(environ)  # botocore takes none, and says so at the first call
        self._signer = SigV4Auth(credentials, service.name, region)

    def __getattr__(self, method: str) -> Callable[..., Json]:
        """Return what carries out an action."""
        return partial(self._call, "".join(word.capitalize() for word in method.split("_")))

    def _call(self, action: str, /, **request: Any) -> Json:
        """Return the answer; raise botocore's `ClientError` for a refusal and urllib3's `HTTPError` when none came.

        What fails is tried once more, with the same words: each of our calls may be repeated.
        """
        body = json.dumps(request).encode()
        for attempt in range(1, AWS_ATTEMPTS + 1):
            is_last = attempt == AWS_ATTEMPTS
            headers = self._signed_headers(action, body)
            try:
                answer = self.http.urlopen("POST", self._path, body=body, headers=headers)
            except HTTPError:
                if is_last:
                    raise
            else:
                error = _error(action, answer)
                if error is None:
                    return _json(answer)
                if is_last or not _is_passing(error):
                    raise error
            self._sleep(AWS_BACKOFF.seconds(attempt - 1, random=self._random))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _signed_headers(self, action: str, body: bytes) -> dict[str, str]:
        headers = {
            "Host": self._host,
            "Content-Type": f"application/x-amz-json-{self._service.protocol}",
            "X-Amz-Target": f"{self._service.target}.{action}",
        }
        request = AWSRequest("POST", self._url, headers=headers, data=body)
        self._signer.add_auth(request)
        return dict(request.headers.items())


class _Exceptions:
    """The errors of a service by AWS's code, each a class, as boto3's clients have them."""

    def __getattr__(self, code: str) -> type[ClientError]:
        return _error_class(code)


@cache
def _error_class(code: str) -> type[ClientError]:
    return type(code, (ClientError,), {})


def _error(action: str, answer: Answer) -> ClientError | None:
    """Return what an answer refuses, with its whole body, or None for a good one.

    SQS names its codes of before in a header, as boto3 gives them.
    https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-amzn-query-error
    """
    if answer.status == HTTPStatus.OK:
        return None
    said = _json(answer)
    code = str(said.get("__type") or answer.status).rpartition("#")[2]
    query_code = answer.headers.get("x-amzn-query-error", "").partition(";")[0]
    about = {"Code": query_code or code, "Message": said.get("message") or said.get("Message") or ""}
    status = {"HTTPStatusCode": answer.status}
    response: Any = {**said, "Error": about, "ResponseMetadata": status}
    return _error_class(about["Code"])(response, action)


def _is_passing(error: ClientError) -> bool:
    """Return whether the same call may succeed a moment later."""
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status in SERVER_FAILS or error.response["Error"]["Code"] in TOO_MANY


def _json(answer: Answer) -> Json:
    """Return an answer's object; an empty one for a body that is none, as of a gateway's page."""
    try:
        said = json.loads(answer.data or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _endpoint(service: Service, region: str, environ: Mapping[str, str]) -> str:
    own = environ.get(f"AWS_ENDPOINT_URL_{service.setting}") or environ.get("AWS_ENDPOINT_URL")
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"{own.rstrip('/')}/" if own else f"https://{service.name}.{region}.{domain}/"


def _credentials(environ: Mapping[str, str]) -> Credentials | None:
    """Return what Lambda gives a function for as long as its process lives; without any, a call is botocore's error."""
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN")) if key and secret else None
