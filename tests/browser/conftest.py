"""Start one Chromium for all tests that look at pages."""

import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from api.pages.built import bundle

ARGUMENTS: Final = (  # --no-sandbox: in a container one is root
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return Chromium as Debian packs it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def bundles() -> None:
    """Skip what needs the scripts that web/ is built into."""
    if bundle("query") is None:
        pytest.skip("the scripts of the pages were not built here")
