"""Measures the page of `make sandbox` with many leads, and prints it: `python -m tests.browser.measure 500`. No test asserts a time."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from sandbox.view.picture import find_chromium
from tests.browser.served import Served

LONGEST_MILLISECONDS = 540_000
MEGABYTE = 1e6
ROWS, MESSAGES = "#leads > li", "#slack .channel-messages > article"


def main(count: int) -> None:
    """Add so many leads, and print how long it took and what it holds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Served(Path(folder)) as served,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"]) as browser,
    ):
        page = _opened(browser, served.url)
        rows = page.locator(ROWS).count()
        _say("server's memory before", f"{_resident(served.process_id):.0f} MB")
        began = time.monotonic()
        _add(page, count)
        _all_there(page, ROWS, rows + count)
        _say(f"{count} rows shown after", f"{time.monotonic() - began:.1f} s")
        _all_there(page, MESSAGES, count)
        _say(f"{count} messages shown after", f"{time.monotonic() - began:.1f} s")
        began = time.monotonic()
        later = _opened(browser, served.url)
        _all_there(later, MESSAGES, count)
        _say("opened anew, everything shown after", f"{time.monotonic() - began:.2f} s")
        began = time.monotonic()
        later.locator("#leads > li").last.locator("[data-way]").click()
        later.wait_for_selector("#way-title")
        _say("a lead's way shown after", f"{time.monotonic() - began:.2f} s")
        began = time.monotonic()
        later.locator("#slack .channel-messages > article").last.locator("[data-action=convert]").click()
        later.wait_for_selector("dialog[open] form.modal")
        _say("the form shown after", f"{time.monotonic() - began:.2f} s")
        _memory(browser, later, served.process_id)


def _opened(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(LONGEST_MILLISECONDS)
    page.goto(url)
    page.wait_for_selector("#leads > li")
    return page


def _add(page: Page, count: int) -> None:
    form = page.locator("form[data-form='/zoho/many']")
    form.evaluate("form => { form.closest('details').open = true; }")
    form.locator("[name=count]").fill(str(count))
    form.locator("[type=submit]").click()


def _all_there(page: Page, selector: str, count: int) -> None:
    expect(page.locator(selector)).to_have_count(count, timeout=LONGEST_MILLISECONDS)


def _memory(browser: Browser, page: Page, server: int) -> None:
    _say("server's memory after", f"{_resident(server):.0f} MB")
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")
    heap = page.evaluate("performance.memory.usedJSHeapSize") / MEGABYTE
    _say("the page's JavaScript heap", f"{heap:.1f} MB")
    info = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    for one in info:
        if one["type"] == "renderer":
            _say("memory of a renderer", f"{_resident(int(one['id'])):.0f} MB")


def _resident(process_id: int) -> float:
    """Return a process's resident memory in megabytes; Linux alone."""
    status = Path(f"/proc/{process_id}/status").read_text()
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return int(kilobytes) * 1024 / MEGABYTE


def _say(what: str, value: str) -> None:
    sys.stdout.write(f"{what:<38}{value}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
