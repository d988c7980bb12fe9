"""A short animation of one lead on the page of `make sandbox`, as a GIF: qualified, checked, told in Slack, converted there."""

from __future__ import annotations

import time
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, ViewportSize

from sandbox.page.pictures import MESSAGE, SHOWN_MILLISECONDS, opened, taken
from sandbox.page.playground import Playground

VIEWPORT: ViewportSize = {"width": 1100, "height": 700}
SCALE = 1.25
LEAD = "Ada Park"
ZOHO_SECONDS = 0.8
"""How long Zoho takes for an answer, so that the way is seen at work."""
COLORS, EXACT = 255, 160
"""Of the GIF, and how many of them are exactly those of the page."""
PARTS = 8
HOLD, READ, LAST = 900, 1400, 2400
"""How long a picture stands, in milliseconds."""
LONGEST_MILLISECONDS = 250
MOVES, MOVE_MILLISECONDS = 5, 60
ARROW = ((0, 0), (0, 17), (4, 13), (7, 19), (10, 18), (7, 12), (12, 12))
"""A mouse's pointer, in pixels of the page."""


class Film:
    """Pictures of a page, each with how long it stands, with the pointer where the mouse is."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._x, self._y = VIEWPORT["width"] * 0.4, VIEWPORT["height"] * 0.9
        self.pictures: list[Image.Image] = []
        self.milliseconds: list[int] = []

    def hold(self, milliseconds: int) -> None:
        """Let what the page shows stand for so long."""
        self._add(taken(self._page), milliseconds)

    def click(self, target: Locator) -> None:
        """Move the pointer to the middle of an element, and click."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        if box is None:
            raise RuntimeError("What is to be clicked is not to be seen.")
        picture, x, y = taken(self._page), self._x, self._y
        to_x, to_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for move in range(1, MOVES + 1):
            self._x, self._y = x + (to_x - x) * move / MOVES, y + (to_y - y) * move / MOVES
            self._add(picture, MOVE_MILLISECONDS)
        self._page.mouse.click(to_x, to_y)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Take pictures until something is so."""
        began = time.monotonic()
        while not is_so():
            if (time.monotonic() - began) * 1000 > SHOWN_MILLISECONDS:
                raise RuntimeError("Nothing came of it. The machine may be busy; try again.")
            at = time.monotonic()
            picture = taken(self._page, is_moving=True)
            self._add(picture, min(round((time.monotonic() - at) * 1000), LONGEST_MILLISECONDS))

    def save(self, path: Path) -> None:
        """Write them as a GIF that begins again when it has ended."""
        palette = _palette(self.pictures)
        first, *others = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in self.pictures]
        first.save(path, save_all=True, append_images=others, duration=self.milliseconds, loop=0, optimize=False)

    def _add(self, picture: Image.Image, milliseconds: int) -> None:
        drawn = _with_pointer(picture, self._x, self._y)
        if self.pictures and drawn.tobytes() == self.pictures[-1].tobytes():
            self.milliseconds[-1] += milliseconds
        else:
            self.pictures.append(drawn)
            self.milliseconds.append(milliseconds)


def animate(path: Path) -> None:
    """Play one lead, and write what the page showed of it."""
    with opened(VIEWPORT, scale=SCALE) as (page, playground):
        film = Film(page)
        _play(film, page, playground)
    film.save(path)


def _play(film: Film, page: Page, playground: Playground) -> None:
    playground.switch_zoho(reading="works", converting="works", delay_seconds=ZOHO_SECONDS)
    message, form = page.locator(MESSAGE.format(LEAD)), page.locator("dialog[open] form.modal")
    film.hold(HOLD)
    film.click(page.get_by_role("button", name=f"Qualify {LEAD}", exact=True))
    film.until(lambda: message.count() == 1 and playground.sandbox.pump.is_idle())
    film.hold(READ)
    film.click(message.get_by_role("button", name="Convert").first)
    film.until(lambda: form.count() == 1)
    film.hold(READ)
    film.click(form.get_by_role("button", name="Convert"))
    film.until(lambda: "Converted into" in form.inner_text() and "converted this lead" in message.inner_text())
    film.hold(HOLD)
    film.click(form.get_by_role("button", name="Close").last)
    film.until(lambda: form.count() == 0)
    film.hold(LAST)


def _with_pointer(picture: Image.Image, x: float, y: float) -> Image.Image:
    drawn = picture.copy()
    arrow = [((x + dx) * SCALE, (y + dy) * SCALE) for dx, dy in ARROW]
    ImageDraw.Draw(drawn).polygon(arrow, fill="black", outline="white")
    return drawn


def _palette(pictures: list[Image.Image]) -> Image.Image:
    """Return the colours that some of the pictures need together: the most frequent as they are, and what covers the rest."""
    some = [pictures[len(pictures) * part // PARTS] for part in range(PARTS)] + pictures[-1:]
    width, height = some[0].size
    all_of_them = Image.new("RGB", (width, height * len(some)))
    for number, one in enumerate(some):
        all_of_them.paste(one, (0, number * height))
    rest = all_of_them.quantize(COLORS - EXACT, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    counted = sorted(all_of_them.getcolors(width * height * len(some)) or (), key=itemgetter(0), reverse=True)
    exact = b"".join(bytes(color) for _, color in counted[:EXACT] if isinstance(color, tuple))
    palette = Image.new("P", (1, 1))
    palette.putpalette(exact + bytes(rest.getpalette() or ()))
    return palette
