"""The body's fields out of JSON, forms, multipart, and what is none of them."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

import pytest

from chalicelib.errors import CallRefused
from chalicelib.webhook.lead_ids import read_lead_ids
from chalicelib.webhook.request import MAX_FORM_FIELDS, WebhookCall, read_fields

ID = "7110000000000204017"


def fields(body: str | bytes, content_type: str = "") -> dict[str, object]:
    headers = {"content-type": content_type} if content_type else {}
    return read_fields(WebhookCall(headers, body.encode() if isinstance(body, str) else body))


def part(name: str, value: str, *, line: str = "\r\n", boundary: str = "b1") -> str:
    return f"--{boundary}{line}Content-Disposition: form-data; {name}{line}{line}{value}{line}"


def test_json_gives_its_fields() -> None:
    """Nested parts stay as they are."""
    assert fields(f'{{"lead_id": "{ID}", "a": [null, true]}}') == {"lead_id": ID, "a": [None, True]}


@pytest.mark.parametrize("digits", [ID, "9223372036854775807", "9007199254740993", "1" * 5000])
def test_json_numbers_come_as_their_digits(digits: str) -> None:
    """No number is rounded, and none is too long to read."""
    assert fields(f'{{"id": {digits}, "x": 1.50}}') == {"id": digits, "x": "1.50"}


def test_a_form_gives_its_fields() -> None:
    """Names and values are unquoted, empty values are kept."""
    assert fields("Lead+Id=1&e=a%40b.example&empty=") == {"Lead Id": "1", "e": "a@b.example", "empty": ""}


@pytest.mark.parametrize(
    "body",
    [
        "id=1&a=b&id=2",
        '{"id": "1", "a": "b", "id": "2"}',
        part('name="id"', "1") + part('name="a"', "b") + part('name="id"', "2") + "--b1--",
        '"{\\"id\\": \\"1\\", \\"a\\": \\"b\\", \\"id\\": \\"2\\"}"',
    ],
    ids=["form", "JSON", "multipart", "JSON in a text"],
)
def test_a_name_that_comes_again_keeps_its_values(body: str) -> None:
    """None of them may win by chance."""
    assert fields(body) == {"id": ("1", "2"), "a": "b"}


@pytest.mark.parametrize("body", ["id=1&id=1", '{"id": "1", "id": 1}'])
def test_the_same_value_twice_is_one(body: str) -> None:
    """Nothing is in doubt then."""
    assert fields(body) == {"id": "1"}


RAW = '{"id": "1", "note": "line one\nline two\tand\r\nthree\x0b"}'


def test_json_may_hold_raw_line_breaks_and_tabs() -> None:
    """Zoho merges a text field into the body as it is."""
    assert fields(RAW) == {"id": "1", "note": "line one\nline two\tand\r\nthree\x0b"}


ENCODED = {
    "a JSON string that holds JSON": json.dumps(json.dumps({"id": "1"})),
    "thrice": json.dumps(json.dumps(json.dumps({"id": "1"}))),
    "a JSON string that holds a form": json.dumps("id=1"),
    "percent-encoded": quote('{"id": "1"}'),
    "percent-encoded, as a form without values": quote('{"id": "1"}') + "=",
    "percent-encoded with plus signs": quote_plus('{"id": "1", "a b": "c"}').replace(
        "%22a+b%22%3A+%22c%22", "%22a%22%3A1"
    ),
    "percent-encoded twice": quote(quote('{"id": "1"}')),
    "percent-encoded in part": '%7B%22id%22:"1",%22note%22:"a=b&c=d"%7D',
    "a percent-encoded byte-order mark": quote('\ufeff {"id": "1"}'),
    "a percent-encoded JSON string": quote(json.dumps('{"id": "1"}')),
}


@pytest.mark.parametrize("body", ENCODED.values(), ids=ENCODED)
def test_what_is_encoded_twice_is_read(body: str) -> None:
    """Somebody's program wrote a text where an object was wanted."""
    assert fields(body)["id"] == "1"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("body", ['{"id": "1"}', "id=1"])
def test_other_encodings_of_unicode_are_known_by_their_first_bytes(encoding: str, body: str) -> None:
    """With a byte-order mark or, as in JSON, without."""
    assert fields(body.encode(encoding)) == {"id": "1"}


