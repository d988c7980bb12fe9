"""The Slack message about one lead, read in five seconds from the top down. Pure.

Person and company; the sentence; a warning line; contact and account with their evidence; at most three buttons; a footer.
Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from chalicelib.conversion import Decision
from chalicelib.match_event import Match
from chalicelib.slack.actions import action_buttons, decision_line
from chalicelib.slack.candidates import candidate_fields, open_links
from chalicelib.slack.text import link, mrkdwn, plain
from chalicelib.verdict.model import CONVERTING, Lead, Strength, Verdict
from chalicelib.verdict.rules import fits_email
from chalicelib.verdict.sentence import search_phrase
from chalicelib.verdict.wording import ended

HEADER_LIMIT = 150
SENTENCE_LIMIT = 2500
WARNING_LIMIT = 600
TEXT_WARNING_LIMIT = 300
"""Shorter than in its block: of a text Slack's chat.update takes 4,000 characters, lines of our own included."""
WARNINGS_SHOWN = 3
LEAD_VALUE_LIMIT = 120
SEARCH_WORD_LIMIT = 100
SURE_ICON, UNSURE_ICON, BLOCKED_ICON = ":white_check_mark:", ":question:", ":no_entry:"
ICONS = {
    "convert_into_contact": SURE_ICON,
    "convert_into_account": SURE_ICON,
    "choose": UNSURE_ICON,
    "create_new": ":mag:",
    "wait": ":hourglass_flowing_sand:",
    "already_converted": ":heavy_check_mark:",
    "lead_not_found": ":ghost:",
    "unchecked": ":warning:",
}
OTHER_NAME = ("name_differs", "company_differs", "legal_form_differs")


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """What Slack is given: blocks for the eye, and a text that says it all by itself."""

    text: str
    blocks: tuple[dict[str, Any], ...]


def render(
    match: Match,
    *,
    decision: Decision | None = None,
    actions: bool = False,
    revision: int = 0,
    mention: str = "",
) -> SlackMessage:
    """Render the message about a lead.

    `mention` is the Slack user id of the lead's owner, who is then called by it, and else named. With `actions` people act with its buttons, which carry the `revision` of the lead's item; else its buttons lead to Zoho. What
    a person decided stands in the sentence's place, or above it where the lead is still open; what a lead was converted into takes
    the place of what matched.
    """
    title, line = match.title, decision_line(decision)
    is_open = decision is None or decision.state == "unclear"
    is_converted = decision is not None and decision.state == "converted"
    is_sure = decision is None and _icon(match) == SURE_ICON
    owner = _owner(match.lead, mention)
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": plain(title, HEADER_LIMIT), "emoji": False}},
        *_context(_about(match.lead, owner)),
        *([_section(line)] if line else ()),
        *(_sentence(match) if is_open else ()),
        *(() if is_converted else _matches(match)),
        *(action_buttons(match, decision, revision, is_sure=is_sure) if actions else _buttons(match)),
        *_context(_footer(match, links_lead=actions)),
    ]
    said = _plain_text(title, match) if is_open else mrkdwn(title, HEADER_LIMIT) + ":"
    return SlackMessage(text=" ".join(filter(None, (said, line, owner and ended(owner)))), blocks=tuple(blocks))


def render_change(match: Match) -> SlackMessage:
    """Render the thread reply that says what an update changed."""
    text = f"Changed: {mrkdwn(match.verdict.sentence, SENTENCE_LIMIT)}"
    return SlackMessage(text=text, blocks=(_section(text),))


def with_line(message: SlackMessage, line: str) -> SlackMessage:
    """Add a line of our own below the message; beside blocks the text is not shown, so what has none gets none."""
    below = ({"type": "context", "elements": [_text(line)]},) if message.blocks else ()
    return SlackMessage(f"{message.text} {line}", (*message.blocks, *below))


def _owner(lead: Lead | None, mention: str) -> str:
    """Say whose lead it is; empty where Zoho names nobody."""
    name = f"<@{mention}>" if mention else mrkdwn(lead.owner.name, LEAD_VALUE_LIMIT) if lead and lead.owner else ""
    return f"Owner: {name}" if name else ""


def _about(lead: Lead | None, owner: str) -> Iterator[str]:
    """Yield whose lead it is, and what is known of it beside its name: values of the CRM only, as far as there are any."""
    values = (lead.email, lead.phone, lead.source, lead.status) if lead else ()
    yield from filter(None, (owner, *(mrkdwn(value, LEAD_VALUE_LIMIT) for value in values)))


def _sentence(match: Match) -> Iterator[dict[str, Any]]:
    yield _section(f"{_icon(match)} {_linked_sentence(match)}")
    if len(match.searches) > 1:
        words = (link(url, mrkdwn(word, SEARCH_WORD_LIMIT)) for word, url in match.searches.items())
        yield _section(f"Search Zoho for {' · '.join(words)}")
    yield from _warning_line(match.verdict)


