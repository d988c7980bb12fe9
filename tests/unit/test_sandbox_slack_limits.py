"""Every limit of the table, at it and over it."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    HeaderBlock,
    InputBlock,
    Option,
    OptionGroup,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from sandbox.slack.limits import LIMITS, problems
from sandbox.slack.view_limits import is_too_large, problems_of_view
from tests.view_parts import VIEW_PARTS


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def button(**more: object) -> dict[str, object]:
    return {"type": "button", "text": plain("Open"), "action_id": "open", **more}


def section(text: str) -> dict[str, object]:
    return {"type": "section", "text": mrkdwn(text)}


def fields(*texts: str) -> dict[str, object]:
    return {"type": "section", "fields": [mrkdwn(text) for text in texts]}


def actions(*elements: object) -> dict[str, object]:
    return {"type": "actions", "elements": list(elements)}


FULL = [
    {"type": "header", "text": plain("h" * 150), "block_id": "b" * 255},
    section("s" * 3000),
    fields(*["f" * 2000] * 10),
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("c")] * 10},
    actions(*[button(action_id=f"a-{n}", value="v" * 2000, style="primary") for n in range(25)]),
    {"type": "section", "text": plain("with a button"), "accessory": button(url="https://crm.example.com/tab/Leads")},
    actions(
        button(
            text=plain("t" * 75),
            confirm={
                "title": plain("Sure?"),
                "text": mrkdwn("*No* way back"),
                "confirm": plain("Yes"),
                "deny": plain("No"),
            },
        )
    ),
]

TOO_MUCH: dict[str, tuple[object, str]] = {
    "not a list": ({"type": "divider"}, "must be an array [json-pointer:/blocks]"),
    "none": ([], "at least 1 item [json-pointer:/blocks]"),
    "blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "unknown type": ([{"type": "carousel"}], "unsupported type: carousel [json-pointer:/blocks/0/type]"),
    "no object": (["hello"], "unsupported type: None"),
    "unhashable type": ([{"type": []}], "unsupported type: []"),
    "header": (
        [{"type": "header", "text": plain("h" * 151)}],
        "less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "header mrkdwn": (
        [{"type": "header", "text": mrkdwn("h")}],
        "text object of type plain_text [json-pointer:/blocks/0/text]",
    ),
    "section": ([section("s" * 3001)], "less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    "empty text": ([section("")], "more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "number": ([{"type": "section", "text": {"type": "mrkdwn", "text": 3}}], "must be a string"),
    "bare section": ([{"type": "section"}], "missing required field: text or fields"),
    "fields": ([fields(*"abcdefghijk")], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    "field": ([fields("ok", "f" * 2001)], "less than 2001 characters [json-pointer:/blocks/0/fields/1/text]"),
    "context": ([{"type": "context", "elements": [mrkdwn("c")] * 11}], "no more than 10 items"),
    "actions": ([actions(*[button(action_id=str(n)) for n in range(26)])], "no more than 25 items"),
    "not a button": ([actions({"type": "slider"})], "expected button [json-pointer:/blocks/0/elements/0/type]"),
    "button text": ([actions(button(text=plain("t" * 76)))], "less than 76 characters"),
    "button value": (
        [actions(button(value="v" * 2001))],
        "less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "button url": ([actions(button(url="https://a.example/" + "u" * 3000))], "less than 3001 characters"),
    "button style": ([actions(button(style="loud"))], "must be one of primary, danger"),
    "script url": ([actions(button(url="javascript:alert(1)"))], "valid http or https url"),
    "url with a space": ([actions(button(url="https://a.example/ b"))], "valid http or https url"),
    "action_id": ([actions(button(action_id="a" * 256))], "less than 256 characters"),
    "action_id twice": ([actions(button(), button())], "action_id must be unique: open"),
    "block_id": ([{"type": "divider", "block_id": "b" * 256}], "less than 256 characters"),
    "block_id twice": ([{"type": "divider", "block_id": "b"}] * 2, "block_id must be unique: b [json-pointer:/blocks]"),
    "misspelt key": ([actions(button(link="https://a.example"))], "invalid additional property: link"),
    "half a confirm": (
        [actions(button(confirm={"title": plain("Sure?")}))],
        "json-pointer:/blocks/0/elements/0/confirm/deny",
    ),
}


def test_a_message_at_every_limit_is_good() -> None:
    """What stands exactly at Slack's limits is taken."""
    assert problems(FULL, "t" * 40_000) == []