def test_a_form_whose_first_name_looks_like_json_is_a_form() -> None:
    """It is believed only when it is JSON."""
    assert fields("%7Bid=1&id=2") == {"{id": "1", "id": "2"}


@pytest.mark.parametrize("body", ["ids=1&ids=2&ids=3", part('name="ids"', "1,2") + part('name="ids"', "3") + "--b1--"])
def test_repeated_ids_are_all_kept(body: str) -> None:
    """A form that lists leads by repeating `ids` loses none of them."""
    assert fields(body) == {"ids": "1,2,3"}


@pytest.mark.parametrize(
    "content_type", ["", "multipart/form-data", "multipart/form-data; boundary=other", "text/plain"]
)
@pytest.mark.parametrize("line", ["\r\n", "\n"])
def test_multipart_is_read_by_its_own_boundary(content_type: str, line: str) -> None:
    """The first line says the boundary; the header may be absent or wrong."""
    body = part('name="lead_id"', ID, line=line) + part("name=bare; x=1", "  padded ", line=line) + f"--b1--{line}"
    assert fields(body, content_type) == {"lead_id": ID, "bare": "padded"}


def test_multipart_parts_keep_their_other_headers_and_lines() -> None:
    """A file's name is not a field's name, header names have no case, and a value may hold lines."""
    body = (
        '--b1\r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: form-data; filename="no.txt"; name="note"\r\n\r\n'
        "one\r\n\r\ntwo --b1\r\n--b1--"
    )
    assert fields(body) == {"note": "one\n\ntwo --b1"}


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=b1", "", "image/png", "\u00e9"]
)
def test_the_body_is_believed_before_its_type(content_type: str) -> None:
    """A wrong Content-Type changes nothing."""
    assert fields(f"lead_id={ID}", content_type) == {"lead_id": ID}
    assert fields(f'{{"lead_id": "{ID}"}}', content_type) == {"lead_id": ID}


@pytest.mark.parametrize("body", [ID, f" {ID}\n", f'"{ID}"', f"\ufeff{ID}", f"\u00a0{ID}"], ids=repr)
def test_a_body_that_is_a_number_is_a_lead_id(body: str) -> None:
    """As *Raw* it may be the merge field alone."""
    assert read_lead_ids(fields(body)) == (ID,)
    assert read_lead_ids(fields(body, "application/json")) == (ID,)


@pytest.mark.parametrize("body", ["1.5", "-1", "12a", "1 2"])
def test_a_body_that_is_no_id_is_a_form(body: str) -> None:
    """Whose name has no value."""
    assert fields(body) == {body: ""}


def test_a_byte_order_mark_and_blanks_are_skipped() -> None:
    """What editors put before a text does not matter."""
    assert fields(b"\xef\xbb\xbf \r\n" + b'{"id": "1"}') == {"id": "1"}


NESTED_MIME = "--b1\r\n" + "Content-Type: message/rfc822\r\n\r\n" * 2000 + "x\r\n--b1--"
LONG_NUMBER = part("name*" + "9" * 5000 + "=x", "1") + "--b1--"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no_body"),
        (b" \r\n\t", "no_body"),
        (b"\xef\xbb\xbf", "no_body"),
        (b"lead_id=\xff\xfe", "not_utf8"),
        (b'{"lead_id": "1"', "bad_json"),
        (b'{"a": ' * 30_000, "bad_json"),
        (b'["1"]', "not_an_object"),
        (json.dumps(json.dumps(json.dumps(json.dumps(json.dumps({"id": "1"}))))).encode(), "not_an_object"),
        (b'"' * 3, "bad_json"),
        (b"\xff\xfe{", "not_utf8"),
        (b"&".join([b"a=1"] * (MAX_FORM_FIELDS + 1)), "bad_form"),
        (b"--b1--", "bad_multipart"),
        (b"--", "bad_multipart"),
        (b"--b1\r\nContent-Type: text/plain\r\n\r\n1\r\n--b1--", "bad_multipart"),
        (NESTED_MIME.encode(), "bad_multipart"),
        (LONG_NUMBER.encode(), "bad_multipart"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:20]),
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    """Each kind of unreadable body has its reason, and hostile ones break nothing."""
    with pytest.raises(CallRefused) as caught:
        fields(body, "multipart/form-data; boundary=b1")
    assert (caught.value.reason, caught.value.status) == (reason, 400)
    assert "pick Leads → Lead Id from the list with #" in str(caught.value)
