"""Who gets the alarms: an address that has not confirmed gets none."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ops.alarms import Subscribers, subscribers


class Topics:
    """SNS with these subscriptions, or one that refuses to say."""

    def __init__(self, subscriptions: list[dict[str, str]] | None) -> None:
        self.subscriptions = subscriptions

    def list_subscriptions_by_topic(self, *, TopicArn: str) -> Any:  # noqa: N803 - AWS's name
        """Tell who is subscribed to the topic."""
        assert TopicArn == "arn:topic"
        if self.subscriptions is None:
            raise ClientError({"Error": {"Code": "AuthorizationError", "Message": ""}}, "ListSubscriptionsByTopic")
        return {"Subscriptions": self.subscriptions}


def test_who_has_confirmed_is_told_from_who_has_not() -> None:
    """By what AWS writes instead of an ARN; one that was deleted is neither."""
    found = subscribers(
        Topics(
            [
                {"Endpoint": "a@x.example", "SubscriptionArn": "arn:aws:sns:eu-west-1:1:leadmatch-dev-alarms:1"},
                {"Endpoint": "b@x.example", "SubscriptionArn": "PendingConfirmation"},
                {"Endpoint": "c@x.example", "SubscriptionArn": "Deleted"},
            ]
        ),
        "arn:topic",
    )
    assert found == Subscribers(("a@x.example",), ("b@x.example",))


def test_whoever_may_not_ask_hears_nothing() -> None:
    """That stops no provision."""
    assert subscribers(Topics(None), "arn:topic") is None


def test_an_address_that_sns_no_longer_lists_is_lost() -> None:
    """Nobody confirmed it in time, or somebody unsubscribed it."""
    assert Subscribers((), ()).missing("a@x.example") == Subscribers((), (), ("a@x.example",))
    assert Subscribers((), ("a@x.example",)).missing("a@x.example") == Subscribers((), ("a@x.example",))
    assert Subscribers((), ()).missing("") == Subscribers((), ())


def test_an_address_that_was_only_just_subscribed_is_expected() -> None:
    """SNS may list it a moment later."""
    assert Subscribers((), ()).expecting("a@x.example") == Subscribers((), ("a@x.example",))
    assert Subscribers(("a@x.example",), ()).expecting("a@x.example") == Subscribers(("a@x.example",), ())
    assert Subscribers((), ()).expecting("") == Subscribers((), ())
