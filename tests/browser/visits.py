"""Open pages, and note what a visitor should never meet."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Browser, Page, expect

PATIENCE: Final = 120_000  # milliseconds: on a busy machine slow is not broken
expect.set_options(timeout=PATIENCE)
# One address of each sort of page.
PAGES: Final = {
    "home": "/",
    "drugs": "/drugs",
    "drug": "/drugs/kesimpta",
    "drug-little-known": "/drugs/bonspri",
    "claim": "/id/claim-kesimpta-side-effect-injection-site-reactions",
    "conflict": "/id/conflict-X02",
    "effect": "/resolve/obo:OAE_0000366",
    "condition": "/resolve/obo:MONDO_0005314",
    "class": "/id/disease-modifying-drug",
    "source": "/source/mstrust-kesimpta",
    "source-without-lines": "/source/uspi-undated",
    "compare": "/compare",
    "compare-nothing": "/compare?product=id:kesimpta&comparator=id:bonspri",
    "conflicts": "/conflicts",
    "explain": "/explain?subject=id:kesimpta&predicate=rdf:type&object=dkg:AntiCD20Product",
    "vocabulary": "/vocab",
    "search": "/search?q=injection",
    "queries": "/queries",
    "query": "/queries/dose-dates?start=2026-01-05",
    "documentation": "/docs",
    "document": "/docs/json-ld-api",
    "licences": "/licences",
    "addresses": "/openapi.html",
    "problem": "/drugs/nothing-of-this-name",
}


@contextmanager
def visit(browser: Browser, site: str, **options: Any) -> Iterator[Page]:  # noqa: ANN401 (Playwright's)
    """Yield a page; fail if it wrote to the console or asked another host for anything."""
    context = browser.new_context(base_url=site, **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("request", lambda request: faults.append(f"asked {request.url}")
            if not request.url.startswith((site, "data:")) else None)  # fmt: skip
    try:
        yield page
    finally:
        context.close()
    missing = "Failed to load resource: the server responded with a status of 404"
    assert not [each for each in faults if missing not in each]
