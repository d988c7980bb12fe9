"""The secret `credentials` is filled: what it has is kept, what is missing is asked for, and each part is stored at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from chalicelib.aws.secrets import Credentials
from ops import shapes
from ops.cli import Console
from ops.provision import credentials as known
from ops.provision.asking import Asker
from ops.provision.grant import CodeSpent, GrantCodes
from ops.provision.keys import new_key
from ops.provision.slack_trial import TokenRefused
from ops.zoho import SCOPES_TO_PASTE

QUESTIONS = {
    "client_id": "Zoho client id",
    "client_secret": "Zoho client secret",
    "bot_token": "Slack bot token (xoxb-…)",
    "signing_secret": "Slack signing secret",
    "webhook_url": "Slack incoming webhook URL",
}


class Store(Protocol):
    """Keeps the credentials as far as they are known."""

    def __call__(self, credentials: Credentials, *, is_new_key: bool) -> None:
        """Keep them; what is new is a webhook key of ours, or what the operator gave."""
        ...


@dataclass(frozen=True, slots=True)
class Filling:
    """Whom to ask, and who turns a grant code into a refresh token."""

    asker: Asker
    grant_codes: GrantCodes
    console: Console
    try_slack: Callable[[Mapping[str, str]], None]
    """Raises `TokenRefused` for what Slack refuses, before it is stored."""
    console_url: str = "https://api-console.zoho.com"
    """Zoho's page for API clients, in the stage's data centre."""
    kept_zoho: Mapping[str, str] = field(default_factory=dict)
    """What the secret held of Zoho before: it stays when the file's grant code was spent by an earlier run."""

    def fill(self, credentials: Credentials, store: Store) -> Credentials:
        """Give whole credentials. `store` gets each part as soon as it is there: a grant code works only once."""
        for part in (self._zoho, self._slack, self._keys):
            filled = part(credentials)
            if filled != credentials:
                store(filled, is_new_key=part == self._keys)
            credentials = filled
        return credentials

    def _zoho(self, credentials: Credentials) -> Credentials:
        good = known.good_fields(credentials.zoho, known.ZOHO)
        code = credentials.zoho.get(known.GRANT_CODE, "")
        if len(good) == len(known.ZOHO) and not code:
            return credentials
        self.console.line(f"Zoho: {self.console_url}, Self Client. docs/zoho.md shows each step.")
        for name, ask in (("client_id", self.asker.text), ("client_secret", self.asker.secret)):
            good[name] = good.get(name) or ask(QUESTIONS[name], known.ZOHO[name])
        if code:
            good["refresh_token"] = self._exchanged(code, good)
        elif not good.get("refresh_token"):
            good["refresh_token"] = self._refresh_token(good["client_id"], good["client_secret"])
        return replace(credentials, zoho=good)

    def _exchanged(self, code: str, good: Mapping[str, str]) -> str:
        """Give the refresh token for the file's code; for one that an earlier run has spent, the one that is stored."""
        try:
            return self.grant_codes.exchange(code, client_id=good["client_id"], client_secret=good["client_secret"])
        except CodeSpent as spent:
            way = "generate a new one, put it into the secrets file and run this again."
            if len(good) < len(known.ZOHO) or good != self.kept_zoho:
                raise CodeSpent(spent.message, way.capitalize()) from None
            self.console.warn(f"{spent.message} The stored refresh token stays. Was that one revoked? Then {way}")
            return good["refresh_token"]

    def _refresh_token(self, client_id: str, client_secret: str) -> str:
        if (
            self.asker.choice("A grant code of the Self Client, or a refresh token you have?", ("code", "token"))
            == "token"
        ):
            return self.asker.secret("Zoho refresh token", shapes.zoho_token)
        self.console.line(f"In the Self Client's tab Generate Code, paste this scope: {SCOPES_TO_PASTE}")
        while True:
            code = self.asker.secret("Zoho grant code", shapes.zoho_token)
            try:
                return self.grant_codes.exchange(code, client_id=client_id, client_secret=client_secret)
            except CodeSpent as spent:
                self.console.warn(f"{spent.message} {spent.hint}")

    def _slack(self, credentials: Credentials) -> Credentials:
        if known.slack_is_whole(credentials.slack):
            return credentials
        self.console.line("Slack: api.slack.com/apps. docs/slack.md has the app's manifest.")
        way = self.asker.choice("An app of your own, or an incoming webhook for a trial?", ("app", "webhook"))
        wanted = known.SLACK_APP if way == "app" else known.SLACK_TRIAL
        good = known.good_fields(credentials.slack, wanted)
        while True:
            given = {
                name: good.get(name) or self.asker.secret(QUESTIONS[name], shape) for name, shape in wanted.items()
            }
            try:
                self.try_slack(given)
            except TokenRefused as refused:
                self.console.warn(f"{refused.message} {refused.hint}")
                good = {name: value for name, value in given.items() if name != "bot_token"}
            else:
                return replace(credentials, slack=given)

    def _keys(self, credentials: Credentials) -> Credentials:
        return credentials if credentials.webhook_keys else replace(credentials, webhook_keys=(new_key(),))
