"""The views that a person sees after a click: the form of a conversion, that of a dismissal, and what is said in their place. Pure.

https://docs.slack.dev/reference/views/modal-views
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.conversion import NEW, Wanted
from chalicelib.slack.actions import CONVERT, DISMISS
from chalicelib.slack.form import (
    ACCOUNT,
    AMOUNT,
    CARRY_OVER_TAGS,
    CLOSING_DATE,
    CONTACT,
    DEAL,
    DEAL_NAME,
    DEAL_NAME_LIMIT,
    EXTRAS,
    MAKE_DEAL,
    NOTE,
    NOTE_LIMIT,
    NOTIFY_OWNER,
    REASON,
    REASONS,
    STAGE,
    Choices,
    Form,
    Option,
    account_options,
    choices_of,
    contact_options,
    kept_account,
    offered_stages,
    recommended,
    stage_id,
)
from chalicelib.slack.text import mrkdwn, plain
from chalicelib.verdict.model import VerdictWarning
from chalicelib.verdict.sentence import evidence_words
from chalicelib.verdict.wording import shown_name

View = dict[str, Any]

TITLE_LIMIT = 24
OPTION_LIMIT = 75
SELECT_LIMIT = 50
"""Of a hundred options each is shorter: a view has at most 250 kB."""
SENTENCE_LIMIT = 2500
LINE_LIMIT = 300
NAME_LIMIT = 80
MOST_RADIO_BUTTONS = 10
WARNINGS_SHOWN = 5
OTHER_VALUES_SHOWN = 2
NAMELESS = "(no name)"

CANNOT_BE_UNDONE = "A conversion cannot be undone in Zoho."
NO_PIPELINES = "No deal can be made here yet: Zoho has not told leadmatch the stages of your deals."
NOT_FILLED = "The lead converts into this record, but does not fill its fields."
NAMED_SO = "A new account would get this name: correct the company in Zoho first, or choose an account."
EFFECTS = {"not_editable": NOT_FILLED, "placeholder_company": NAMED_SO}
"""What a warning means for the conversion, by its code."""
CHANGED = "This lead changed since the form was opened. Look again before you convert."
NEW_DEAL = "a new deal, as filled in above"
LOOK_AGAIN = "Read once more what this makes, then press Convert."
TOO_SLOW = "Slack was faster than we were. Click again."
CONVERTING_TEXT = (
    "Converting… You are told here, and in the message about this lead, what came of it: in a moment, or within 15 minutes when Zoho "
    "does not answer. You can close this window."
)
DISMISSING_TEXT = "Dismissing… The message about this lead will say so. You can close this window."


def conversion_form(form: Form, *, chosen: Choices | Wanted | None = None, error: str = "") -> View:
    """Return the form of a conversion with what is chosen, else what is recommended.

    `error` is what was wrong with it before, in mrkdwn whose values are harmless. A lead that cannot be converted has a view that says why, and nothing to submit.
    """
    if form.refusal:
        why = _about(form, form.refusal)
        return statement("Convert lead", f"{error}\n{why}" if error else why)
    choices = choices_of(chosen, form) if isinstance(chosen, Wanted) else chosen or recommended(form)
    blocks = [
        *_alert("error", error),
        _section(_about(form, form.match.verdict.sentence)),
        *_warnings_of_lead(form),
        *_record_input(CONTACT, "Contact", contact_options(form.match), choices.contact, form),
        *_record_input(ACCOUNT, "Account", account_options(form.match), choices.account, form),
        *_deal_blocks(form, choices),
        _extras(choices),
        _section(summary(form, choices)),
        *_alert("warning", CANNOT_BE_UNDONE),
    ]
    marked = [_of_revision(block, form.revision) for block in blocks]
    return _modal(
        "Convert lead", marked, callback_id=CONVERT, submit="Convert", metadata=_metadata(form, makes=choices.makes)
    )


def dismissal_form(form: Form) -> View:
    """Return the form that asks why a lead is dismissed."""
    options: list[Mapping[str, Any]] = [_option(word, text) for word, text in REASONS.items()]
    blocks = [
        _section(
            f"*{mrkdwn(form.match.title, LINE_LIMIT)}*\nThe lead stays as it is in Zoho; its message here is closed."
        ),
        _input(REASON, "Why", {"type": "radio_buttons", "options": options}),
        _input(NOTE, "Note", {"type": "plain_text_input", "max_length": NOTE_LIMIT}, optional=True),
    ]
    return _modal("Dismiss lead", blocks, callback_id=DISMISS, submit="Dismiss", metadata=_metadata(form))


def statement(title: str, text: str) -> View:
    """Return a view that says something, in mrkdwn whose values are harmless, and asks for nothing."""
    return _modal(title, [_section(text)])


def converting() -> View:
    """Return what takes the form's place once it was submitted."""
    return statement("Convert lead", CONVERTING_TEXT)


def dismissing() -> View:
    """Return what takes the place of the form of a dismissal."""
    return statement("Dismiss lead", DISMISSING_TEXT)


