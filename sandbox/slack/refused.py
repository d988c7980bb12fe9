"""The stand-in's word for what Slack calls `"ok": false`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.slack.error_codes import Page


class RefusedError(Exception):
    """Slack would refuse the call with this error code; `details` stand beside it in the answer."""

    def __init__(self, error: str, messages: Sequence[str] = (), *, details: Mapping[str, str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)
        self.details = dict(details or {})

    def insist_on(self, page: Page) -> None:
        """Raise unless Slack's own page lists the code: a stand-in that invents some would prove nothing."""
        if self.error not in page.codes:
            raise LookupError(f"{page.address} does not list the code {self.error}.")
