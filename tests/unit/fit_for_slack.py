"""Whether Slack takes a message or a view: the stand-in's table of limits, and slack_sdk's models as a second opinion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from chalicelib.slack.message import SlackMessage
from sandbox.slack.limits import LIMITS, problems


def is_fit(message: SlackMessage) -> None:
    """Hold a message to the stand-in's table of limits and to slack_sdk's models; any of ours may become an edit."""
    assert len(message.text) <= LIMITS["edited text"]
    assert problems(message.blocks, message.text) == []
    for block in message.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    assert message.text


VIEW_BYTES = 250_000
ELEMENT_LIMITS = {"radio_buttons": 10, "checkboxes": 10, "static_select": 100}


def is_fit_view(view: Mapping[str, Any]) -> None:
    """Hold a view to Slack's limits and to slack_sdk's models.

    https://docs.slack.dev/reference/views/modal-views
    """
    assert len(json.dumps(view, ensure_ascii=False).encode()) < VIEW_BYTES
    View(**view).validate_json()
    ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    assert len(ids) == len(set(ids))
    assert ("submit" in view) == any(block["type"] == "input" for block in view["blocks"])
    for block in view["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None, block
        parsed.validate_json()
        text = block.get("text", {}).get("text", "x")
        assert 0 < len(text) <= LIMITS["section text"]
        if block["type"] == "input":
            assert 0 < len(block["label"]["text"]) <= 75
            is_fit_element(block["element"])


def is_fit_element(element: Mapping[str, Any]) -> None:
    """Hold an input's element to Slack's limits; what is selected at first must be one of the options, to the letter."""
    for group in [element.get("options", []), *(one["options"] for one in element.get("option_groups", []))]:
        assert len(group) <= ELEMENT_LIMITS.get(element["type"], 0)
    assert len(element.get("option_groups", [])) <= 100
    options = [*element.get("options", []), *(o for one in element.get("option_groups", []) for o in one["options"])]
    assert len({option["value"] for option in options}) == len(options)
    for option in options:
        assert 0 < len(option["text"]["text"]) <= 75
        assert 0 < len(option.get("description", {"text": "x"})["text"]) <= 75
        assert 0 < len(option["value"]) <= 150
    if "options" in element or "option_groups" in element:
        assert options
    initial = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    assert all(option in options for option in initial)
    assert len(element.get("initial_value", "")) <= element.get("max_length", 3000)
