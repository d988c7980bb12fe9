"""The tables of the vendors' pages: well-formed, and counted in docs/stand-ins.md."""

from __future__ import annotations

import pytest

from tests.golden import stand_ins
from tests.vendor_pages.table import KINDS, Row, Source, calls

EVERY_ROW = [row for vendor in stand_ins.VENDORS for call in calls(vendor).values() for row in call.rows]


def test_the_counts_in_the_docs_are_those_of_the_tables() -> None:
    """`make golden` writes them."""
    assert stand_ins.FILE.read_text(encoding="utf-8") == stand_ins.page()


def test_every_row_is_of_a_known_kind_and_says_something() -> None:
    """A kind that is misspelled would be checked as something else."""
    assert {row.kind for row in EVERY_ROW} == set(KINDS)
    assert all(row.says and row.does for row in EVERY_ROW)


def test_what_no_page_says_is_done_all_the_same() -> None:
    """It is on the table because the stand-in does it."""
    assert all(row.is_needed for row in EVERY_ROW if row.source is Source.NONE)


@pytest.mark.parametrize(
    ("says", "source"),
    [
        ("HTTP 404: gone", Source.PAGE),
        ("recorded: HTTP 200", Source.RECORDED),
        ("the vendor does not say; 400", Source.NONE),
    ],
)
def test_a_row_s_first_words_tell_its_source(says: str, source: Source) -> None:
    """A person reads them too."""
    assert Row("call", "error", "code", says, "cause").source is source
