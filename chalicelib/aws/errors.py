"""Every error of a call to AWS becomes `AwsUnavailable`, with the service and AWS's own code as its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from chalicelib.errors import AwsUnavailable


@contextmanager
def aws_failures(service: str) -> Iterator[None]:
    """Map what botocore and urllib3 raise inside; nothing of their texts is passed on, since they may repeat what was sent."""
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "unknown")).rpartition(".")[2]
        raise _unavailable(service, code) from None
    except (BotoCoreError, HTTPError) as error:
        raise _unavailable(service, type(error).__name__) from None


def part_of(answer: Mapping[str, Any], name: str, service: str) -> Any:
    """Return what each whole answer has; raise `AwsUnavailable` without it: whoever answered did not do what we asked."""
    if (part := answer.get(name)) is None:
        raise AwsUnavailable(f"{service} gave an answer without {name}.", reason=f"{service}_answer_incomplete")
    return part


def _unavailable(service: str, code: str) -> AwsUnavailable:
    word = re.sub(r"(?<=[a-z])(?=[A-Z])|\W+", "_", code).lower()
    return AwsUnavailable(f"{service} answered {code}.", reason=f"{service}_{word}")
