"""Draws the pieces of the page as HTML; every value is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sandbox.exchange import Party
from sandbox.page.leads import WORDS, Progress
from sandbox.slack.workspace import Message
from sandbox.view import page
from sandbox.view.blocks import safe, text_of
from sandbox.view.links import ORG_PAGES
from sandbox.view.shown import Shape
from sandbox.watch import Step
from sandbox.zoho.crm import Record

PARTIES: Mapping[Party, str] = {
    "webhook": "Webhook",
    "slack_click": "Click",
    "function": "Function",
    "aws": "AWS",
    "zoho": "Zoho",
    "slack": "Slack",
}
ROWS: Sequence[tuple[str, Sequence[tuple[str, str]]]] = (
    (
        "A lead's way",
        (
            ("zoho", "Zoho"),
            ("webhook", "receive"),
            ("queue", "inbox"),
            ("function", "check"),
            ("queue", "slack"),
            ("function", "notify"),
            ("slack", "Slack"),
        ),
    ),
    (
        "A click's way",
        (
            ("slack_click", "act"),
            ("queue", "convert"),
            ("function", "convert"),
        ),
    ),
    ("An access token's way", (("queue", "tokens"), ("function", "refresh"))),
)
"""The parts between Zoho and Slack, as they follow each other: what each is, and its name."""
CHOICES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead as the list shows it."""

    lead_id: str
    name: str
    company: str
    about: str
    progress: Progress
    is_converted: bool

    @property
    def state(self) -> str:
        """How far the lead has come, in words."""
        return WORDS["converted" if self.is_converted else self.progress.state]


def lead(row: LeadRow) -> str:
    """Draw a lead with what can be done with it."""
    state = "converted" if row.is_converted else row.progress.state
    again = "Qualify again" if row.progress.state != "new" else "Qualify"
    name = safe(row.name)
    about = f'<p class="about">{safe(row.about)}</p>' if row.about else ""
    company = f' <span class="company">{safe(row.company)}</span>' if row.company else ""
    return (
        f'<li id="lead-{safe(row.lead_id)}" class="lead">'
        f'<div class="lead-text"><p class="lead-name"><strong>{name}</strong>{company}</p>{about}'
        f'<p class="state {state}">{safe(row.state)}</p></div>'
        f'<div class="lead-buttons">'
        f'<button type="button" class="button{" primary" if state == "new" else ""}" data-post="/zoho/qualify" '
        f'data-lead_id="{safe(row.lead_id)}" aria-label="{again} {name}">{again}</button>'
        f'<button type="button" class="button quiet" data-way="{safe(row.lead_id)}" aria-label="The way of {name}">Way</button>'
        f'<a class="button quiet" href="{ORG_PAGES}/tab/Leads/{safe(row.lead_id)}" '
        f'aria-label="{name} in Zoho">Zoho</a>'
        "</div></li>"
    )


def records(accounts: Sequence[Record], contacts: Sequence[Record]) -> str:
    """Draw the names of the accounts and contacts, the newest first."""
    return (
        f'<div id="records">{_record_list("Accounts", "Account_Name", accounts)}'
        f"{_record_list('Contacts', 'Full_Name', contacts)}</div>"
    )


def account_choice(accounts: Sequence[Record]) -> str:
    """Draw the accounts that a new contact can belong to."""
    options = "".join(
        f'<option value="{safe(str(one["id"]))}">{safe(str(one["Account_Name"]))}</option>'
        for one in accounts[:CHOICES_SHOWN]
    )
    return (
        '<label id="account-choice" class="input"><span class="label">Account</span>'
        f'<select name="account_id"><option value="">(none)</option>{options}</select></label>'
    )


def weather(sentence: str) -> str:
    """Draw what is wrong with Zoho, if anything is."""
    return f'<p id="weather" class="weather"{"" if sentence else " hidden"}>{safe(sentence)}</p>'


def queues(counts: Mapping[str, int], dead: int, events: int) -> str:
    """Draw the functions and the queues between them, with how many messages each holds, by its queue's name."""
    rows = "".join(
        f'<ol class="nodes" aria-label="{title}">{"".join(_node(kind, name, counts) for kind, name in nodes)}</ol>'
        for title, nodes in ROWS
    )
    return (
        f'<div id="queues"><div class="rows">{rows}</div>'
        f'<p class="counts">{_count(events, "match event")} for other systems · {_count(dead, "dead letter")}</p></div>'
    )


def step_row(step: Step) -> str:
    """Draw a step as a line of the list of what happens."""
    lead_id = next(iter(step.lead_ids), "")
    name = f'<span class="step-name">{safe(step.name)}</span>'
    if lead_id:
        name = f'<button type="button" class="step-name" data-way="{lead_id}" data-step="{step.number}">{safe(step.name)}</button>'
    return f'<li id="step-{step.number}" class="step {step.party}{_bad(step)}">{_times(step)}{_party(step)}{name}{_outcome(step)}</li>'


