"""One AWS account for the unit tests that need one; each test begins with an empty account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.own_aws import OwnAws


@pytest.fixture(scope="session")
def running_aws() -> Iterator[OwnAws]:
    with OwnAws() as aws:
        yield aws


@pytest.fixture
def own_aws(running_aws: OwnAws) -> OwnAws:
    running_aws.reset()
    return running_aws
