"""Finds the Slack user of a lead's owner, for the one message that mentions them.

A mention is a comfort: whatever fails here costs the mention alone, and the message goes with the owner's plain name.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.errors import AwsUnavailable, SlackRefused, SlackUnavailable
from chalicelib.slack.people import SlackUser, may_be_mentioned
from chalicelib.timing import SLACK_RETRY_SECONDS, honoured_seconds
from chalicelib.verdict.model import Owner

USER_ID = re.compile(r"[0-9]{1,30}")
"""Zoho's id of a user."""
ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


class KnownOwners(Protocol):
    """What Slack said of owners before."""

    def read(self, owner_id: str, /, *, digest: str) -> str | None: ...
    def write(self, owner_id: str, slack_user: str, /, *, digest: str) -> None: ...


class Directory(Protocol):
    """The people of a workspace."""

    def user_by_email(self, email: str) -> SlackUser:
        """Return who has an address; raise `SlackRefused` when nobody does."""


@dataclass(slots=True)
class Rest:
    """A pause of this worker's after an answer that says nothing about an owner: too many calls, no scope, no connection."""

    clock: Callable[[], float]
    _until: float = field(default=float("-inf"), init=False)

    def begin(self, error: SlackUnavailable) -> None:
        """Rest as long as Slack asks for, or a while."""
        self._until = self.clock() + (honoured_seconds(error.retry_after_seconds) or SLACK_RETRY_SECONDS)

    @property
    def lasts(self) -> bool:
        """Whether Slack is not to be asked now."""
        return self.clock() < self._until


@dataclass(frozen=True, slots=True, repr=False)
class Mentions:
    """Looks an owner up in the ledger's table, and at Slack where nothing is known or it is too old; not shown by `repr`, for the secret.

    `secret` keys the digests of addresses: without it nobody finds an address by trying, and another app's token, which may be of
    another workspace, begins anew. `team` is empty where it is not known.
    """

    known: KnownOwners
    slack: Directory
    secret: str
    team: str
    rest: Rest
    warn: Callable[[SlackUnavailable], None]

    def user_of(self, owner: Owner) -> str:
        """Return the id of the Slack user who owns a lead; an empty text for nobody, and where nobody could say in time."""
        if not USER_ID.fullmatch(owner.id) or not ADDRESS.fullmatch(owner.email):
            return ""
        digest = hmac.new(self.secret.encode(), owner.email.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
        try:
            found = self.known.read(owner.id, digest=digest)
        except AwsUnavailable:
            return ""
        if found is None and not self.rest.lasts:
            found = self._asked(owner, digest)
        return found or ""

    def _asked(self, owner: Owner, digest: str) -> str:
        """Ask Slack, and keep what it says; what it says of itself alone is waited out."""
        try:
            user = self.slack.user_by_email(owner.email)
        except SlackRefused:
            user = SlackUser()
        except SlackUnavailable as error:
            self.rest.begin(error)
            self.warn(error)
            return ""
        found = user.id if may_be_mentioned(user, team=self.team) else ""
        with suppress(AwsUnavailable):
            self.known.write(owner.id, found, digest=digest)
        return found
