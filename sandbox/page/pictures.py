"""The pictures of the page of `make sandbox`, taken with Chromium while it runs: `python -m sandbox picture docs/sandbox.png`."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sandbox.page.playground import Playground
from sandbox.page.running import running
from sandbox.page.server import PageServer
from sandbox.view.picture import find_chromium, limit_colours
from sandbox.watch import Watch

if TYPE_CHECKING:
    from PIL.Image import Image
    from playwright.sync_api import Page, ViewportSize

WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 800}
SCALE = 1.5
"""So sharp are the pictures: pixels of a picture for one of the page."""
BETWEEN_PHONES = 30
SHOWN_MILLISECONDS = 60_000
SHOWN = ("Tomas Reyes", "Bo Chen", "Ada Park")
"""Leads whose messages say different things."""
OPTIONS = "GET conversion options"
MESSAGE = "#slack article.message:has-text('{}')"


@contextmanager
def opened(
    viewport: ViewportSize, *, scale: float = SCALE, colors: Literal["light", "dark"] = "light"
) -> Iterator[tuple[Page, Playground]]:
    """Start the sandbox and open its page; raise `RuntimeError` when there is no Chromium."""
    from playwright.sync_api import sync_playwright

    program = find_chromium()
    if program is None:
        raise RuntimeError("There is no Chromium here. On Debian or Ubuntu: sudo apt-get install chromium")
    watch = Watch()
    with running(io.StringIO(), watch) as people, sync_playwright() as playwright:
        playground = Playground(people)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with PageServer(playground, watch) as server, browser:
            page = browser.new_page(viewport=viewport, device_scale_factor=scale, color_scheme=colors)
            page.set_default_timeout(SHOWN_MILLISECONDS)
            page.goto(server.url)
            page.wait_for_selector("#leads > li")
            yield page, playground


def qualify(page: Page, *names: str) -> None:
    """Qualify leads one after the other; each has its message when this returns."""
    for name in names:
        page.get_by_role("button", name=f"Qualify {name}", exact=True).click()
        page.wait_for_selector(MESSAGE.format(name))
    page.locator("#leads").evaluate("list => list.scrollTop = 0")
    page.mouse.move(0, 0)


def open_form(page: Page, name: str) -> None:
    """Open the form of a lead's conversion from its message."""
    page.locator(MESSAGE.format(name)).get_by_role("button", name="Convert").first.click()
    page.wait_for_selector("dialog[open] form.modal")


def taken(page: Page, *, is_moving: bool = False) -> Image:
    """Return a picture of what the page shows, at the end of what moves on it unless it may be moving."""
    from PIL import Image

    shot = page.screenshot(animations="allow" if is_moving else "disabled", caret="hide")
    return Image.open(io.BytesIO(shot)).convert("RGB")


def _overview() -> Image:
    with opened(WIDE) as (page, _):
        qualify(page, *SHOWN)
        return taken(page)


def _dark() -> Image:
    with opened(WIDE, colors="dark") as (page, _):
        qualify(page, *SHOWN)
        return taken(page)


def _way() -> Image:
    with opened(WIDE) as (page, _):
        qualify(page, "Ada Park")
        page.get_by_role("button", name="The way of Ada Park").click()
        page.wait_for_selector(f".way-step:has-text('{OPTIONS}')")
        names = page.locator(".way-step .step-name").all_inner_texts()
        for _ in range(names.index(OPTIONS) + 1):
            page.get_by_role("button", name="Next step").click()
        return taken(page)


def _form() -> Image:
    with opened(WIDE) as (page, _):
        qualify(page, "Bo Chen")
        open_form(page, "Bo Chen")
        return taken(page)


def _phone() -> Image:
    """Return the three parts of the page on a phone, side by side."""
    from PIL import Image

    with opened(PHONE) as (page, _):
        qualify(page, "Ada Park", "Bo Chen")
        page.get_by_role("button", name="The way of Ada Park").click()
        parts = []
        for name in ("Zoho", "Way", "Slack"):
            page.get_by_role("navigation").get_by_role("link", name=name).click()
            parts.append(taken(page))
    width, height = parts[0].size
    beside = Image.new("RGB", ((width + BETWEEN_PHONES) * len(parts) - BETWEEN_PHONES, height), "white")
    for number, part in enumerate(parts):
        beside.paste(part, (number * (width + BETWEEN_PHONES), 0))
    return beside


def _animation(path: Path) -> None:
    from sandbox.page.animation import animate

    animate(path)


def _saving(take: Callable[[], Image]) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        take().save(path)
        limit_colours(path)

    return save


PAGE_PICTURES: Mapping[str, Callable[[Path], None]] = {
    "sandbox.png": _saving(_overview),
    "sandbox-way.png": _saving(_way),
    "sandbox-form.png": _saving(_form),
    "sandbox-dark.png": _saving(_dark),
    "sandbox-phone.png": _saving(_phone),
    "sandbox-lead.gif": _animation,
}
"""Takes each picture, by its file's name."""
