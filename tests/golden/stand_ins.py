"""The table of docs/stand-ins.md: what the vendors' pages say of each call, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.vendor_pages.table import ON_DEMAND, Row, Source, calls

FILE = Path("docs/stand-ins.md")
VENDORS = ("slack", "zoho")
COLUMNS = ("by itself", "on demand", "not needed", "recorded", "unknown")
_START, _END = "<!-- counted by make golden -->", "<!-- end of the counts -->"


def page() -> str:
    """Return docs/stand-ins.md with the counts as they are now."""
    before, _, rest = FILE.read_text(encoding="utf-8").partition(_START)
    _, _, after = rest.partition(_END)
    return f"{before}{_START}\n\n{table()}\n\n{_END}{after}"


def table() -> str:
    """Return the counts of each call, and of each vendor."""
    lines = [line for vendor in VENDORS for line in _lines(vendor)]
    head = ["| call | rows | " + " | ".join(COLUMNS) + " |", "|---" + "|---:" * (len(COLUMNS) + 1) + "|"]
    return "\n".join([*head, *lines])


def _lines(vendor: str) -> Iterator[str]:
    found = calls(vendor).values()
    yield from (_line(f"[{call.name}]({call.page})", call.rows) for call in found)
    yield _line(f"**{vendor.capitalize()}**", [row for call in found for row in call.rows])


def _line(name: str, rows: Sequence[Row]) -> str:
    counts = Counter(_column(row) for row in rows)
    return f"| {name} | {len(rows)} | " + " | ".join(str(counts[column]) for column in COLUMNS) + " |"


def _column(row: Row) -> str:
    if row.source is not Source.PAGE:
        return row.source.value
    if not row.is_needed:
        return "not needed"
    return ON_DEMAND if row.does == ON_DEMAND else "by itself"
