"""Photographs pages with Chromium, as high as they are."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

CHROMIUM_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--virtual-time-budget=3000"),
)
CHROMIUM_SECONDS = 60
COLOURS = 256
DARK, LIGHT = 0, 1
"""What Chromium calls the two colour schemes: `PreferredColorScheme` of its settings."""
_MEASURE = """<!doctype html><iframe id=page style="width:{width}px;height:100px;border:0" srcdoc="{page}"></iframe>
<pre id=out></pre><script>
onload = () => setTimeout(() => {{
  const inside = document.getElementById("page").contentDocument;
  document.getElementById("out").textContent = inside.documentElement.scrollHeight;
}}, 300);
</script>"""


def take(rendered: str, picture: Path, *, width: int, is_dark: bool = False, scale: float = 2) -> None:
    """Take a picture of a whole page, which is laid out `width` pixels wide, as a reader sees it who likes it dark or light."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(_MEASURE.format(page=html.escape(rendered, quote=True), width=width), encoding="utf-8")
        measured = re.search(r'<pre id="out">(\d+)</pre>', run_chromium(page, "--dump-dom"))
        if measured is None:
            raise RuntimeError("Chromium did not say how high the page is.")
        page.write_text(rendered, encoding="utf-8")
        photograph(page, picture, width=width, height=int(measured[1]), is_dark=is_dark, scale=scale)


def photograph(page: Path, picture: Path, *, width: int, height: int, is_dark: bool = False, scale: float = 2) -> None:
    """Take a picture of a page."""
    run_chromium(
        page,
        f"--screenshot={picture.resolve()}",
        f"--window-size={width},{height}",
        f"--force-device-scale-factor={scale}",
        f"--blink-settings=preferredColorScheme={DARK if is_dark else LIGHT}",
    )


def limit_colours(picture: Path) -> None:
    """Write a picture anew with a palette: it takes a third of the bytes, and nobody sees a difference on a page of text."""
    with Image.open(picture) as taken:
        few = taken.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


def run_chromium(page: Path, *options: str) -> str:
    """Open a page and give what Chromium prints; raise `RuntimeError` when there is no Chromium."""
    program = find_chromium()
    if program is None:
        raise RuntimeError("There is no Chromium here. On Debian or Ubuntu: sudo apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        command = [program, *CHROMIUM_FLAGS, f"--user-data-dir={profile}", *options, page.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=CHROMIUM_SECONDS, check=True)  # noqa: S603
    return done.stdout


def find_chromium() -> str | None:
    """Return the path of Debian's headless Chromium, or None when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
