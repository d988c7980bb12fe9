"""A secret outside the stack is created, restored, closed to plain HTTP, and keeps its value."""

from __future__ import annotations

import json

import pytest

from ops.errors import OpsError
from ops.secret_store import SecretStore
from tests.own_aws import OwnAws

NAME = "leadmatch/dev/credentials"
TAGS = {"app": "leadmatch", "stage": "dev"}


@pytest.fixture
def store(own_aws: OwnAws) -> SecretStore:
    return SecretStore(own_aws.client("secretsmanager"), NAME)


def ensure(store: SecretStore) -> str:
    """Let the secret be there; return what was done."""
    return store.ensure(description="What it is for.", tags=TAGS)


def statements(aws: OwnAws) -> list[dict[str, object]]:
    """Return the statements of the secret's resource policy."""
    policy = aws.client("secretsmanager").get_resource_policy(SecretId=NAME)["ResourcePolicy"]
    return json.loads(policy)["Statement"]


def test_a_missing_secret_is_made_and_one_that_is_there_is_kept(own_aws: OwnAws, store: SecretStore) -> None:
    """With its value; a new one has none."""
    assert (store.read(), ensure(store), store.read()) == ("", "made", "")
    store.write("{}")
    assert (ensure(store), store.read()) == ("kept", "{}")
    described = own_aws.client("secretsmanager").describe_secret(SecretId=NAME)
    assert {tag["Key"]: tag["Value"] for tag in described["Tags"]} == TAGS
    assert described["Description"] == "What it is for."


def test_a_secret_scheduled_for_deletion_comes_back_with_its_value(own_aws: OwnAws, store: SecretStore) -> None:
    """For seven days."""
    ensure(store)
    store.write('{"webhook_keys": []}')
    assert store.schedule_deletion() is True
    described = own_aws.client("secretsmanager").describe_secret(SecretId=NAME)
    assert 6 < (described["DeletedDate"] - described["LastChangedDate"]).days <= 7
    assert store.schedule_deletion() is False
    assert (ensure(store), store.read()) == ("restored", '{"webhook_keys": []}')


def test_where_there_is_none_nothing_is_deleted(store: SecretStore) -> None:
    """And that is no error."""
    assert store.schedule_deletion() is False


def test_plain_http_is_refused_and_other_statements_stay(own_aws: OwnAws, store: SecretStore) -> None:
    """However often it is run."""
    ensure(store)
    (ours,) = statements(own_aws)
    assert (ours["Effect"], ours["Principal"], ours["Action"]) == ("Deny", "*", "secretsmanager:*")
    assert ours["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    theirs = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [theirs]})
    own_aws.client("secretsmanager").put_resource_policy(SecretId=NAME, ResourcePolicy=policy)
    ensure(store)
    ensure(store)
    assert statements(own_aws) == [theirs, ours]


def test_a_secret_that_cannot_be_written_is_told_without_its_value(store: SecretStore) -> None:
    """Here it is not there."""
    with pytest.raises(OpsError, match=r"secretsmanager:PutSecretValue \(ResourceNotFoundException\)"):
        store.write("hush")
