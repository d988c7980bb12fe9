"""The pictures of the docs, from what the real code sends to Slack: `python -m sandbox picture docs/message.png`."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chalicelib.steps.convert import ConvertTiming
from sandbox.acting import BO, NAMES, Acting, people_act
from sandbox.page.pictures import PAGE_PICTURES
from sandbox.run import POSTS_PER_SECOND, AtOnce, play
from sandbox.scenes import SCENES, Scene, Stage
from sandbox.slack.workspace import Message
from sandbox.system import SALES, Sandbox
from sandbox.view import modal, page
from sandbox.view.picture import limit_colours, take
from sandbox.view.shown import with_names
from sandbox.zoho.faults import Fault, Slow

VERDICTS = ("contact", "choose", "unchecked")
FOR_OPERATORS = "gone"
"""The scene whose message goes to the operator's channel."""
WIDE, NARROW = 1280, 390
"""A window, and a phone."""
MESSAGE_WIDTH, FORM_WIDTH = 720, 1000
SHOWN_SECONDS = 60.0
SLOW_SECONDS = 2.0
"""How long Zoho takes for a conversion, so that its message says meanwhile that it goes on."""
READ_SOON = ConvertTiming(read_again_seconds=(0.1, 0.1, 0.1), message_late=timedelta(0))
"""A sandbox does not wait a quarter of an hour for Zoho to say whether it converted."""


def verdicts() -> str:
    """Return the page of the README's three messages."""
    with Sandbox(log=io.StringIO(), posts_per_second=POSTS_PER_SECOND, give_up_policy=AtOnce()) as sandbox:
        played = play(sandbox, [scene for scene in SCENES if scene.name in VERDICTS], tick=lambda: None)
    return page.render("leadmatch in Slack", [with_names(one.message, NAMES) for one in played if one.message])


def kinds() -> str:
    """Return the page of the eleven kinds of message that a sales channel shows."""
    scenes = [scene for scene in SCENES if scene.name != FOR_OPERATORS]
    with Sandbox(log=io.StringIO(), posts_per_second=POSTS_PER_SECOND, give_up_policy=AtOnce()) as sandbox:
        played = play(sandbox, scenes, tick=lambda: None)
    parts = [
        (f"{one.scene.about[:1].upper()}{one.scene.about[1:]}", page.draw_message(with_names(one.message, NAMES)))
        for one in played
        if one.message
    ]
    return page.gallery("What leadmatch says in Slack", parts, is_wide=True)


def forms() -> str:
    """Return the page of the form of a conversion, for four leads."""
    with acting() as people:
        parts = [
            ("One match: it is chosen already", _form(people, "contact")),
            ("With a deal", _form(people, "account", _want_a_deal)),
            ("Several matches: a person chooses", _form(people, "choose")),
            ("With warnings", _form(people, "warned")),
            ("Blocked since the message was read: nothing to convert", _blocked(people)),
        ]
    return page.gallery("The form", parts, is_wide=True)


def messages() -> str:
    """Return the page of a lead's message before, during and after what people do with it."""
    with acting() as people:
        before = _message(people, "contact")
        parts = [("Before", _drawn(before)), *_converted(people, before)]
        parts += [("Dismissed", _dismissed(people)), ("Zoho did not say", _unclear(people))]
    return page.gallery("The message", parts)


@contextmanager
def acting() -> Iterator[Acting]:
    """Start a sandbox in which people act."""
    with (
        Sandbox(log=io.StringIO(), posts_per_second=POSTS_PER_SECOND) as sandbox,
        people_act(sandbox, convert_timing=READ_SOON) as people,
    ):
        _wait(sandbox.pump.is_idle)
        yield people


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + SHOWN_SECONDS
    while not is_so():
        if time.monotonic() > until:
            raise RuntimeError(
                f"Nothing came of it in {SHOWN_SECONDS:.0f} seconds. The machine may be busy; try again."
            )
        time.sleep(0.05)


def _warned(stage: Stage) -> str:
    """Add a lead whose contact has another name, and cannot be edited; its account has another legal form."""
    fernhill = stage.crm.add("Accounts", Account_Name="Fernhill GmbH")
    home = stage.crm.lookup("Accounts", fernhill)
    not_editable = {"$editable": False}
    stage.crm.add("Contacts", Full_Name="Dana Berger", Email="iva@fernhill.example", Account_Name=home, **not_editable)
    known = {"Lead_Source": "Website", "Lead_Status": "Qualified", "Email": "iva@fernhill.example"}
    return stage.crm.add("Leads", Full_Name="Iva Moss", Company="Fernhill AG", **known)


