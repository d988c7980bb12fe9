"""Two parts of docs/stand-ins.md: what the vendors' pages say of each call, in numbers, and where they are silent, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.vendor_pages.table import ON_DEMAND, Row, Source, calls

FILE = Path("docs/stand-ins.md")
VENDORS = ("slack", "zoho")
COLUMNS = ("by itself", "on demand", "not needed", "recorded", "unknown")
_COUNTS = "<!-- counted by make golden -->", "<!-- end of the counts -->"
_SILENT = "<!-- listed by make golden -->", "<!-- end of the list -->"


def page() -> str:
    """Return docs/stand-ins.md with the counts and the list as they are now."""
    return _between(_SILENT, silences(), _between(_COUNTS, table(), FILE.read_text(encoding="utf-8")))


def silences() -> str:
    """Return what no page says of the calls, and what the stand-in does then."""
    found = [row for vendor in VENDORS for call in calls(vendor).values() for row in call.rows]
    return "\n".join(f"- {row.call}, {row.name}: {row.says}" for row in found if row.source is Source.NONE)


def _between(marks: tuple[str, str], text: str, page: str) -> str:
    start, end = marks
    before, _, rest = page.partition(start)
    _, _, after = rest.partition(end)
    return f"{before}{start}\n\n{text}\n\n{end}{after}"


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
