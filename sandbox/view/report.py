"""What the demo tells of the leads that it played: all of them in a line each, and one in full, its Slack message last."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from chalicelib import match_event
from chalicelib.errors import Retryable, ZohoThrottled, ZohoUnavailable
from chalicelib.slack.announcements import Outage, render_outage
from chalicelib.slack.message import render
from chalicelib.steps.check import GiveUpPolicy, Waited
from chalicelib.timing import BANNER_AFTER_SECONDS
from chalicelib.wire import read_time, time_text
from sandbox.run import Played
from sandbox.scenes import SCENES
from sandbox.system import SALES
from sandbox.view import terminal
from sandbox.view.screen import BOLD, Screen
from sandbox.view.shown import Shape, sent_at

Parts: TypeAlias = dict[str, Any]
EVENT_FILE = Path("build/event.json")
MOST_BODY_LINES = 8
MOST_EVENT_LINES = 100
WIDE_ENOUGH_FOR_TIMES = 60
BANNER_AFTER = timedelta(seconds=BANNER_AFTER_SECONDS)
INDENT = "   "


def every_lead(screen: Screen, played: Sequence[Played]) -> None:
    """Print a line for each lead."""
    screen.say("\nEvery lead, with its seconds from the webhook to Slack", style=BOLD)
    for one in played:
        sentence = one.match["data"]["verdict"]["sentence"] if one.match else "no match event"
        screen.cut(sentence, lead=_row(one, screen.columns))


def in_full(screen: Screen, played: Played, *, waits: Sequence[Retryable], with_event: bool) -> None:
    """Print what came in, what Zoho said, the verdict, the event if it is asked for, and the Slack message."""
    screen.say(f"\n{played.scene.name}: {played.scene.about}", style=BOLD)
    screen.say(f"The webhook is called ({played.call.form}) and answers HTTP {played.status}.", lead="1. ")
    _cut_listing(screen, played.call.body.decode("utf-8", "replace").strip())
    screen.say(json.dumps(played.answer), lead=INDENT)
    if played.match is None:
        return
    event, message = played.match, played.message
    if waits:
        _waiting(screen, waits[-1], came_at=read_time(event["acceptedat"]))
        event, message = _later(event, message, _longest(waits[-1])[0])
    else:
        screen.say("Zoho is asked for the conversion options and the lead. The verdict:", lead="2. ")
    verdict = event["data"]["verdict"]
    screen.say(f"{verdict['action']}, confidence {verdict['confidence']}: {verdict['sentence']}", lead=INDENT)
    if with_event:
        _event(screen, json.dumps(event, indent=2, ensure_ascii=False))
    if message:
        when = "" if waits else f", {played.seconds_to_slack:.2f} s after the call"
        screen.say(f"Slack shows{when}:", lead="4. " if with_event else "3. ")
        screen.message(message)


def conversion(screen: Screen, form: Shape, message: Shape, *, with_event: bool) -> None:
    """Print what a form said that it makes, and what the message says afterwards."""
    makes = next(line for line in _lines(form) if line.startswith("Makes:"))
    screen.say(
        "With LEADMATCH_ACTIONS=on people convert it in Slack. The form says:", lead="5. " if with_event else "4. "
    )
    screen.say(makes, lead=INDENT)
    screen.say("and the message afterwards:", lead=INDENT)
    screen.say(_lines(message)[1], lead=INDENT)


def _lines(shape: Shape) -> list[str]:
    """Return the texts of a message or a view as people read them."""
    return [terminal.line(block["text"]) for block in shape["blocks"] if "text" in block]


def next_steps(screen: Screen) -> None:
    """Print what else the demo can do, in so few lines that the message above stays on one screen."""
    names = " ".join(scene.name for scene in SCENES)
    screen.say(
        f"make demo LEAD=name ({names}), ANSWER=file (an answer of Zoho's), EVENT=1 (what other systems read), "
        "PAGE=build/page.html (for a browser).",
        lead="Next: ",
    )


def _row(one: Played, columns: int) -> str:
    mark = "ok" if one.went_well else "NO"
    if columns < WIDE_ENOUGH_FOR_TIMES:
        return f"{mark} {one.scene.name:<10}"
    seconds = f"{one.seconds_to_slack:5.2f} s" if one.seconds_to_slack is not None else "      -"
    return f"{mark} {one.scene.name:<10}{one.call.form:<13}{seconds}  "


def _cut_listing(screen: Screen, text: str) -> None:
    if left_out := screen.listing(text, most=MOST_BODY_LINES, lead=INDENT):
        screen.say(f"… {left_out} more lines", lead=INDENT)


def _event(screen: Screen, text: str) -> None:
    screen.say("Other systems read on the matches queue:", lead="3. ")
    left_out = screen.listing(text, most=MOST_EVENT_LINES, lead=INDENT)
    EVENT_FILE.write_text(text + "\n", encoding="utf-8")
    more = f"… {left_out} more lines; " if left_out else ""
    screen.say(f"{more}the event whole: {EVENT_FILE}", lead=INDENT)


def _later(event: Parts, message: Parts | None, length: timedelta) -> tuple[Parts, Parts | None]:
    """Return an event and its message as they would be had the demo waited."""
    match = match_event.read(json.dumps(event))
    match = replace(match, checked_at=match.checked_at + length)
    event = event | {"time": time_text(match.checked_at)}
    if message is None:
        return event, None
    told, posted_at = render(match), sent_at(message)
    ts = {"ts": f"{(posted_at + length).timestamp():.6f}"} if posted_at else {}
    return event, message | {"text": told.text, "blocks": list(told.blocks)} | ts


def _waiting(screen: Screen, error: Retryable, *, came_at: datetime) -> None:
    """Say for how long the product would wait, and what Slack shows meanwhile."""
    longest, alone = _longest(error)
    unless = f", or {_span(alone)} if Zoho answers other leads meanwhile" if alone < longest else ""
    screen.say(
        f"Zoho is asked. The lead waits and is tried again, for up to {_span(longest)}{unless} ({error.reason}).",
        lead="2. ",
    )
    if isinstance(error, ZohoUnavailable | ZohoThrottled):
        screen.say(f"Slack shows nothing of it at first. After {_span(BANNER_AFTER)} without an answer:", lead=INDENT)
        banner = render_outage(Outage(came_at, 1, came_at + BANNER_AFTER))
        screen.message({"channel_name": SALES.name, "text": banner.text, "blocks": list(banner.blocks)})
    else:
        screen.say("Until then Slack shows nothing of it.", lead=INDENT)
    screen.say("When the time is over:", lead=INDENT)


def _longest(error: Retryable) -> tuple[timedelta, timedelta]:
    """Return how long the product tries a lead again: when all leads fail, and when this one fails alone."""
    product = GiveUpPolicy()
    limits = sorted((0.0, product.locked_seconds, product.alone_seconds, product.unavailable_seconds))
    together = next(limit for limit in limits if product.is_over(error, Waited(limit, 0)))
    alone = next(limit for limit in limits if product.is_over(error, Waited(limit, limit)))
    return timedelta(seconds=together), timedelta(seconds=alone)


def _span(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return f"{minutes // 60} hours" if minutes >= 120 else f"{minutes} minutes"  # noqa: PLR2004 - two hours
