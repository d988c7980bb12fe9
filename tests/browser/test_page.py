"""The page of messages in a real headless Chromium: nothing overflows on a phone, nothing of the CRM comes alive."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.view import page, picture

pytestmark = pytest.mark.skipif(picture.find_chromium() is None, reason="no Chromium: sudo apt-get install chromium")

GOLDEN = sorted(Path("tests/golden").glob("*.json"))
MEASURE = """<!doctype html><iframe id=phone style="width:360px;height:800px;border:0" srcdoc="{page}"></iframe>
<pre id=out></pre><script>
onload = () => setTimeout(() => {{
  const inside = document.getElementById("phone").contentDocument;
  document.getElementById("out").textContent = JSON.stringify({{
    width: inside.documentElement.scrollWidth, buttons: inside.querySelectorAll("a").length,
    scripts: inside.querySelectorAll("script, img, iframe, object").length }});
}}, 300);
</script>"""


def measured(rendered: str, folder: Path) -> dict[str, Any]:
    """Open the page 360 pixels wide inside another one that measures it."""
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
    assert size["width"] <= 360
    assert size["scripts"] == 0
    assert size["buttons"] > 10
