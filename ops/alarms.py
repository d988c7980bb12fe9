"""Who gets a stage's alarms: the subscriptions of its topic, and whether each address has confirmed.

Until somebody clicks the link in AWS's mail, AWS sends that address nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

from botocore.exceptions import ClientError

from ops.errors import aws_failures

PENDING = "PendingConfirmation"
NOBODY = "Nobody gets the alarms."
NAME_SOMEBODY = "Give an address: python -m ops provision --stage {stage} --alarm-email you@example.com"
LOST = "AWS no longer has the subscription of {address}: it was not confirmed in time, or somebody cancelled it."
ASK_FOR_MAIL = (
    "To get a new mail: python -m ops provision --stage {stage} --alarm-email none\n"
    "Then: python -m ops provision --stage {stage} --alarm-email {address}"
)
CONFIRM = 'open AWS\'s mail "AWS Notification - Subscription Confirmation" and click "Confirm subscription"'


class Topics(Protocol):
    """The one call of SNS's API that is made here."""

    def list_subscriptions_by_topic(self, *, TopicArn: str) -> Any:  # noqa: N803 - AWS's name
        """Return who is subscribed."""
        ...


@dataclass(frozen=True, slots=True)
class Subscribers:
    """Addresses that get the alarms, those that have not confirmed yet, and one that the stack has and SNS no longer."""

    confirmed: tuple[str, ...]
    pending: tuple[str, ...]
    lost: tuple[str, ...] = ()

    def expecting(self, address: str) -> Subscribers:
        """Return the same with an address that was only just subscribed, and which SNS may not list yet."""
        return self if self._knows(address) else replace(self, pending=(*self.pending, address))

    def missing(self, address: str) -> Subscribers:
        """Return the same with an address that an earlier run subscribed: unless SNS lists it, AWS sends no mail again."""
        return self if self._knows(address) else replace(self, lost=(address,))

    def _knows(self, address: str) -> bool:
        return not address or address in self.confirmed + self.pending


def subscribers(topics: Topics, topic_arn: str) -> Subscribers | None:
    """Ask who gets the alarms; None when nobody may ask. A stage has a handful at most: the first page is enough."""
    with aws_failures("sns"):
        try:
            found = topics.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
        except ClientError:
            return None
    pending = tuple(one["Endpoint"] for one in found if one["SubscriptionArn"] == PENDING)
    confirmed = tuple(one["Endpoint"] for one in found if one["SubscriptionArn"].startswith("arn:"))
    return Subscribers(confirmed, pending)
