"""The body's fields out of JSON, forms, multipart, and what is none of them."""

from __future__ import annotations

import pytest

from chalicelib.errors import CallRefused
from chalicelib.intake.body import MAX_FORM_FIELDS, read_fields
from chalicelib.intake.call import WebhookCall

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
    """Names and values are unquoted, empty values are kept, the last of a name counts."""
    assert fields("Lead+Id=1&e=a%40b.example&empty=&Lead+Id=2") == {"Lead Id": "2", "e": "a@b.example", "empty": ""}


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
