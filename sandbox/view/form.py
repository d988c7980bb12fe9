"""Shows a modal's inputs and alerts as HTML: what is offered, and what is put in. Nothing in it can be clicked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from sandbox.view import shown
from sandbox.view.shown import Shape

Render = Callable[[Shape | None], str]
"""Renders a text object."""
CSS = """
main:has(.modals) { max-width: 960px; }
.modals { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 16px; align-items: start; }
.modals .modal { margin: 0; }
.modal h2 { display: flex; justify-content: space-between; }
.modal h2 b { color: var(--soft); font-weight: 400; }
.modal > div { padding: 8px 20px; }
.modal .foot { display: flex; justify-content: flex-end; gap: 8px; padding: 12px 20px; border-top: 1px solid var(--line); }
.input { margin: 14px 0; }
.input > b { display: block; margin-bottom: 4px; }
.option { display: grid; grid-template-columns: 16px minmax(0, 1fr); column-gap: 8px; margin: 6px 0; }
.option small { display: block; color: var(--soft); font-size: 13px; }
.mark { width: 16px; height: 16px; margin-top: 3px; border: 1px solid var(--soft); border-radius: 50%; }
.box { border-radius: 4px; }
.on { border: 5px solid var(--go); }
.box.on { border-width: 8px; }
.value { padding: 6px 12px; border: 1px solid var(--line); border-radius: 8px; min-height: 36px; }
.menu::after { content: " \\25be"; color: var(--soft); }
.alert { margin: 12px 0; padding: 8px 12px; border: 1px solid var(--line); border-left: 4px solid #e0a100; border-radius: 8px; }
.alert.error { border-left-color: var(--stop); }
"""


def alert(block: Shape, text: Render) -> str:
    """Return an alert."""
    level = "error" if block.get("level") == "error" else "warning"
    return f'<p class="alert {level}">{text(block.get("text"))}</p>'


def field(block: Shape, values: Mapping[str, Mapping[str, Shape]], text: Render) -> str:
    """Return an input with what is put in: its state as `view.state.values` has it."""
    element: Shape = block.get("element") or {}
    state = next(iter(values.get(str(block.get("block_id")), {}).values()), {})
    optional = " (optional)" if block.get("optional") and element.get("type") != "checkboxes" else ""
    return f'<div class="input"><b>{text(block.get("label"))}{optional}</b>{_element(element, state, text)}</div>'


def _element(element: Shape, state: Shape, text: Render) -> str:
    kind = element.get("type")
    if kind in ("radio_buttons", "checkboxes"):
        chosen = [state.get("selected_option"), *(state.get("selected_options") or ())]
        shape = "mark box" if kind == "checkboxes" else "mark"
        return "".join(_option(one, shape, text, is_on=one in chosen) for one in element.get("options") or ())
    if kind == "static_select":
        option = state.get("selected_option") or {}
        return f'<p class="value menu">{text(option.get("text"))}</p>'
    value = state.get("selected_date") or state.get("value") or ""
    return f'<p class="value">{escape(shown.visible(str(value)))}</p>'


def _option(option: Shape, shape: str, text: Render, *, is_on: bool) -> str:
    more = f"<small>{text(option['description'])}</small>" if option.get("description") else ""
    mark = f'<span class="{shape}{" on" if is_on else ""}"></span>'
    return f'<div class="option">{mark}<span>{text(option.get("text"))}{more}</span></div>'