def way(name: str, item: str, event: str, steps: Sequence[Step]) -> str:
    """Draw the way of one lead: each step with what was sent and what came back, then what the ledger holds and others read."""
    start = steps[0].at if steps else 0.0
    listed = "".join(_way_step(step, start) for step in steps)
    nothing = '<p class="hint">Nothing has happened to this lead yet, or it was too long ago. Qualify it.</p>'
    return (
        f'<div class="way-head"><h3 id="way-title" tabindex="-1">The way of {safe(name)}</h3>{_stepping(len(steps))}</div>'
        f"{f'<ol class=way-steps>{listed}</ol>' if steps else nothing}"
        f"{_folded('item', 'The ledger item', item)}{_folded('event', 'The match event, as other systems read it', event)}"
    )


def message_id(message: Message) -> str:
    """Return the id of a message's element."""
    return f"message-{message.channel}-{message.ts.replace('.', '-')}"


def message(name: str, channel: str, shape: Shape) -> str:
    """Draw a message whose buttons work."""
    buttons = partial(_actions, channel=channel, ts=str(shape["ts"]))
    return page.draw_article(shape, name=name, more={"actions": buttons})


def whisper(name: str, text: str, blocks: Sequence[Shape]) -> str:
    """Draw what one person alone sees."""
    shape: dict[str, Any] = {"text": text, "blocks": list(blocks)}
    return (
        f'<div id="{name}" class="whisper"><p class="context">Only visible to you</p>{page.draw_article(shape)}</div>'
    )


def _actions(block: Shape, *, channel: str, ts: str) -> str:
    return f'<div class="actions">{"".join(_button(one, channel, ts) for one in block.get("elements") or ())}</div>'


def _button(button: Shape, channel: str, ts: str) -> str:
    style = button.get("style")
    look = f"button {style}" if style in ("primary", "danger") else "button"
    label = text_of(button.get("text"))
    spoken = f' aria-label="{safe(str(button["accessibility_label"]))}"' if button.get("accessibility_label") else ""
    if url := str(button.get("url", "")):
        return f'<a class="{look}" rel="noopener noreferrer" href="{safe(url)}"{spoken}>{label}</a>'
    action = safe(str(button.get("action_id")))
    return (
        f'<button type="button" class="{look}" data-post="/slack/click" data-action="{action}" '
        f'data-channel="{safe(channel)}" data-ts="{safe(ts)}"{spoken}>{label}</button>'
    )


def _record_list(title: str, field: str, found: Sequence[Record]) -> str:
    shown = "".join(
        f'<li><a href="{ORG_PAGES}/tab/{title}/{safe(str(one["id"]))}">{safe(str(one[field]))}</a></li>'
        for one in found[:CHOICES_SHOWN]
    )
    return f"<h3>{title} ({len(found)})</h3><ul class='plain'>{shown}</ul>"


def _node(kind: str, name: str, counts: Mapping[str, int]) -> str:
    if kind != "queue":
        return f'<li class="node {kind}" data-node="{kind}-{name.lower()}"><span>{name}</span></li>'
    waiting = " waiting" if counts[name] else ""
    held = f'<span class="held">{counts[name]}<span class="unseen"> messages</span></span>'
    return f'<li class="node queue{waiting}" data-node="queue-{name}"><span>{name}</span>{held}</li>'


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _stepping(count: int) -> str:
    """Draw the buttons that go through the steps one by one."""
    if not count:
        return ""
    return (
        '<div class="stepping" role="group" aria-label="Step by step">'
        '<button type="button" class="button" data-go="-1" aria-label="Previous step">←</button>'
        f'<span id="step-count">{_count(count, "step")}</span>'
        '<button type="button" class="button" data-go="1" aria-label="Next step">→</button></div>'
    )


def node_of(step: Step) -> str:
    """Return which part of the picture a step belongs to."""
    match step.party:
        case "webhook":
            return "webhook-receive"
        case "slack_click":
            return "slack_click-act"
        case "function":
            return f"function-{step.name}"
        case "zoho" | "slack":
            return f"{step.party}-{step.party}"
    return ""


def _way_step(step: Step, start: float) -> str:
    offset = f'<span class="offset">+{max(step.at - start, 0):.3f} s</span>'
    return (
        f'<li id="way-{step.number}" class="way-step {step.party}{_bad(step)}" data-at="{node_of(step)}"><details><summary>'
        f'{offset}{_party(step)}<span class="step-name">{safe(step.name)}</span>{_outcome(step)}</summary>'
        f"<h4>Sent</h4>{_text(step.sent)}<h4>Came back</h4>{_text(step.received)}</details></li>"
    )


def _text(text: str) -> str:
    return f'<pre tabindex="0">{safe(text) or "(nothing)"}</pre>'


def _folded(name: str, title: str, text: str) -> str:
    return f'<details id="way-{name}" class="folded"><summary>{title}</summary>{_text(text)}</details>' if text else ""


def _times(step: Step) -> str:
    at = datetime.fromtimestamp(step.at, UTC)
    return f'<time class="offset" datetime="{at.isoformat()}">{at:%H:%M:%S}.{at.microsecond // 1000:03d}</time>'


def _party(step: Step) -> str:
    return f'<span class="party">{PARTIES[step.party]}</span>'


def _outcome(step: Step) -> str:
    status = str(step.status) if step.status is not None else "" if step.party == "function" else "broken off"
    said = " ".join(filter(None, (status, step.error)))
    return f'<span class="outcome">{safe(said)}</span><span class="took">{step.seconds * 1000:.0f} ms</span>'


def _bad(step: Step) -> str:
    return " bad" if step.error or (step.status is None and step.party != "function") else ""
