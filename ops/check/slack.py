"""Probe: can the bot post into both channels, edit its message, find it again, take it back; is it in those of the routes?"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.stage_lists import read_lists, remarks
from chalicelib.errors import (
    EditRefused,
    LeadmatchError,
    SlackRefused,
    SlackScopeMissing,
    SlackThrottled,
    SlackUnavailable,
)
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.slack.message import SlackMessage
from chalicelib.wiring.clients import new_id
from ops.check.stage import DeployedStage
from ops.findings import Findings
from ops.remedies import OTHER_CHANNEL, remedy, scope_remedy
from ops.slack import READ_SCOPES, WHY_READ, look_at_routes, look_at_token, warn_of_mentions
from ops.stage import LedgerTable
from ops.timing import LINE_LONGEST_WAIT_SECONDS, LINE_LOOK_BACK_SECONDS, LINE_WAIT_SECONDS

SEES_SHARING = "channels:read, or groups:read for a private channel"
SHARED = {
    "is_ext_shared": "is shared with another company",
    "is_pending_ext_shared": "will be shared with another company once an open invitation is accepted",
    "is_shared": "is shared with another workspace",
}
"""By Slack's property, the worst first. https://docs.slack.dev/reference/objects/conversation-object"""

SEES_EDITING = "team.preferences:read"
NO_LIMIT = -1
"""Minutes for which a message may be edited. https://docs.slack.dev/reference/methods/team.preferences.list"""

MEND_LIST = "Correct the routes in your file of lists (docs/slack.md), and write it again with provision --lists."
TRYING_LINE = SlackMessage("leadmatch check: this line will be deleted in a moment.", ())
DONE_LINE = SlackMessage("leadmatch check: ok.", ())


