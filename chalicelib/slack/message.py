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
from chalicelib.match_event import Match, other_values
from chalicelib.slack.actions import action_buttons, decision_line
from chalicelib.slack.text import link, mrkdwn, plain
from chalicelib.verdict.model import CONVERTING, Candidate, Evidence, Lead, Strength, Target, Verdict
from chalicelib.verdict.rules import fits_email
from chalicelib.verdict.sentence import evidence_words
from chalicelib.verdict.wording import ended, shown_name

HEADER_LIMIT = 150
SENTENCE_LIMIT = 2500
WARNING_LIMIT = 600
TEXT_WARNING_LIMIT = 300
"""Shorter than in its block: of a text Slack's chat.update takes 4,000 characters, lines of our own included."""
WARNINGS_SHOWN = 3
LEAD_VALUE_LIMIT = 120
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

CANDIDATES_SHOWN = 3
EVIDENCE_SHOWN = 2
CANDIDATE_NAME_LIMIT = 100
EVIDENCE_VALUE_LIMIT = 80
EVIDENCE_WORDS_LIMIT = 50
OTHER_VALUE_LIMIT = 60
NAMELESS = "(no name)"


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
    title, line = _title(match), decision_line(decision)
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
    yield _section(f"{_icon(match)} {mrkdwn(match.verdict.sentence, SENTENCE_LIMIT)}")
    yield from _warning_line(match.verdict)


def _title(match: Match) -> str:
    lead = match.lead
    known = (shown_name(value) for value in (lead.name, lead.company)) if lead else ()
    return " · ".join(value for value in known if value) or f"Lead {match.event.lead_id}"


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
    fields = candidate_fields(match)
    if fields:
        yield {"type": "section", "fields": [_text(field) for field in fields]}


def candidate_fields(match: Match) -> list[str]:
    """Return the contact's and the account's column as mrkdwn, each with its evidence in words and a link, if it has any."""
    contact = _column("contacts", match, match.verdict.contacts, match.verdict.targets.contact)
    account = _column("accounts", match, match.verdict.accounts, match.verdict.targets.account)
    account = account or _contacts_account(match)
    return [column for column in (contact, account) if column]


def _column(kind: str, match: Match, found: tuple[Candidate, ...] | None, target: Target) -> str:
    """List the target and what matches; what Zoho offers for a void reason is left out."""
    listed = [c for c in found or () if c.strength > Strength.NONE or c.record.id == target.id]
    if not listed:
        return ""
    ordered = sorted(listed, key=lambda candidate: (candidate.record.id != target.id, -candidate.strength))
    best = ordered[0].strength
    lines = [f"*{kind.removesuffix('s').title()}*"]
    rivals = sum(candidate.strength == best for candidate in ordered) > 1
    bullet = "• " if len(ordered) > 1 else ""
    lines += [
        bullet + _candidate(candidate, match, best=best, rivals=rivals) for candidate in ordered[:CANDIDATES_SHOWN]
    ]
    more = len(ordered) + match.verdict.left_out.get(kind, 0) - CANDIDATES_SHOWN
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)


def _candidate(candidate: Candidate, match: Match, *, best: Strength, rivals: bool) -> str:
    record = candidate.record
    name = _linked_name(match, record.id, record.name)
    home = mrkdwn(record.account.name, EVIDENCE_VALUE_LIMIT) if record.account else ""
    also = "also " if candidate.strength < best else ""
    first = f"{also}{name}, {home}" if home else f"{also}{name}"
    apart = _other_values(candidate) if rivals else []
    shown = candidate.evidence[: EVIDENCE_SHOWN - len(apart)]
    evidence = (_evidence(piece, record.name) for piece in shown)
    return "\n".join([first + _block_mark(match, record.id), *apart, *evidence])


def _other_values(candidate: Candidate) -> list[str]:
    """Return a line that tells a record from others that fit as well: plain values that are no evidence."""
    values = [value for value in (mrkdwn(value, OTHER_VALUE_LIMIT) for value in other_values(candidate)) if value]
    return [" · ".join(values[:EVIDENCE_SHOWN])] if values else []


def _block_mark(match: Match, record_id: str) -> str:
    """Distinguish the record that blocks the conversion from others of its name."""
    blocking = (warning.record_id for warning in match.verdict.warnings if warning.severity == "block")
    return " :no_entry:" if record_id in blocking else ""


def _evidence(piece: Evidence, name: str) -> str:
    """Name what is the same, and its value unless it is the name that stands above."""
    how, value = mrkdwn(evidence_words([piece]), EVIDENCE_WORDS_LIMIT), mrkdwn(piece.value, EVIDENCE_VALUE_LIMIT)
    return f"{how}: {value}" if value and piece.value != name else how


def _linked_name(match: Match, record_id: str, name: str) -> str:
    return link(match.url(record_id), mrkdwn(name, CANDIDATE_NAME_LIMIT) or NAMELESS)


def _contacts_account(match: Match) -> str:
    """Show the account that only the decided contact leads to."""
    target = match.verdict.targets.account.id
    homes = [candidate.record.account for candidate in match.verdict.contacts or () if candidate.record.account]
    home = next((home for home in homes if home.id == target), None)
    return f"*Account*\n{_linked_name(match, home.id, home.name)}\nthe contact's account" if home else ""


def _buttons(match: Match) -> Iterator[dict[str, Any]]:
    verdict, lead_url = match.verdict, match.url(match.event.lead_id)
    converts = verdict.is_convertible
    buttons = [
        ("convert_in_zoho", "Convert in Zoho", f"{lead_url}/convert" if converts and lead_url else ""),
        ("open_lead", "Open lead", "" if converts or verdict.action == "lead_not_found" else lead_url),
        ("open_contact", "Open contact", match.url(verdict.targets.contact.id)),
        ("open_account", "Open account", match.url(verdict.targets.account.id)),
    ]
    elements = [_button(name, label, url) for name, label, url in buttons if url]
    if converts and lead_url and _icon(match) == SURE_ICON:
        elements[0]["style"] = "primary"
    if elements:
        yield {"type": "actions", "elements": elements}


def _button(action_id: str, label: str, url: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": label},
        "url": url,
    }


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