LEADS = {scene.name: scene for scene in SCENES} | {"warned": Scene("warned", "", "convert_into_contact", _warned)}


def _message(people: Acting, name: str) -> Message:
    """Let a lead come in, and return its message."""
    people.sandbox.empty_crm()
    play(people.sandbox, [LEADS[name]], tick=lambda: None)
    return people.sandbox.slack.workspace.messages(SALES.id)[-1]


def _now(people: Acting, message: Message) -> Message:
    return people.sandbox.slack.workspace.message(message.channel, message.ts)


def _form(people: Acting, name: str, fill_in: Callable[[Acting], None] | None = None) -> str:
    _done(people, _message(people, name), "convert")
    if fill_in:
        fill_in(people)
    view = people.view(BO)
    return modal.render(view.sent, values=view.values)


def _blocked(people: Acting) -> str:
    """Let a record be blocked, and click on the message as it was before."""
    message = _message(people, "contact")
    (contact,) = people.sandbox.crm.all("Contacts")
    people.sandbox.crm.change("Contacts", str(contact["id"]), **{"$approval_state": "approval_process_pending"})
    _done(people, message, "check_again")
    _wait(lambda: "Do not convert yet" in _now(people, message).text)
    _done(people, message, "convert")
    return modal.render(people.view(BO).sent)


def _want_a_deal(people: Acting) -> None:
    people.choose(BO, "deal", "make_deal")
    people.write(BO, "amount", "12500")


def _done(people: Acting, message: Message, action: str) -> None:
    """Click a button, and hold the picture to it that it was taken."""
    if trouble := people.click(BO, message, action).trouble:
        raise RuntimeError(trouble)


def _submitted(people: Acting, message: Message, says: str) -> Message:
    """Submit the open form, and return the message once it says what came of it."""
    if trouble := people.submit(BO).trouble:
        raise RuntimeError(trouble)
    _wait(lambda: says in _now(people, message).text)
    return _now(people, message)


def _converted(people: Acting, before: Message) -> Iterator[tuple[str, str]]:
    people.sandbox.zoho.on("convert", Slow(SLOW_SECONDS))
    _done(people, before, "convert")
    yield "During", _drawn(_submitted(people, before, "is converting"))
    _wait(lambda: "converted this lead" in _now(people, before).text)
    yield "After", _drawn(_now(people, before))


def _dismissed(people: Acting) -> str:
    message = _message(people, "new")
    _done(people, message, "dismiss")
    people.choose(BO, "reason", "not_a_fit")
    people.write(BO, "note", "Student project")
    return _drawn(_submitted(people, message, "dismissed this lead"))


def _unclear(people: Acting) -> str:
    message = _message(people, "contact")
    _done(people, message, "convert")
    people.sandbox.zoho.on("convert", Fault.RESET)
    return _drawn(_submitted(people, message, "did not say"))


def _drawn(message: Message) -> str:
    return page.draw_message(with_names(message.as_slack(), NAMES))


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown, how wide it is laid out, with how many pixels each way for one, and whether in the dark; a large one has few colours."""

    render: Callable[[], str]
    width: int
    scale: float = 2
    is_dark: bool = False
    is_large: bool = False


PICTURES: dict[str, Picture] = {
    "message.png": Picture(verdicts, MESSAGE_WIDTH),
    "acting-form.png": Picture(forms, FORM_WIDTH),
    "acting-message.png": Picture(messages, MESSAGE_WIDTH),
} | {
    f"messages-{width}-{scheme}.png": Picture(kinds, width, scale, is_dark=scheme == "dark", is_large=True)
    for width, scale in ((WIDE, 1), (NARROW, 1.5))
    for scheme in ("light", "dark")
}
"""Each picture by its file's name."""


def take_pictures(paths: Sequence[Path]) -> None:
    """Take pictures, known by their files' names; what several show is made once."""
    rendered: dict[Callable[[], str], str] = {}
    for path in paths:
        if path.name in PAGE_PICTURES:
            PAGE_PICTURES[path.name](path)
            continue
        one = PICTURES[path.name]
        html = rendered.get(one.render) or rendered.setdefault(one.render, one.render())
        take(html, path, width=one.width, is_dark=one.is_dark, scale=one.scale)
        if one.is_large:
            limit_colours(path)
