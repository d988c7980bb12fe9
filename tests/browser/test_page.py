"""The page of messages in a real headless Chromium: nothing overflows on a phone, nothing of the CRM comes alive."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chalicelib.conversion import Pipeline
from chalicelib.slack.form import Form, recommended
from chalicelib.slack.modal import conversion_form
from sandbox.view import modal, page, picture
from tests.golden.cases import CASES

pytestmark = pytest.mark.skipif(picture.find_chromium() is None, reason="no Chromium: sudo apt-get install chromium")

GOLDEN = sorted(Path("tests/golden").glob("*.json"))
MEASURE = """<!doctype html><iframe id=phone style="width:360px;height:800px;border:0" srcdoc="{page}"></iframe>
<pre id=out></pre><script>
onload = () => setTimeout(() => {{
  const inside = document.getElementById("phone").contentDocument;
  document.getElementById("out").textContent = JSON.stringify({{
    width: inside.documentElement.scrollWidth, uncut: Math.max(...[...inside.querySelectorAll("main, main *:not(.unseen, input, select, option)")]
      .filter(el => el.clientWidth && getComputedStyle(el).display !== "inline").map(el => el.scrollWidth)),
    buttons: inside.querySelectorAll("a").length,
    scripts: inside.querySelectorAll("script, img, iframe, object").length }});
}}, 300);
</script>"""


def measured(rendered: str, folder: Path) -> dict[str, Any]:
    """Open the page 360 pixels wide inside another one that measures it; `uncut` counts what a part of it cuts off."""
    outer = folder / "outer.html"
    outer.write_text(MEASURE.format(page=html.escape(rendered, quote=True)))
    found = re.search(r'<pre id="out">(.*?)</pre>', picture.run_chromium(outer, "--dump-dom"))
    assert found
    return dict(json.loads(html.unescape(found.group(1))))


def test_golden_messages_fit_on_a_phone_and_hold_no_foreign_element(tmp_path: Path) -> None:
    """Every golden message, the hostile and the longest among them, stays within 360 pixels and brings in nothing."""
    messages = [
        {"ts": "1767600000.000100", "channel_name": "leads", **json.loads(golden.read_text())} for golden in GOLDEN
    ]
    assert len(messages) > 10
    size = measured(page.render("Golden messages", messages), tmp_path)
    assert max(size["width"], size["uncut"]) <= 360
    assert size["scripts"] == 0
    assert size["buttons"] > 10


def test_forms_fit_on_a_phone_and_hold_no_foreign_element(tmp_path: Path) -> None:
    """Those of every lead that can be converted, a hundred matches and the longest names among them, with a deal."""
    pipelines = (Pipeline("P" * 200, ("S" * 200,)), Pipeline("Renewals", ("Due",)))
    forms = [Form(match, 7, "C0LEADS", pipelines, date(2026, 3, 2)) for match in CASES.values()]
    views = [conversion_form(one, chosen=replace(recommended(one), makes_deal=True)) for one in forms]
    drawn = [("A form", modal.render(view)) for view in views]
    size = measured(page.gallery("Forms", drawn, is_wide=True), tmp_path)
    assert max(size["width"], size["uncut"]) <= 360
    assert size["scripts"] == 0


def test_the_pictures_can_be_taken_again(tmp_path: Path) -> None:
    """In a process of their own, as `make picture` does: each page comes from a sandbox in which a person acts."""
    paths = [tmp_path / name for name in ("acting-form.png", "acting-message.png")]
    subprocess.run([sys.executable, "-m", "sandbox", "picture", *map(str, paths)], check=True)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
