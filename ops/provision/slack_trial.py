"""Try what an operator gives for Slack before it is stored: whose token it is, and whether its bot is in the channels.

A wrong token that is stored ends a running stage's messages within a minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.errors import LeadmatchError, Permanent, SlackTokenRefused
from chalicelib.routing import Route
from chalicelib.slack.client import SlackBot
from chalicelib.wiring.clients import fresh_session
from ops.cli import Console
from ops.errors import OpsError
from ops.findings import Finding, Findings
from ops.remedies import remedy
from ops.slack import channel_label, look_at_action_scopes, look_at_routes, look_at_token, look_into_channel

COPY_AGAIN = (
    "Copy it again: https://api.slack.com/apps, leadmatch, OAuth & Permissions, Bot User OAuth Token "
    "(if it was revoked: Install App, Reinstall to Workspace, first)."
)
OWN_APP = (
    "Make the app (docs/slack.md), then run this again with --replace slack. Without --actions on, the trial goes on."
)
ONE_CHANNEL = "An incoming webhook has one channel: the routes decide nothing."
OWN_APP_FOR_ROUTES = "Make the app (docs/slack.md), then run this again with --replace slack."
NOTHING_YET = "Run this again when Slack answers. The stack and config.json are as they were."


class TokenRefused(OpsError):
    """Slack does not take this token: another one helps."""


@dataclass(frozen=True, slots=True)
class SlackTrial:
    """Slack as a stage would use it; nothing is posted."""

    api_url: str
    channels: tuple[str, ...]
    stage: str
    console: Console

    def try_new(self, slack: Mapping[str, str]) -> None:
        """Raise `TokenRefused` when Slack refuses the token; say what else would keep its bot from posting.

        While Slack cannot be reached, that is said, and the token may be stored: `check` tries it later.
        """
        if token := slack.get("bot_token"):
            bot = self._bot(token)
            if self._is_taken(bot):
                self._look_into_channels(bot)
        elif slack.get("webhook_url"):
            self.console.line(
                "Slack: an incoming webhook can only be tested with a post, so it was not tested. To test it later with one line:"
            )
            self.console.line(self._check)

    def workspace(self, slack: Mapping[str, str], *, kept: str, slack_ids: Sequence[str]) -> str:
        """Return the id by which Slack names the workspace in a click, the `kept` one while Slack does not answer.

        Say which scopes converting lacks. Raise `OpsError` where nobody could click, or where no id is known.
        """
        if not (token := slack.get("bot_token")):
            raise OpsError(
                "Converting from Slack needs an app of your own: an incoming webhook takes no clicks.", OWN_APP
            )
        findings = Findings()
        try:
            info = look_at_token(self._bot(token), self.stage, findings)
        except LeadmatchError as error:
            what = remedy(error, self.stage).what
            if not kept:
                raise OpsError(f"{what} So it is unknown which workspace may convert.", NOTHING_YET) from None
            self.console.warn(f"{what} The workspace stays {kept}.")
            return kept
        findings.troubles.clear()  # said when the token was tried
        look_at_action_scopes(info, slack_ids, findings)
        for finding in findings.troubles:
            self._warn(finding)
        return info.team

    def try_stored(self, slack: Mapping[str, str]) -> None:
        """Say what keeps the bot that is stored from the channels that were given."""
        if token := slack.get("bot_token"):
            self._look_into_channels(self._bot(token))

    @property
    def _check(self) -> str:
        return f"python -m ops check --stage {self.stage}"

    def _bot(self, token: str) -> SlackBot:
        return SlackBot(token=token, api_url=self.api_url, session=fresh_session)

    def _is_taken(self, bot: SlackBot) -> bool:
        """Return whether Slack knows the token; raise `TokenRefused` when it says that it does not.

        https://docs.slack.dev/reference/methods/auth.test
        """
        findings = Findings()
        try:
            look_at_token(bot, self.stage, findings)
        except LeadmatchError as error:
            what = remedy(error, self.stage).what
            if isinstance(error, Permanent | SlackTokenRefused):
                raise TokenRefused(f"{what} The token was not stored.", COPY_AGAIN) from None
            self.console.warn(f"{what} So the bot token was not tested. When Slack answers again: {self._check}")
            return False
        for fact in findings.facts:
            self.console.good(fact)
        for finding in findings.troubles:
            self._warn(finding)
        return True

    def try_routes(self, slack: Mapping[str, str], routes: Sequence[Route]) -> list[str]:
        """Say which of the rules' channels the bot may not post to, and return that."""
        findings = Findings()
        if routes and (token := slack.get("bot_token")):
            look_at_routes(self._bot(token), routes, self.stage, findings)
        elif routes and slack:
            findings.problem(ONE_CHANNEL, OWN_APP_FOR_ROUTES)
        for fact in findings.facts:
            self.console.good(fact)
        for finding in findings.troubles:
            self._warn(finding)
        return [finding.what for finding in findings.troubles]

    def _look_into_channels(self, bot: SlackBot) -> None:
        """Say of each channel whether the bot is in it, and the channel open."""
        for channel in self.channels:
            try:
                about = look_into_channel(bot, channel)
            except LeadmatchError as error:
                finding = remedy(error, self.stage)
                self._warn(Finding(f"Channel {channel}: {finding.what}", finding.fix))
            else:
                self.console.good(f"The bot is in channel {channel_label(channel, about)}.")

    def _warn(self, finding: Finding) -> None:
        self.console.warn(finding.what)
        for line in finding.fix.splitlines():
            self.console.line(f"  {line}")