def _linked_sentence(match: Match) -> str:
    """Return the sentence; where it says to search, these words lead to Zoho's search."""
    sentence, phrase = match.verdict.sentence, search_phrase(match.verdict.action, match.lead)
    url = next(iter(match.searches.values()), "")
    before, found, after = sentence.partition(phrase) if phrase and url else (sentence, "", "")
    if not found:
        return mrkdwn(sentence, SENTENCE_LIMIT)
    gap = " " if after.startswith(" ") else ""
    linked = link(url, mrkdwn(found, SENTENCE_LIMIT))
    return f"{mrkdwn(before, SENTENCE_LIMIT)} {linked}{gap}{mrkdwn(after, SENTENCE_LIMIT)}"


def _icon(match: Match) -> str:
    """Return the sign before the sentence, which must not say more than the sentence: no tick before "Check first"."""
    verdict = match.verdict
    if verdict.blocked:
        return BLOCKED_ICON
    other = any(warning.code in OTHER_NAME for warning in verdict.warnings)
    return UNSURE_ICON if _is_thin(match) or other else ICONS[verdict.action]


def _is_thin(match: Match) -> bool:
    """Return whether the verdict asks to check first: nothing but a name, or a contact's phone, is the same."""
    verdict, lead = match.verdict, match.lead
    if verdict.confidence != Strength.WEAK.word or verdict.action not in (
        "convert_into_contact",
        "convert_into_account",
    ):
        return False
    target = verdict.targets.account.id
    account = next((found.record for found in verdict.accounts or () if found.record.id == target), None)
    return verdict.action == "convert_into_contact" or not (account and lead and fits_email(account, lead.email))


def _plain_text(title: str, match: Match) -> str:
    said = f"{mrkdwn(title, HEADER_LIMIT)}: {mrkdwn(match.verdict.sentence, SENTENCE_LIMIT)}"
    notes = " ".join(mrkdwn(message, TEXT_WARNING_LIMIT) for message in _unsaid(match.verdict))
    return f"{said} {notes}".strip()


def _warning_line(verdict: Verdict) -> Iterator[dict[str, Any]]:
    notes = _unsaid(verdict)
    if notes:
        yield _section(":warning: " + " ".join(mrkdwn(note, WARNING_LIMIT) for note in notes))


def _unsaid(verdict: Verdict) -> list[str]:
    """Return the warnings that the sentence does not already say."""
    unsaid = [
        warning.message
        for warning in verdict.warnings
        if warning.message not in verdict.sentence and warning.code != "account_differs"
    ]
    return unsaid[:WARNINGS_SHOWN]


def _matches(match: Match) -> Iterator[dict[str, Any]]:
    """Yield the columns beside each other; one alone has the whole width."""
    columns = candidate_fields(match)
    if len(columns) > 1:
        yield {"type": "section", "fields": [_text(column) for column in columns]}
    yield from (_section(column) for column in columns if len(columns) == 1)


def _buttons(match: Match) -> Iterator[dict[str, Any]]:
    """Yield the buttons that lead to Zoho; where the sentence asks for a look, first those to what there is to look at."""
    lead_url, converts = match.url(match.event.lead_id), match.verdict.is_convertible
    opened = [_button(one.name, one.label, one.url, one.description) for one in open_links(match)]
    lead = []
    if converts and lead_url:
        lead = [_button("convert_in_zoho", "Convert in Zoho", f"{lead_url}/convert")]
    elif lead_url and match.verdict.action != "lead_not_found":
        lead = [_button("open_lead", "Open lead", lead_url)]
    if lead and converts and _icon(match) == SURE_ICON:
        lead[0]["style"] = "primary"
    elements = [*opened, *lead] if _icon(match) == UNSURE_ICON else [*lead, *opened]
    if elements:
        yield {"type": "actions", "elements": elements}


def _button(action_id: str, label: str, url: str, description: str = "") -> dict[str, Any]:
    accessible = {"accessibility_label": description} if description not in ("", label) else {}
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action_id, "text": text, "url": url, **accessible}


def _footer(match: Match, *, links_lead: bool) -> Iterator[str]:
    if links_lead and match.url(match.event.lead_id) and match.verdict.action != "lead_not_found":
        yield link(match.url(match.event.lead_id), "Lead in Zoho")
    layouts = _layouts_to_pick(match.verdict)
    if layouts:
        yield f"Pick a layout for {mrkdwn(', '.join(layouts), LEAD_VALUE_LIMIT)}"
    moment = match.checked_at.astimezone(UTC)
    yield f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def _layouts_to_pick(verdict: Verdict) -> list[str]:
    """Name the modules with several layouts in which the conversion would make a record."""
    if verdict.action not in CONVERTING:
        return []
    kinds = {"Contacts": verdict.targets.contact.kind, "Accounts": verdict.targets.account.kind, "Deals": "new"}
    return [module for module in verdict.modules_with_multiple_layouts if kinds.get(module) == "new"]


def _context(parts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield a small line of what there is to say, if there is anything."""
    if line := " · ".join(parts):
        yield {"type": "context", "elements": [_text(line)]}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _text(text)}


def _text(text: str) -> dict[str, Any]:
    """Make a mrkdwn object in which Slack links nothing by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