def changed_form(form: Form) -> View:
    """Return the form of a lead that is not what the person saw: as it is now, and that it changed."""
    if form.refusal:
        return statement("Convert lead", f"{CHANGED} {mrkdwn(form.refusal, SENTENCE_LIMIT)}")
    return conversion_form(form, error=CHANGED)


def summary(form: Form, choices: Choices) -> str:
    """Say in one line what will exist afterwards: nothing that is typed, of which Slack tells only with the submission."""
    parts = [_contact_part(form, choices), _account_part(form, choices), _deal_part(form, choices)]
    return f"*Makes:* {', '.join(parts)}"


def _contact_part(form: Form, choices: Choices) -> str:
    if choices.contact == NEW:
        return f"contact {_name(_lead_value(form, 'name'))} (new)"
    found = _chosen(contact_options(form.match), choices.contact)
    if not found:
        return "contact (choose one)"
    home = found.account
    stays = f" (stays with {_name(home.name)})" if home and choices.account and home.id != choices.account else ""
    return f"contact {_name(found.name)}{stays}"


def _account_part(form: Form, choices: Choices) -> str:
    if choices.account == NEW:
        if home := kept_account(form.match, contact=choices.contact, account=choices.account):
            return f"no account: choose {_name(home.name)}, or a new contact"
        company = _lead_value(form, "company")
        return f"account {_name(company)} (new)" if company else "no account"
    found = _chosen(account_options(form.match), choices.account)
    return f"account {_name(found.name)}" if found else "account (choose one)"


def _deal_part(form: Form, choices: Choices) -> str:
    if not choices.makes_deal or not form.offers_deal:
        return "no deal"
    return NEW_DEAL


def _record_input(
    block: str, label: str, options: Sequence[Option], chosen: str, form: Form
) -> Iterator[dict[str, Any]]:
    """Yield the choice of a record, and the warnings about those that can be chosen."""
    is_short = len(options) < MOST_RADIO_BUTTONS
    kind, limit = ("radio_buttons", OPTION_LIMIT) if is_short else ("static_select", SELECT_LIMIT)
    told = [_evidence(option, has_rivals=len(options) > 1) for option in options]
    entries = [
        _option(option.id, _label(option), about, limit=limit) for option, about in zip(options, told, strict=True)
    ]
    entries.append(_option(NEW, _new_label(block, form)))
    element = {"type": kind, "options": entries} | _initial(entries, chosen)
    yield _input(block, label, element, dispatches=True)
    if left_out := form.match.verdict.left_out.get(f"{block}s", 0):
        yield _context(f"{left_out} more match in Zoho, too many for this form.")
    warnings = [warning for option in options for warning in option.warnings]
    yield from (_context(f":warning: {_effect(warning)}") for warning in warnings[:WARNINGS_SHOWN])


def _deal_blocks(form: Form, choices: Choices) -> Iterator[dict[str, Any]]:
    if not form.offers_deal:
        yield _context(NO_PIPELINES)
        return
    yield _input(
        DEAL,
        "Deal",
        _checkboxes([_option(MAKE_DEAL, "Create a deal")], [MAKE_DEAL] if choices.makes_deal else []),
        optional=True,
        dispatches=True,
    )
    if choices.makes_deal:
        name = {"type": "plain_text_input", "max_length": DEAL_NAME_LIMIT}
        yield _input(DEAL_NAME, "Deal name", name | _if(initial_value=choices.deal_name))
        closing = {"type": "datepicker"} | _if(initial_date=choices.closing_date)
        yield _input(CLOSING_DATE, "Closing date", closing)
        yield _input(STAGE, "Stage", _stage_select(form, choices.stage))
        amount = {"type": "number_input", "is_decimal_allowed": True, "min_value": "0"}
        yield _input(AMOUNT, "Amount", amount | _if(initial_value=choices.amount), optional=True)


def _stage_select(form: Form, chosen: str) -> dict[str, Any]:
    """Return the one choice of a pipeline and its stage, so that the two always fit each other."""
    groups: dict[str, list[dict[str, Any]]] = {}
    found = offered_stages(form.pipelines)
    has_one = len({pipeline.name for pipeline, _ in found}) == 1
    for pipeline, stage in found:
        text = stage if has_one else f"{stage} · {pipeline.name}"  # of a closed menu Slack shows this alone
        groups.setdefault(pipeline.name, []).append(_option(stage_id(pipeline.name, stage), text))
    shown = [{"label": _plain(name or "Stages", OPTION_LIMIT), "options": options} for name, options in groups.items()]
    every = [option for options in groups.values() for option in options]
    return {"type": "static_select", "option_groups": shown} | _initial(every, chosen)


def _extras(choices: Choices) -> dict[str, Any]:
    options = [
        _option(NOTIFY_OWNER, "Notify the lead's owner by mail"),
        _option(CARRY_OVER_TAGS, "Carry over the lead's tags"),
    ]
    chosen = {NOTIFY_OWNER: choices.notify_owner, CARRY_OVER_TAGS: choices.carry_over_tags}
    boxes = _checkboxes(options, [word for word, is_chosen in chosen.items() if is_chosen])
    return _input(EXTRAS, "Also", boxes, optional=True)


