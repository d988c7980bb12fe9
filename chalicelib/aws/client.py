"""A client of an AWS service: boto3's interface and errors for the calls that leadmatch makes, without boto3's service models.

Before its first call boto3 loads S3's helpers and a model of each service, and checks each call against that: a cold start and a
call take twice as long or more (docs/decisions.md). SQS, DynamoDB and Secrets Manager need one signed POST of JSON a call; the
signature and the errors of a refusal are botocore's own. Whoever takes such a client takes one of boto3's as well.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-protocol.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, NoRegionError
from urllib3.exceptions import HTTPError, ProtocolError

from chalicelib.timing import AWS_ATTEMPTS, AWS_BACKOFF

Json = dict[str, Any]

OVERLOADED = (429, 500, 502, 503, 504)
THROTTLED = (
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
)
"""The codes after which the same call may succeed a moment later.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""
DOMAINS = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "us-isof-": "csp.hci.ic.gov",
    "eu-isoe-": "cloud.adc-e.uk",
}
"""Where the regions of each partition are, by the beginning of their names; all others are in `amazonaws.com`."""
WITHOUT_A_BODY = ("ChangeMessageVisibility", "DeleteMessage")
"""The actions that are answered without a body; for all others that is no answer of AWS's."""
CODE = re.compile(r"[A-Za-z0-9.]{1,100}")
"""What can be a code of AWS's: it becomes a class, a reason, and a part of the log."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its host's name, what `AWS_ENDPOINT_URL_` names it, how its protocol names its actions, and those that we use."""

    name: str
    setting: str
    target: str
    protocol: str
    methods: tuple[str, ...]
    headers: tuple[tuple[str, str], ...] = ()


SQS = Service(
    "sqs",
    "SQS",
    "AmazonSQS",
    "1.0",
    (
        "send_message",
        "send_message_batch",
        "receive_message",
        "change_message_visibility",
        "change_message_visibility_batch",
        "delete_message",
        "get_queue_attributes",
    ),
    (("x-amzn-query-mode", "true"),),
)
DYNAMODB = Service(
    "dynamodb", "DYNAMODB", "DynamoDB_20120810", "1.0", ("get_item", "batch_get_item", "query", "update_item")
)
SECRETS_MANAGER = Service(
    "secretsmanager", "SECRETS_MANAGER", "secretsmanager", "1.1", ("get_secret_value", "put_secret_value")
)


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
    """A client of one service; each of its methods is an action: `client.send_message(QueueUrl=…)` is SendMessage.

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
        for method in service.methods:
            setattr(self, method, partial(self._call, "".join(word.capitalize() for word in method.split("_"))))

    def _call(self, action: str, /, **request: Any) -> Json:
        """Return the answer; raise botocore's `ClientError` for a refusal and urllib3's `HTTPError` when none came.

        What fails is tried once more, with the same words: each of our calls may be repeated.
        """
        body = json.dumps(request).encode()
        for attempt in range(1, AWS_ATTEMPTS + 1):
            try:
                return self._attempt(action, body)
            except (ClientError, HTTPError) as error:
                if attempt == AWS_ATTEMPTS or not _may_succeed_later(error):
                    raise
            self._sleep(AWS_BACKOFF.seconds(attempt - 1, random=self._random))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _attempt(self, action: str, body: bytes) -> Json:
        answer = self.http.urlopen("POST", self._path, body=body, headers=self._signed_headers(action, body))
        said = _object(answer.data)
        if answer.status != HTTPStatus.OK:
            raise _refusal(action, answer, said or {})
        if said is None and (answer.data or action not in WITHOUT_A_BODY):
            raise ProtocolError("the answer is not a JSON object")
        return said or {}

    def _signed_headers(self, action: str, body: bytes) -> dict[str, str]:
        headers = {
            "Host": self._host,
            "Content-Type": f"application/x-amz-json-{self._service.protocol}",
            "X-Amz-Target": f"{self._service.target}.{action}",
            **dict(self._service.headers),
        }
        request = AWSRequest("POST", self._url, headers=headers, data=body)
        self._signer.add_auth(request)
        return dict(request.headers.items())


class _Exceptions:
    """The errors of a service by AWS's code, each a class, as boto3's clients have them."""

    def __getattr__(self, code: str) -> type[ClientError]:
        if code.startswith("_"):  # Python's own names, and none of AWS's
            raise AttributeError(code)
        return _error_class(code)


_error_classes: dict[str, type[ClientError]] = {}


def _error_class(code: str) -> type[ClientError]:
    """Return the one class of a code: of two threads that make it, one is first, and an error of the other's would be caught by none."""
    return _error_classes.get(code) or _error_classes.setdefault(code, type(code, (ClientError,), {}))


def _refusal(action: str, answer: Answer, said: Json) -> ClientError:
    """Return what an answer refuses, with its whole body; what stands between us and AWS may have written it.

    Asked with `x-amzn-query-mode`, SQS names the code of its older protocol in a header, and boto3 gives that one.
    https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-amzn-query-error
    """
    code = str(said.get("__type") or answer.status).partition(":")[0].rpartition("#")[2]
    query_code, semicolon, _ = answer.headers.get("x-amzn-query-error", "").partition(";")
    named = query_code if semicolon else code
    found = named if CODE.fullmatch(named) else str(answer.status)
    about = {"Code": found, "Message": said.get("message") or said.get("Message") or ""}
    status = {"HTTPStatusCode": answer.status}
    response: Any = {**said, "Error": about, "ResponseMetadata": status}
    return _error_class(found)(response, action)


def _may_succeed_later(error: ClientError | HTTPError) -> bool:
    """Return whether the same call may succeed a moment later, as it may whenever no answer came."""
    if isinstance(error, HTTPError):
        return True
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status in OVERLOADED or error.response["Error"]["Code"] in THROTTLED


def _object(body: bytes) -> Json | None:
    """Return a body's JSON object; None for anything else."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _endpoint(service: Service, region: str, environ: Mapping[str, str]) -> str:
    own = environ.get(f"AWS_ENDPOINT_URL_{service.setting}") or environ.get("AWS_ENDPOINT_URL")
    domain = next((domain for prefix, domain in DOMAINS.items() if region.startswith(prefix)), "amazonaws.com")
    return f"{own.rstrip('/')}/" if own else f"https://{service.name}.{region}.{domain}/"


def _credentials(environ: Mapping[str, str]) -> Credentials | None:
    """Return what Lambda gives a function for as long as its process lives; without any, a call is botocore's error."""
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN")) if key and secret else None
