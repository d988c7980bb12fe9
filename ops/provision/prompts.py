"""The secrets that people write are filled: what they have is kept, what is missing is asked for, and each part is stored at once.

Secrets are typed hidden; without a terminal nobody is asked, and what is missing is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from getpass import getpass
from typing import Protocol

import click

from ops import shapes
from ops.cli import Console, is_interactive
from ops.errors import OpsError
from ops.provision import credentials as known
from ops.provision.credentials import Secrets
from ops.provision.grant_code import CodeSpent, GrantCodes
from ops.provision.slack_trial import TokenRefused
from ops.provision.webhook_keys import new_key
from ops.shapes import Shape
from ops.zoho import SCOPES_TO_PASTE

QUESTIONS = {
    "client_id": "Zoho client id",
    "client_secret": "Zoho client secret",
    "bot_token": "Slack bot token (xoxb-…)",
    "signing_secret": "Slack signing secret",
    "webhook_url": "Slack incoming webhook URL",
}


class Store(Protocol):
    """Keeps the secrets as far as they are known."""

    def __call__(self, secrets: Secrets, *, is_new_key: bool) -> None:
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
    """What the secret `zoho-client` held before: it stays when the file's grant code was spent by an earlier run."""
    scopes: str = SCOPES_TO_PASTE
    """What the Self Client's grant code is to be made for."""

    def fill(self, secrets: Secrets, store: Store) -> Secrets:
        """Return whole secrets. `store` gets each part as soon as it is there: a grant code works only once."""
        for part in (self._zoho, self._slack, self._keys):
            filled = part(secrets)
            if filled != secrets:
                store(filled, is_new_key=part == self._keys)
            secrets = filled
        return secrets

    def _zoho(self, secrets: Secrets) -> Secrets:
        good = known.good_fields(secrets.zoho, known.ZOHO)
        code = secrets.zoho.get(known.GRANT_CODE, "")
        if len(good) == len(known.ZOHO) and not code:
            return secrets
        self.console.line(f"Zoho: {self.console_url}, Self Client. docs/zoho.md shows each step.")
        for name, ask in (("client_id", self.asker.text), ("client_secret", self.asker.secret)):
            good[name] = good.get(name) or ask(QUESTIONS[name], known.ZOHO[name])
        if code:
            good["refresh_token"] = self._exchanged(code, good)
        elif not good.get("refresh_token"):
            good["refresh_token"] = self._refresh_token(good["client_id"], good["client_secret"])
        return replace(secrets, zoho=good)

    def _exchanged(self, code: str, good: Mapping[str, str]) -> str:
        """Return the refresh token for the file's code; for one that an earlier run has spent, the one that is stored."""
        try:
            return self.grant_codes.exchange(code, client_id=good["client_id"], client_secret=good["client_secret"])
        except CodeSpent as spent:
            way = "generate a new one, put it into the secrets file and run this again."
            if len(good) < len(known.ZOHO) or good != self.kept_zoho:
                raise CodeSpent(spent.message, way.capitalize()) from None
            self.console.warn(f"{spent.message} The stored refresh token stays. If that token was revoked, {way}")
            return good["refresh_token"]

    def _refresh_token(self, client_id: str, client_secret: str) -> str:
        if (
            self.asker.choice("Do you have a grant code of the Self Client, or a refresh token?", ("code", "token"))
            == "token"
        ):
            return self.asker.secret("Zoho refresh token", shapes.zoho_token)
        self.console.line(f"In the Self Client's tab Generate Code, paste this scope: {self.scopes}")
        while True:
            code = self.asker.secret("Zoho grant code", shapes.zoho_token)
            try:
                return self.grant_codes.exchange(code, client_id=client_id, client_secret=client_secret)
            except CodeSpent as spent:
                self.console.warn(f"{spent.message} {spent.hint}")

    def _slack(self, secrets: Secrets) -> Secrets:
        if known.slack_is_whole(secrets.slack):
            return secrets
        self.console.line("Slack: api.slack.com/apps. docs/slack.md has the app's manifest.")
        way = self.asker.choice(
            "Do you use an app of your own, or an incoming webhook for a trial?", ("app", "webhook")
        )
        wanted = known.SLACK_APP if way == "app" else known.SLACK_TRIAL
        good = known.good_fields(secrets.slack, wanted)
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
                return replace(secrets, slack=given)

    def _keys(self, secrets: Secrets) -> Secrets:
        return secrets if secrets.webhook_keys else replace(secrets, webhook_keys=(new_key(),))


def asker(console: Console, *, has_file: bool) -> Asker:
    """Return whoever can be asked here; `has_file` says that a secrets file was given."""
    return Person(console) if is_interactive() else Nobody(has_file=has_file)


class Asker(Protocol):
    """Somebody who answers; asks again until the answer has the shape."""

    def secret(self, question: str, shape: Shape) -> str:
        """Ask for something that nobody may see."""
        ...

    def text(self, question: str, shape: Shape, *, option: str = "") -> str:
        """Ask for something that could have been given as an option, or, without one, that belongs into the secret."""
        ...

    def choice(self, question: str, answers: tuple[str, ...]) -> str:
        """Ask for one of a few words; the first is the default."""
        ...


class Person:
    """A person at a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._has_hidden = False

    def secret(self, question: str, shape: Shape) -> str:
        """Ask without showing what is typed."""
        if not self._has_hidden:
            self._console.line("Nothing appears while you paste a hidden value; finish with Enter.")
            self._has_hidden = True
        # Not click's prompt: it shows the question before it hides what is typed.
        return self._ask(lambda: getpass(f"{question} (hidden): "), shape)

    def text(self, question: str, shape: Shape, *, option: str = "") -> str:  # noqa: ARG002 - for those without a terminal
        """Ask openly."""
        return self._ask(lambda: str(click.prompt(question, err=True)), shape)

    def choice(self, question: str, answers: tuple[str, ...]) -> str:
        """Ask for a word."""
        return str(click.prompt(question, type=click.Choice(answers), default=answers[0], err=True))

    def _ask(self, ask: Callable[[], str], shape: Shape) -> str:
        while True:
            given = ask().strip()
            complaint = shape(given)
            if not complaint:
                return given
            self._console.warn(complaint)


class Nobody:
    """No terminal: a question is an error that says how to answer it beforehand."""

    def __init__(self, *, has_file: bool = False) -> None:
        self._has_file = has_file

    def secret(self, question: str, shape: Shape) -> str:  # noqa: ARG002 - nothing is typed
        """Refuse."""
        way = (
            "Put it into the secrets file; README.md shows its form."
            if self._has_file
            else "Give it with --secrets-file FILE."
        )
        raise OpsError(f"Missing: {question}. There is no terminal on which to ask.", way)

    def text(self, question: str, shape: Shape, *, option: str = "") -> str:
        """Refuse."""
        if not option:
            return self.secret(question, shape)
        raise OpsError(f"Missing: {question}. There is no terminal on which to ask.", f"Give it with {option}.")

    def choice(self, question: str, answers: tuple[str, ...]) -> str:  # noqa: ARG002 - the question after it is refused
        """Take the default."""
        return answers[0]
