"""A running page, a Chromium for the tests of a module, and a browser window for each test.

The Chromium does not outlive its module: Playwright runs an event loop in this thread, beside which no other one may run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from _pytest.terminal import TerminalReporter
from playwright.sync_api import Browser, BrowserContext, Dialog, Request, sync_playwright

from sandbox.view.picture import find_chromium
from tests.browser.served import Served
from tests.browser.visitor import Visitor

NewVisitor = Callable[..., Visitor]
AXE = "axe"
"""The property of a test with what axe found in it."""


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say what axe found."""
    for report in (*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())):
        if report.when == "call":
            for line in dict(report.user_properties).get(AXE, ()):
                terminalreporter.line(line.partition("\n")[0])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as one:
        yield one


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium: sudo apt-get install chromium")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=["--no-sandbox"]) as one,
    ):
        yield one


@pytest.fixture
def new_visitor(chromium: Browser, served: Served) -> Iterator[NewVisitor]:
    """Yield what opens the page for one more person, with a browser's context of their own.

    After the test nothing that came from Zoho has come alive, and nothing was asked of anybody but the page's own server.
    """
    open_now: list[BrowserContext] = []
    wrong: list[str] = []

    def opened(*, person: str = "", url: str = "", **options: object) -> Visitor:
        still = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}  # nothing is half faded in
        context = chromium.new_context(**{**still, **options})
        open_now.append(context)
        _note_what_is_wrong(context, wrong, own=url or served.url)
        visitor = Visitor(context.new_page())
        visitor.open(url or served.url, person=person)
        return visitor

    yield opened
    for context in open_now:
        context.close()
    assert not wrong


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visitor:
    return new_visitor()


def _note_what_is_wrong(context: BrowserContext, wrong: list[str], *, own: str) -> None:
    """Note scripts that break or are refused, dialogs, and calls of any other server than the page's own."""

    def dialog(one: Dialog) -> None:
        wrong.append(f"dialog: {one.message}")
        one.dismiss()

    def request(one: Request) -> None:
        if not one.url.startswith(f"{own}/"):
            wrong.append(f"request: {one.url}")

    context.on("dialog", dialog)
    context.on("request", request)
    context.on("weberror", lambda one: wrong.append(f"script: {one.error}"))
    context.on("console", lambda one: "Content Security Policy" in one.text and wrong.append(f"refused: {one.text}"))
