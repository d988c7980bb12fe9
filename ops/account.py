"""The AWS account that a command works in: one session, one region, and who is asking.

A misspelt region is named before anything is asked or written: botocore has the names offline, in its file partitions.json, in which a
region stands before it opens. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property

import boto3
import botocore
from botocore.loaders import create_loader

from chalicelib.settings import PREFIX
from ops.config import Project
from ops.errors import OpsError, aws_failures

QUEUES = tuple(f"{PREFIX}{name}_QUEUE" for name in ("INBOX", "MATCHES", "SLACK", "TOKENS", "CONVERT"))
REGION_VARIABLES = ("AWS_DEFAULT_REGION", "AWS_REGION")
AWS_QUEUE = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com")
PSEUDO_REGION = "-global"
"""The end of the names that botocore gives to what stands in no region."""


@dataclass(frozen=True)
class Account:
    """A boto3 session with a region; `number` is the account's twelve digits, asked of AWS once."""

    session: boto3.Session

    @property
    def region(self) -> str:
        """The region's name."""
        return str(self.session.region_name)

    @cached_property
    def number(self) -> str:
        """The account's number; needs no permission."""
        with aws_failures("sts"):
            return str(self.session.client("sts").get_caller_identity()["Account"])

    def environment(self) -> dict[str, str]:
        """Return the variables that give the functions' own clients this account's keys and region."""
        with aws_failures("sts"):
            found = self.session.get_credentials()
            keys = found.get_frozen_credentials() if found else None
        own = {"AWS_DEFAULT_REGION": self.region}
        if keys:
            own |= {
                "AWS_ACCESS_KEY_ID": keys.access_key or "",
                "AWS_SECRET_ACCESS_KEY": keys.secret_key or "",
                "AWS_SESSION_TOKEN": keys.token or "",
            }
        return {**os.environ, **own}


def open_account(project: Project, stage: str, *, profile: str | None, region: str | None) -> Account:
    """Return the account to work in; without `region` it is the stage's own, else that of the AWS settings.

    A stage stays where it was provisioned: Chalice would find its queues in no other region.
    """
    own = project.region(stage)
    for name, source in ((region, "--region"), (own, f".chalice/config.json, aws_region of stage {stage}")):
        if name:
            require_known_region(name, source)
    if own and region and region != own:
        raise OpsError(f"Stage {stage} is in {own}, not in {region}.", _ways_out(project, stage, region))
    with aws_failures("sts"):
        session = boto3.Session(profile_name=profile, region_name=region or own or _variable_that_boto3_ignores())
    if not session.region_name:
        near = project.near(stage)
        meant = f" Stage {stage} is not in .chalice/config.json. Did you mean {near}?" if near else ""
        raise OpsError(
            f"No AWS region is set.{meant}", "Give a region, for example --region eu-west-1, or set AWS_DEFAULT_REGION."
        )
    require_known_region(session.region_name, _source_of_default(session.region_name))
    account = Account(session)
    _insist_on_own_region(project, stage, account.region)
    _insist_on_own(project, stage, account)
    return account


def _variable_that_boto3_ignores() -> str | None:
    """Return AWS_REGION, which AWS's other SDKs and its command line read, where AWS_DEFAULT_REGION is not set.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
    """
    return os.environ.get("AWS_REGION") if not os.environ.get("AWS_DEFAULT_REGION") else None


def _source_of_default(region: str) -> str:
    """Return where a region stands that neither an option nor the stage names."""
    return next((name for name in REGION_VARIABLES if os.environ.get(name) == region), "your AWS profile")


def _ways_out(project: Project, stage: str, region: str) -> str:
    """Say what helps who wants another region; of a stage that is not whole, it may be that nothing there is worth keeping."""
    ways = f"Omit --region, or use another stage name in {region}, for example --stage {stage}-2."
    if project.is_provisioned(stage):
        return ways
    forget = f"python -m ops provision --stage {stage} --destroy --with-data"
    return f"{ways}\nOr, if you provisioned it there by mistake, remove it (the command lists what it removes, and asks first): {forget}"


def _insist_on_own_region(project: Project, stage: str, region: str) -> None:
    """Refuse an `aws_region` that was edited: secrets and a stack would be made in a region where the queues are not."""
    urls = (url for name, url in project.environment(stage).items() if name in QUEUES)
    stand_in = {found.group(1) for url in urls if (found := AWS_QUEUE.match(url))}
    if elsewhere := sorted(stand_in - {region}):
        raise OpsError(
            f"Stage {stage} would be in {region}, but its queues in .chalice/config.json are in {elsewhere[0]}.",
            f"A stage cannot move to another region: set its aws_region there to {elsewhere[0]} again, "
            f"or use another stage name in {region}, for example --stage {stage}-2.",
        )


def _insist_on_own(project: Project, stage: str, account: Account) -> None:
    own = project.account_number(stage)
    if own and own != account.number:
        raise OpsError(
            f"Stage {stage} is in AWS account {own}, but these credentials belong to account {account.number}.",
            "Choose the other credentials with --profile NAME, or use another name for the new stage.",
        )


def require_known_region(region: str, source: str) -> None:
    """Raise `OpsError` for a name that no region has; `source` says where it stands, so that it can be corrected there."""
    if region in known_regions():
        return
    near = get_close_matches(region.strip().lower(), sorted(known_regions()), n=1)
    raise OpsError(
        f"AWS has no region {region!r} ({source})." + (f" Did you mean {near[0]}?" if near else ""),
        "Correct it there, for example to eu-west-1. If AWS has opened this region recently, botocore "
        f"{botocore.__version__} does not know it yet: python -m pip install --upgrade boto3, then run this again.",
    )


@cache
def known_regions() -> frozenset[str]:
    """Return the names of all regions of all partitions: AWS's own, China's, the governments'."""
    partitions = create_loader().load_data("partitions")["partitions"]
    return frozenset(name for one in partitions for name in one["regions"] if not name.endswith(PSEUDO_REGION))
