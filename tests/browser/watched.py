"""Open pages in Chromium, and fail on what a page must never do: an error, or another host."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import ConsoleMessage, Page, Request

PICTURES: Final = Path(__file__).parents[2] / "screenshots"  # kept by CI, never committed
_REFUSED: Final = re.compile(r"the server responded with a status of 4|status of 503")


@dataclass
class Watched:
    """Hold a page of ours, and what it did that it must not do."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to *path* of our server."""
        self.page.goto(self.address + path)
        return self.page

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page for people to look at."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def watch(page: Page, address: str) -> Watched:
    """Note every error of *page* and every request to another host than *address*.

    That a query was refused is an answer here, though Chromium calls it an error.
    """
    watched = Watched(page, address)

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not _REFUSED.search(message.text):
            watched.faults.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{address}/", "data:", "blob:")):
            watched.faults.append(f"asked {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: watched.faults.append(str(error)))
    page.on("request", asked)
    return watched
