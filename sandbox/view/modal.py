"""Draws a modal view of Slack as HTML: its blocks, and real inputs with their labels, which nobody can change here.

https://docs.slack.dev/reference/views/modal-views
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sandbox.slack.views import Values, action_of, state_of
from sandbox.view.blocks import Draw, draw, safe, text_of
from sandbox.view.shown import Shape

LEVELS = {"info": "Note", "warning": "Warning", "error": "Error", "success": "Done"}
"""What a screen reader says before an alert, by its level."""
CROSS = '<span class="close" aria-hidden="true">✕</span>'
PLACEHOLDER = {"text": "Select an option"}


def render(
    view: Shape, *, values: Values | None = None, errors: Mapping[str, str] | None = None, is_live: bool = False
) -> str:
    """Draw a view, with what a person put in as `view.state.values` has it, else with what the app chose from the start.

    `errors` stand beside their inputs, by block. In a live view people can change and submit what is put in.
    """
    kinds: Mapping[str, Draw] = {"input": partial(_input, values=values or {}, errors=errors or {}), "alert": _alert}
    title, state, named = text_of(view.get("title")), *(("", ' id="modal-title"') if is_live else (" disabled", ""))
    close = '<button type="button" class="close" data-close aria-label="Close">✕</button>'
    return (
        f'<form class="modal" novalidate>\n<header><h3{named}>{title}</h3>'
        f"{close if is_live else CROSS}</header>\n"
        f'<fieldset{state}>\n<div class="body">{draw(view.get("blocks") or (), kinds)}</div>\n'
        f"<footer>{_button(view.get('close'), ' data-close')}{_button(view.get('submit'), kind='submit')}</footer>\n"
        "</fieldset></form>\n"
    )


def _button(label: Shape | None, does: str = "", *, kind: str = "button") -> str:
    look = " primary" if kind == "submit" else ""
    return f'<button type="{kind}" class="button{look}"{does}>{text_of(label)}</button>' if label else ""


def _alert(block: Shape) -> str:
    level = str(block.get("level", "default"))
    known = level if level in LEVELS else "default"
    said = f'<span class="unseen">{LEVELS[known]}: </span>' if known in LEVELS else ""
    return f'<p class="alert {known}">{said}{text_of(block.get("text"))}</p>'


def _input(block: Shape, *, values: Values, errors: Mapping[str, str]) -> str:
    element = block.get("element") or {}
    state = values.get(str(block.get("block_id")), {}).get(action_of(element)) or state_of(element)
    optional = ' <span class="optional">(optional)</span>' if block.get("optional") else ""
    label = text_of(block.get("label")) + optional
    hint = f'<p class="hint">{text_of(block["hint"])}</p>' if block.get("hint") else ""
    name = safe(f"{block.get('block_id')}")
    wrong = errors.get(str(block.get("block_id")), "")
    error = f'<p class="error" role="alert">{safe(wrong)}</p>' if wrong else ""
    return _ELEMENTS.get(str(element.get("type")), _unknown)(label, name, element, state) + error + hint


def _boxes(kind: str, label: str, name: str, element: Shape, state: Shape) -> str:
    chosen = state.get("selected_options") or [state.get("selected_option") or {}]
    marked = {option.get("value") for option in chosen}
    boxes = "".join(_box(kind, name, option, is_chosen=option.get("value") in marked) for option in _options(element))
    return f'<fieldset class="input"><legend>{label}</legend>{boxes}</fieldset>'


def _box(kind: str, name: str, option: Shape, *, is_chosen: bool) -> str:
    about = f"<small>{text_of(option['description'])}</small>" if option.get("description") else ""
    value, checked = safe(str(option.get("value"))), " checked" if is_chosen else ""
    box = f'<input type="{kind}" name="{name}" value="{value}"{checked}>'
    return f'<label class="option">{box}<span>{text_of(option.get("text"))}{about}</span></label>'


def _select(label: str, name: str, element: Shape, state: Shape) -> str:
    chosen = (state.get("selected_option") or {}).get("value")
    empty = f'<option value="">{text_of(element.get("placeholder") or PLACEHOLDER)}</option>' if not chosen else ""
    listed = _choices(_options(element), chosen)
    for group in element.get("option_groups") or ():
        inside = _choices(group.get("options") or (), chosen)
        listed += f'<optgroup label="{text_of(group.get("label"))}">{inside}</optgroup>'
    return _labelled(label, f'<select name="{name}">{empty}{listed}</select>')


def _choices(options: Sequence[Shape], chosen: object) -> str:
    return "".join(
        f'<option value="{safe(str(option.get("value")))}"{" selected" if option.get("value") == chosen else ""}>'
        f"{text_of(option.get('text'))}</option>"
        for option in options
    )


def _line(kind: str, label: str, name: str, element: Shape, state: Shape) -> str:
    value = safe(str(state.get("selected_date") or state.get("value") or ""))
    if element.get("multiline"):
        return _labelled(label, f'<textarea name="{name}">{value}</textarea>')
    return _labelled(label, f'<input type="{kind}" name="{name}" value="{value}">')


def _unknown(label: str, _name: str, element: Shape, _state: Shape) -> str:
    return f'<p class="context">{label} ({safe(str(element.get("type")))})</p>'


def _labelled(label: str, control: str) -> str:
    return f'<label class="input"><span class="label">{label}</span>{control}</label>'


def _options(element: Shape) -> Sequence[Shape]:
    return element.get("options") or ()


_ELEMENTS: Mapping[str, Callable[[str, str, Shape, Shape], str]] = {
    "radio_buttons": partial(_boxes, "radio"),
    "checkboxes": partial(_boxes, "checkbox"),
    "static_select": _select,
    "plain_text_input": partial(_line, "text"),
    "number_input": partial(_line, "number"),
    "datepicker": partial(_line, "date"),
}
