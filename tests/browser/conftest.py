"""Start a server and a browser for those who ask what a person meets.

The browser is the system's Chromium, driven by Playwright; neither is downloaded here. Where one is
missing the tests are skipped with the reason.
"""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from werkzeug.serving import make_server

from api import create_app
from api.config import Settings
from api.pages.built import bundle
from kg.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def site(release: Path, store: Store) -> Iterator[str]:
    """Return the address of a server of the real release."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = make_server("127.0.0.1", port, create_app(Settings(release=release), store),
                         threaded=True)  # fmt: skip
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Return a browser without a window."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*FLAGS, *(["--no-sandbox"] if root else [])]  # Chromium refuses root a sandbox
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def bundles() -> None:
    """Skip what needs the scripts that web/ is built into."""
    if bundle("query") is None:
        pytest.skip("the scripts of the pages were not built here; installing the project does it")
