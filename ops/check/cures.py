"""How each error is mended, found by its reason: one table per vendor, and a way out for what no table knows."""

from __future__ import annotations

from chalicelib.errors import LeadmatchError
from ops.check import cures_aws, cures_slack, cures_zoho
from ops.check.findings import Remark

TABLES = (cures_zoho.ZOHO_REMEDIES, cures_slack.SLACK_REMEDIES)
SOURCES = {"zoho": cures_zoho.ZOHO_OTHERWISE, "slack": cures_slack.SLACK_OTHERWISE}
AGAIN = "Run this again: that is safe. Should it stay so, docs/deploy.md says where to look."


def remedy(error: LeadmatchError, stage: str) -> Remark:
    """Give what happened, in the error's own words unless a table has plainer ones, and what to do."""
    what = cures_slack.WORDS.get(error.reason) or cures_aws.aws_words(error.reason) or str(error)
    return Remark(what, remedy_for(error.reason, stage))


def remedy_for(reason: str, stage: str) -> str:
    """Give what to do about a reason."""
    found = next((table[reason] for table in TABLES if reason in table), "") or cures_aws.aws_remedy(reason)
    return (found or SOURCES.get(reason.partition("_")[0], AGAIN)).replace("{stage}", stage)
