"""The waiting leads whose time has come, page by page, as DynamoDB gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.aws.dynamodb import Table, to_item
from chalicelib.aws.ledger import Ledger
from tests.unit.zoho_answers import NOW


class Pages:
    """A client whose index answers in pages; it remembers where it was asked to go on."""

    def __init__(self, *pages: list[str]) -> None:
        self._pages = list(pages)
        self.starts: list[Any] = []

    def query(self, **asked: Any) -> dict[str, Any]:
        """Return the next page of the first question, and nothing to the second one."""
        self.starts.append(asked.get("ExclusiveStartKey"))
        if not self._pages:
            return {"Items": []}
        items = [to_item({"pk": f"lead#{lead_id}"}) for lead_id in self._pages.pop(0)]
        return {"Items": items} | ({"LastEvaluatedKey": to_item({"pk": len(self._pages)})} if self._pages else {})


def due(pages: Pages) -> Iterator[str]:
    """Return the leads that are due."""
    return Ledger(Table(pages, "ledger"), now=lambda: NOW).due()  # type: ignore[arg-type] # a part of a client


def test_every_page_is_read_also_one_without_leads() -> None:
    """DynamoDB may give an empty page and a place to go on from; after a long outage there are thousands."""
    pages = Pages(["1", "2"], [], ["3"])
    assert list(due(pages)) == ["1", "2", "3"]
    assert pages.starts == [None, {"pk": {"N": "2"}}, {"pk": {"N": "1"}}, None]


def test_a_page_is_read_when_it_is_needed() -> None:
    """The sweep has seconds, and takes what it has time for."""
    pages = Pages(["1"], ["2"])
    assert next(due(pages)) == "1"
    assert len(pages.starts) == 1