def look(stage: DeployedStage, findings: Findings, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Look at the token's scopes, then try each channel as notify uses it."""
    slack = stage.slack()
    if isinstance(slack, SlackWebhook):
        _try_webhook(slack, stage, findings, sleep)
        return
    findings.say("checking the token")
    token = look_at_token(slack, stage.name, findings)
    if findings.troubles:
        return
    if stage.settings.mention:
        warn_of_mentions(token, findings)
    window = _edit_window(slack, findings)
    edits_refused = False
    for channel in dict.fromkeys((stage.settings.slack_channel, stage.settings.operator_channel)):
        findings.say(f"posting to {channel}")
        try:
            edits_refused |= not _try_channel(CheckLine(slack, channel, new_id()), findings, sleep)
            _look_at_sharing(slack, channel, stage, findings)
        except LeadmatchError as error:
            _tell(error, channel, token.scopes, stage, findings)
    _look_at_routes(slack, stage, findings)
    if edits_refused or window > NO_LIMIT:
        _warn_of_editing(window, findings)


def _look_at_routes(slack: SlackBot, stage: DeployedStage, findings: Findings) -> None:
    """Look at the channels that rules name, without a post: people of other teams read them."""
    lists, unreadable = LedgerTable(stage.account.session.client("dynamodb"), stage.name).lists(), list[str]()
    routes = read_lists(lists, warn=unreadable.append).routes
    if "routes" in unreadable:
        findings.problem(
            "The routes cannot be read: every lead's first message goes to LEADMATCH_SLACK_CHANNEL.",
            f"Write them again (docs/slack.md):\npython -m ops provision --stage {stage.name} --lists lists.json",
        )
    if not routes:
        return
    findings.say("looking at the channels of the routes")
    for remark in remarks(lists):
        findings.warn(remark, MEND_LIST)
    for channel, about in look_at_routes(slack, routes, stage.name, findings).items():
        _tell_sharing(channel, about, MEND_LIST, findings)


def _edit_window(slack: SlackBot, findings: Findings) -> int:
    """Return for how many minutes the workspace lets a message be edited; where Slack does not say so, no limit is known."""
    try:
        minutes = str(slack.ask("team.preferences.list", {}, form=True).json().get("msg_edit_window_mins"))
    except (SlackRefused, SlackUnavailable) as error:
        findings.fact(
            f"It is unknown how long messages can be edited ({error.reason}); this needs the scope {SEES_EDITING}."
        )
        return NO_LIMIT
    return int(minutes) if minutes.isdecimal() else NO_LIMIT


def _warn_of_editing(window: int, findings: Findings) -> None:
    """Say what follows from a workspace that restricts editing, and what to do."""
    findings.warn(
        f"The workspace does not let leadmatch edit its messages{f' after {window} minutes' if window > 0 else ''}. "
        "So a lead's message is not kept current: when the verdict changes, a new message says that it replaces the earlier one. "
        "Of an outage there is one message at its beginning and one at its end.",
        "Ask a workspace owner to let messages be edited at any time: in Slack, Workspace settings, Permissions, Message Editing.",
    )


def _try_channel(line: CheckLine, findings: Findings, sleep: Callable[[float], None]) -> bool:
    """Use a channel as notify does; return whether the line could be edited."""
    channel = line.channel
    try:
        line.post(sleep=sleep)
        line.edit()
        found = line.is_found()
    finally:
        line.take_back()
    if found:
        findings.fact(f"Channel {channel}: posted, {'edited, ' if line.is_edited else ''}read back, {line.end}.")
    else:
        findings.problem(
            f"Channel {channel}: the message was posted, but the channel's history does not contain it.",
            "Run this again. If this continues, the channel keeps no history (a retention rule, a shared channel): "
            "choose another one, docs/slack.md.",
        )
    return line.is_edited


def _look_at_sharing(slack: SlackBot, channel: str, stage: DeployedStage, findings: Findings) -> None:
    """Warn of a channel that people of another company read: no error ever says so."""
    try:
        about = slack.ask("conversations.info", {"channel": channel}, form=True).json().get("channel") or {}
    except (SlackRefused, SlackUnavailable) as error:
        findings.fact(
            f"Channel {channel}: it is unknown who shares it ({error.reason}); this needs the scope {SEES_SHARING}."
        )
        return
    _tell_sharing(channel, about, OTHER_CHANNEL.replace("{stage}", stage.name), findings)


def _tell_sharing(channel: str, about: Mapping[str, Any], other: str, findings: Findings) -> None:
    if about.get("is_org_shared"):
        findings.fact(f"Channel {channel}: other workspaces of the same organisation share it.")
    pending = about.get("pending_connected_team_ids") or about.get("pending_shared")
    seen = {**about, "is_shared": about.get("is_shared") and not about.get("is_org_shared")}
    seen |= {"is_pending_ext_shared": True} if pending else {}
    if how := next((said for name, said in SHARED.items() if seen.get(name)), ""):
        findings.warn(
            f"Channel {channel} {how}: everybody in it can read the summaries, which contain names, emails and phone numbers.",
            f"Choose a channel of your own. {other}",
        )


def _tell(
    error: LeadmatchError, channel: str, scopes: frozenset[str], stage: DeployedStage, findings: Findings
) -> None:
    if isinstance(error, SlackScopeMissing):
        # That it may write was seen before; so it is this kind of channel that it may not read.
        lacking = [scope for scope in READ_SCOPES if scope not in scopes]
        named = " or ".join(f"{scope} ({READ_SCOPES[scope]})" for scope in lacking)
        findings.problem(f"Channel {channel} cannot be read: {named} is missing. {WHY_READ}.", scope_remedy(*lacking))
        return
    finding = remedy(error, stage.name)
    findings.problem(f"Channel {channel}: {finding.what}", finding.fix)


def _try_webhook(slack: SlackWebhook, stage: DeployedStage, findings: Findings, sleep: Callable[[float], None]) -> None:
    findings.say("posting through the incoming webhook")
    _post(slack, "", DONE_LINE, new_id(), sleep=sleep)
    findings.fact(f"The incoming webhook took a line: “{DONE_LINE.text}”.")
    findings.warn(
        "This is the trial mode: check cannot see which channel it was, and whether messages can be edited.",
        "Look for the line in Slack. To have one message per lead that is kept up to date, create the Slack app (docs/slack.md), then:\n"
        f"python -m ops provision --stage {stage.name} --replace slack",
    )


@dataclass(slots=True)
class CheckLine:
    """A line in a channel: posted, edited and found again as notify does, then taken back; `end` says what became of it."""

    slack: SlackBot
    channel: str
    event_id: str
    ts: str = ""
    is_edited: bool = False
    end: str = ""

    def post(self, *, sleep: Callable[[float], None]) -> None:
        """Post it."""
        self.ts = _post(self.slack, self.channel, TRYING_LINE, self.event_id, sleep=sleep)

    def edit(self) -> None:
        """Let it say that all is well, unless Slack never lets us edit it."""
        try:
            self.slack.update(channel=self.channel, ts=self.ts, message=DONE_LINE, event_id=self.event_id)
        except EditRefused:
            return
        self.is_edited = True

    def is_found(self) -> bool:
        """Look for it as notify looks for a post whose answer was lost."""
        since = int(float(self.ts)) - LINE_LOOK_BACK_SECONDS
        return bool(self.slack.find(channel=self.channel, event_id=self.event_id, since=since))

    def take_back(self) -> None:
        """Delete it; a workspace that keeps everything keeps it as it is."""
        if not self.ts:
            return
        try:
            self.slack.ask("chat.delete", {"channel": self.channel, "ts": self.ts})
            self.end = "deleted"
        except (SlackRefused, SlackUnavailable):
            self.end = "left there, since it cannot be deleted"


def _post(
    slack: SlackBot | SlackWebhook,
    channel: str,
    message: SlackMessage,
    event_id: str,
    *,
    sleep: Callable[[float], None],
) -> str:
    """Post a message, and once more after the wait that Slack asks for: leads are told at the same time. Give its ts."""
    try:
        return slack.post(channel=channel, message=message, event_id=event_id)
    except SlackThrottled as error:
        if (error.retry_after_seconds or 0) > LINE_LONGEST_WAIT_SECONDS:
            raise
        sleep(error.retry_after_seconds or LINE_WAIT_SECONDS)
        return slack.post(channel=channel, message=message, event_id=event_id)
