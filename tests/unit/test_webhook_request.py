"""API Gateway's event becomes headers and bytes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from chalicelib.errors import CallRefused
from chalicelib.webhook.request import MAX_BODY_BYTES, from_gateway, plain_name


def refusal(event: dict[str, Any]) -> CallRefused:
    """Return why the body of an event cannot be read."""
    with pytest.raises(CallRefused) as caught:
        from_gateway(event).require_body()
    return caught.value


def test_header_names_have_no_case() -> None:
    """API Gateway passes names on as they were typed."""
    call = from_gateway({"headers": {"X-LeadMatch-KEY": "k", "Content-Type": "text/plain"}, "body": "a"})
    assert (call.header("x-leadmatch-key"), call.header("content-type"), call.header("absent")) == (
        "k",
        "text/plain",
        "",
    )


@pytest.mark.parametrize(
    "event", [{}, {"headers": None, "body": None}, {"headers": {}, "body": "", "isBase64Encoded": True}]
)
def test_absent_parts_are_empty(event: dict[str, Any]) -> None:
    """API Gateway sends null for what is not there."""
    call = from_gateway(event)
    assert (call.headers, call.body) == ({}, b"")


def test_text_comes_as_its_bytes() -> None:
    """A plain body is UTF-8, also with a letter that is none."""
    assert from_gateway({"body": "\u00e9"}).body == b"\xc3\xa9"
    assert from_gateway({"body": "\ud800"}).body == b"\xed\xa0\x80"


def test_base64_is_unpacked() -> None:
    """Binary media types arrive packed."""
    raw = bytes(range(256))
    assert from_gateway({"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}).body == raw


@pytest.mark.parametrize(
    "body", ["a", "====", "not base64!", "\u00e9\u00e9\u00e9\u00e9", "YWJj\nYWJj", b"\xff\xff\xff\xff"]
)
def test_false_base64_is_refused(body: str | bytes) -> None:
    """What is marked as base64 and is not cannot be guessed."""
    error = refusal({"body": body, "isBase64Encoded": True})
    assert (error.reason, error.status) == ("bad_base64", 400)


@pytest.mark.parametrize("packed", [True, False], ids=["base64", "plain"])
def test_64_kilobytes_are_the_limit(packed: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """The limit counts unpacked bytes; one more is 413."""

    def event(size: int) -> dict[str, Any]:
        raw = b"a" * size
        return {"body": (base64.b64encode(raw) if packed else raw).decode(), "isBase64Encoded": packed}

    assert len(from_gateway(event(MAX_BODY_BYTES)).body) == MAX_BODY_BYTES == 65_536
    error = refusal(event(MAX_BODY_BYTES + 1))
    assert (error.reason, error.status) == ("body_too_large", 413)


def test_the_limit_counts_bytes_not_letters() -> None:
    """Letters of two bytes reach it sooner."""
    assert refusal({"body": "\u00e9" * (MAX_BODY_BYTES // 2 + 1)}).status == 413


def test_who_sent_a_body_that_cannot_be_read_is_known() -> None:
    """So that a refusal of somebody with a live key is told from a stranger's."""
    call = from_gateway({"headers": {"X-Leadmatch-Key": "k"}, "body": "a" * (MAX_BODY_BYTES + 1)})
    assert (call.header("x-leadmatch-key"), call.body) == ("k", b"")


@pytest.mark.parametrize(
    ("event", "query"),
    [
        ({"queryStringParameters": {"a": "1"}}, [("a", "1")]),
        ({"queryStringParameters": {"a": "2"}, "multiValueQueryStringParameters": {"a": ["1", "2"]}}, [("a", "1"), ("a", "2")]),
        ({"multiValueQueryStringParameters": {"a": None, "b": []}}, []),
        ({"queryStringParameters": None, "multiValueQueryStringParameters": None}, []),
        ({"queryStringParameters": {"a": ""}}, [("a", "")]),
    ],
    ids=["once", "several times", "no values", "none", "empty"],
)  # fmt: skip
def test_url_parameters_keep_every_value(event: dict[str, Any], query: list[tuple[str, str]]) -> None:
    """API Gateway gives the last value of each name, and beside it all of them."""
    assert list(from_gateway(event).query) == query


@pytest.mark.parametrize(
    "event", [{"httpMethod": "GET"}, {"requestContext": {"httpMethod": "get"}}, {"httpMethod": None, "requestContext": {"httpMethod": "GET"}}]
)  # fmt: skip
def test_the_method_is_known(event: dict[str, Any]) -> None:
    """Some methods allow no header, and then the key stands in the URL."""
    assert from_gateway(event).method == "GET"


def test_a_call_is_not_shown() -> None:
    """A line or a traceback that holds a call would hold keys and the lead's data."""
    call = from_gateway({"headers": {"a": "secret"}, "body": "secret", "queryStringParameters": {"key": "secret"}})
    assert "secret" not in repr(call)


@pytest.mark.parametrize(
    "name", ["lead_id", "Lead_Id", "LEAD_ID", "lead-id", "leadid", "LeadId", "Lead Id", "lead\u00a0ID"]
)
def test_names_are_compared_without_case_and_separators(name: str) -> None:
    """Zoho's labels have blanks, its API names underscores, and people mix both."""
    assert plain_name(name) == "leadid"