def _warnings_of_lead(form: Form) -> Iterator[dict[str, Any]]:
    """Yield the warnings that no record which can be chosen has beside it."""
    offered = {option.id for option in (*contact_options(form.match), *account_options(form.match))}
    warnings = [one for one in form.match.verdict.warnings if one.record_id not in offered]
    yield from (_context(f":warning: {_effect(warning)}") for warning in warnings[:WARNINGS_SHOWN])


def _effect(warning: VerdictWarning) -> str:
    """Say what a warning means for the conversion."""
    return f"{mrkdwn(warning.message, LINE_LIMIT)} {EFFECTS.get(warning.code, '')}".strip()


def _label(option: Option) -> str:
    number = f"{option.number}. " if option.number else ""
    name = number + (shown_name(option.name) or NAMELESS)
    return f"{name}, {shown_name(option.account.name)}" if option.account and option.account.name else name


def _new_label(block: str, form: Form) -> str:
    if block == CONTACT:
        return f"New contact: {shown_name(_lead_value(form, 'name')) or NAMELESS}"
    company = shown_name(_lead_value(form, "company"))
    return f"New account: {company}" if company else "No account: the lead names no company"


def _evidence(option: Option, *, has_rivals: bool) -> str:
    """Say why a record is offered, and beside others what tells it from them."""
    others = [shown_name(value) for value in option.values[:OTHER_VALUES_SHOWN]] if has_rivals else []
    return " · ".join(filter(None, [_reason(option), *others]))


def _reason(option: Option) -> str:
    if option.is_contacts_account:
        return "the contact's account"
    values = [shown_name(piece.value) for piece in option.evidence if piece.value and piece.value != option.name]
    words = evidence_words(option.evidence)
    return f"{words}: {values[0]}" if words and len(values) == 1 else words


def _about(form: Form, sentence: str) -> str:
    return f"*{mrkdwn(form.match.title, LINE_LIMIT)}*\n{mrkdwn(sentence, SENTENCE_LIMIT)}"


def _lead_value(form: Form, name: str) -> str:
    return str(getattr(form.match.lead, name)) if form.match.lead else ""


def _name(value: str) -> str:
    return mrkdwn(value, NAME_LIMIT) or NAMELESS


def _chosen(options: Sequence[Option], chosen: str) -> Option | None:
    return next((option for option in options if option.id == chosen), None)


def _metadata(form: Form, **more: str) -> str:
    """Return what comes back with the form: ids and the revision alone."""
    event = form.match.event
    told = {"lead_id": event.lead_id, "event_id": event.event_id, "revision": form.revision, "channel": form.channel}
    return json.dumps(told | more)


def _modal(
    title: str, blocks: Sequence[Mapping[str, Any]], *, callback_id: str = "", submit: str = "", metadata: str = ""
) -> View:
    buttons = {"submit": _plain(submit, TITLE_LIMIT)} if submit else {}
    close = _plain("Cancel" if submit else "Close", TITLE_LIMIT)
    told = _if(callback_id=callback_id, private_metadata=metadata)
    return (
        {"type": "modal", "title": _plain(title, TITLE_LIMIT), "close": close, "blocks": list(blocks)} | buttons | told
    )


def _input(
    block: str, label: str, element: Mapping[str, Any], *, optional: bool = False, dispatches: bool = False
) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block,
        "label": _plain(label, OPTION_LIMIT),
        "element": {**element, "action_id": block},
        "optional": optional,
        "dispatch_action": dispatches,
    }


def _of_revision(block: Mapping[str, Any], revision: int) -> Mapping[str, Any]:
    """Return a block whose element belongs to a revision of the lead: Slack keeps what was chosen in elements of the same id."""
    if block["type"] != "input":
        return block
    return {**block, "element": {**block["element"], "action_id": f"{block['block_id']}_{revision}"}}


def _checkboxes(options: Sequence[Mapping[str, Any]], chosen: Sequence[str]) -> dict[str, Any]:
    initial = [option for option in options if option["value"] in chosen]
    return {"type": "checkboxes", "options": list(options)} | _if(initial_options=initial)


def _option(value: str, text: str, description: str = "", *, limit: int = OPTION_LIMIT) -> dict[str, Any]:
    shown = {"text": _plain(text, limit), "value": value}
    return shown | ({"description": _plain(description, limit)} if description else {})


def _initial(options: Sequence[Mapping[str, Any]], chosen: str) -> dict[str, Any]:
    found = next((option for option in options if option["value"] == chosen), None)
    return {"initial_option": found} if found else {}


def _alert(level: str, text: str) -> Iterator[dict[str, Any]]:
    """Yield an alert, a block that only modals have."""
    if text:
        yield {"type": "alert", "level": level, "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": plain(text, limit) or NAMELESS, "emoji": False}


def _if(**given: Any) -> dict[str, Any]:
    """Return what is not empty."""
    return {name: value for name, value in given.items() if value}