@pytest.mark.parametrize(("blocks", "problem"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_slack_refuses_is_named_with_its_place(blocks: object, problem: str) -> None:
    """Each broken rule is said in Slack's words, with a JSON pointer to where it is broken."""
    assert any(problem in found for found in problems(blocks)), problems(blocks)


def test_a_text_has_its_own_limit() -> None:
    """The message's text is checked apart from the blocks."""
    assert problems([{"type": "divider"}], "t" * 40_001) == ["must be less than 40001 characters [json-pointer:/text]"]


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    """Action ids are unique within a block, not within a message."""
    assert problems([actions(button()), actions(button())]) == []


def test_slacks_own_sdk_agrees_with_the_table() -> None:
    """slack_sdk carries the same limits as constants; it is the second opinion."""
    sdk: Any = {
        "header text": HeaderBlock.text_max_length,
        "section fields": SectionBlock.fields_max_length,
        "actions elements": ActionsBlock.elements_max_length,
        "button text": ButtonElement.text_max_length,
        "button value": ButtonElement.value_max_length,
        "button url": ButtonElement.url_max_length,
        "view title": View.title_max_length,
        "view submit": View.submit_max_length,
        "view close": View.close_max_length,
        "view blocks": View.blocks_max_length,
        "view private_metadata": View.private_metadata_max_length,
        "view callback_id": View.callback_id_max_length,
        "input label": InputBlock.label_max_length,
        "input hint": InputBlock.hint_max_length,
        "option text": Option.label_max_length,
        "option value": Option.value_max_length,
        "select options": StaticSelectElement.options_max_length,
        "option groups": StaticSelectElement.option_groups_max_length,
        "group options": OptionGroup.options_max_length,
        "group label": OptionGroup.label_max_length,
    }
    assert {name: LIMITS[name] for name in sdk} == sdk


def option(value: str = "v", **more: object) -> dict[str, object]:
    return {"text": plain("o"), "value": value, **more}


def entry(element: object, **more: object) -> dict[str, object]:
    return {"type": "input", "label": plain("l"), "element": element, **more}


def view(*blocks: object, **more: object) -> dict[str, object]:
    return {"type": "modal", "title": plain("t"), "submit": plain("s"), "blocks": list(blocks), **more}


def select(**more: object) -> dict[str, object]:
    return {"type": "static_select", **more}


GOOD_VIEW = view(
    {"type": "alert", "level": "warning", "text": mrkdwn("No way back")},
    entry({"type": "radio_buttons", "options": [option(text=mrkdwn("*o*"), description=plain("d"))]}, block_id="one"),
    entry(select(option_groups=[{"label": plain("g"), "options": [option()]}], initial_option=option())),
    entry({"type": "checkboxes", "options": [option()], "initial_options": [option()]}, optional=True),
    entry({"type": "plain_text_input", "max_length": 120, "initial_value": "x" * 120}),
    entry({"type": "number_input", "is_decimal_allowed": True, "min_value": "0", "initial_value": "12.5"}),
    entry({"type": "datepicker", "initial_date": "2026-12-31"}, dispatch_action=True),
    private_metadata="m" * 3000,
)
BAD_VIEWS: dict[str, tuple[object, str]] = {
    "no view": ([], "expected modal [json-pointer:/view/type]"),
    "home tab": ({"type": "home", "blocks": []}, "expected modal"),
    "no title": ({"type": "modal", "blocks": [section("s")]}, "[json-pointer:/view/title]"),
    "no blocks": (view() | {"blocks": None}, "must be an array [json-pointer:/view/blocks]"),
    "nothing in it": (view(), "at least 1 item [json-pointer:/view/blocks]"),
    "input without submit": (
        {"type": "modal", "title": plain("t"), "blocks": [entry({"type": "plain_text_input"})]},
        "missing required field: submit",
    ),
    "misspelt key": (view(section("s"), submitt=plain("s")), "invalid additional property: submitt"),
    "block_id twice": (view(section("s") | {"block_id": "b"}, section("s") | {"block_id": "b"}), "must be unique: b"),
    "alert level": (view({"type": "alert", "level": "loud", "text": plain("x")}), "/view/blocks/0/level"),
    "no element": (view(entry(None)), "unsupported type: None [json-pointer:/view/blocks/0/element/type]"),
    "unknown element": (view(entry({"type": "slider"})), "unsupported type: slider"),
    "unknown key of an element": (view(entry(select(options=[option()], size=3))), "additional property: size"),
    "optional no boolean": (view(entry(select(options=[option()]), optional="yes")), "must be a boolean"),
    "no options": (view(entry(select())), "either options or option_groups"),
    "two kinds of options": (view(entry(select(options=[option()], option_groups=[]))), "either options or"),
    "value twice": (view(entry(select(options=[option(), option()]))), "value must be unique: v"),
    "option no object": (view(entry(select(options=["v"]))), "must be an object"),
    "group no object": (view(entry(select(option_groups=["v"]))), "must be an object"),
    "formatted option of a select": (view(entry(select(options=[option(text=mrkdwn("o"))]))), "type plain_text"),
    "initial option of none": (
        view(entry(select(options=[option()], initial_option=option("w")))),
        "must be one of the options",
    ),
    "no initial options": (
        view(entry({"type": "checkboxes", "options": [option()], "initial_options": []})),
        "at least 1 item",
    ),
    "number without a word on decimals": (view(entry({"type": "number_input"})), "is_decimal_allowed"),
    "no number": (
        view(entry({"type": "number_input", "is_decimal_allowed": False, "min_value": "low"})),
        "must be a number [json-pointer:/view/blocks/0/element/min_value]",
    ),
    "no date": (view(entry({"type": "datepicker", "initial_date": "31.12.2026"})), "must be a date"),
    "longer than it may be": (
        view(entry({"type": "plain_text_input", "max_length": 3, "initial_value": "long"})),
        "less than 4 characters",
    ),
}


UNKNOWN_TO_THE_SDK = {
    *("view external_id", "text input", "radio buttons", "checkboxes"),
    *("option text", "option description", "option value", "group options", "group label"),
}


def test_a_view_of_every_element_is_good() -> None:
    """At its limits too."""
    assert problems_of_view(GOOD_VIEW) == []


@pytest.mark.parametrize(("shown", "problem"), BAD_VIEWS.values(), ids=BAD_VIEWS)
def test_what_slack_refuses_in_a_view_is_named_with_its_place(shown: object, problem: str) -> None:
    """Before anything is asked of slack_sdk."""
    assert any(problem in found for found in problems_of_view(shown)), problems_of_view(shown)


@pytest.mark.parametrize("name", VIEW_PARTS)
def test_slacks_own_sdk_takes_and_refuses_what_the_table_does(name: str) -> None:
    """It is asked about every view; some limits it does not know."""
    assert problems_of_view(VIEW_PARTS[name](LIMITS[name])) == []
    found = [problem.startswith("slack_sdk: ") for problem in problems_of_view(VIEW_PARTS[name](LIMITS[name] + 1))]
    assert False in found
    assert (True in found) is (name not in UNKNOWN_TO_THE_SDK)


def test_a_view_has_at_most_250_kb() -> None:
    """Its bytes are counted, not its characters."""
    size = 80_000
    assert not is_too_large(view(section("s"), private_metadata="x" * size))
    assert is_too_large(view(section("s"), private_metadata="\u20ac" * size))
