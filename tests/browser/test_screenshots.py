"""Take pictures of every page at three widths, to be looked at.

``SCREENSHOTS=docs/screenshots .venv/bin/pytest tests/browser/test_screenshots.py`` writes them.
"""

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.visits import PAGES, PATIENCE

# Width in pixels: how much of the page is shown, and how much smaller the picture is.
WIDTHS = {320: (1400, 0.9), 768: (1400, 0.7), 1280: (1200, 0.6)}
PARTS = {"drug-side-effects": "/drugs/kesimpta#side-effects", "drug-dates":
         "/drugs/kesimpta?start=2026-01-05#dosing", "drug-cautions": "/drugs/kesimpta#cautions",
         "drug-conflicts": "/drugs/kesimpta#conflicts",
         "ask": "/query?example=mechanism"}  # fmt: skip
DARK = ("home", "drug-side-effects", "compare")
TARGET = os.environ.get("SCREENSHOTS")
QUALITY = 40


@pytest.mark.skipif(not TARGET, reason="SCREENSHOTS names no directory")
def test_pictures_are_taken(chromium: Browser, site: str) -> None:
    out = Path(str(TARGET))
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.webp"):
        old.unlink()
    names = []
    for name, path in (PAGES | PARTS).items():
        for width, (height, scale) in WIDTHS.items():
            schemes: tuple[Any, ...] = ("light", "dark") if name in DARK else ("light",)
            for scheme in schemes:
                context = chromium.new_context(
                    base_url=site,
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                )
                context.set_default_timeout(PATIENCE)
                page = context.new_page()
                page.goto(path, wait_until="networkidle")
                top = page.evaluate("window.scrollY")
                clip = {"x": 0, "y": top, "width": width, "height": height, "scale": scale}
                picture = context.new_cdp_session(page).send(
                    "Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip}
                )
                names.append(f"{name}-{width}{'-dark' if scheme == 'dark' else ''}.webp")
                (out / names[-1]).write_bytes(base64.b64decode(picture["data"]))
                context.close()
    assert len(names) == len(set(names))
    text = "# Pages at 320, 768 and 1280 pixels\n\nWritten by tests/browser/test_screenshots.py.\n"
    text += "".join(f"\n![{name}]({name})\n" for name in names)
    (out / "README.md").write_text(text, encoding="utf-8")
