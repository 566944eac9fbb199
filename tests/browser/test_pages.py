"""Can a person use the pages: by keyboard, in the dark, on paper, on a phone, without scripts?"""

import re
from typing import Final, Literal, TypeAlias

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.visits import PAGES, PATIENCE, visit

EACH = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
NARROW = {"width": 320, "height": 640}
Scheme: TypeAlias = Literal["light", "dark"]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES: Final[dict[Scheme, list[str]]] = {"light": STANDARDS, "dark": ["color-contrast"]}
# A dozen of what opens is enough: all of it is written by the same few macros.
OPEN = "[...document.querySelectorAll('details')].slice(0, 12).forEach(e => { e.open = true })"
# Source: Layout Instability API; 0 is no shift at all.
SHIFT = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(each => { sum += each.value }))
        .observe({type: 'layout-shift', buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""
EFFECT = "Injection-site reactions"


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width


@EACH
def test_page_loads_whole_quietly_and_still(chromium: Browser, site: str, path: str) -> None:
    """No error, no other host, at most 4 requests and 100 kB, and nothing moves meanwhile."""
    with visit(chromium, site) as page:
        sizes: list[int] = []
        page.on("requestfinished", lambda each: sizes.append(each.sizes()["responseBodySize"]))
        response = page.goto(path)
        assert response
        assert response.status == (404 if "nothing" in path else 200)
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate(SHIFT) == 0
        assert len(sizes) <= 4  # page, style, script, icon
        assert sum(sizes) <= 100_000


@EACH
def test_axe_finds_no_violation_in_light_and_dark(chromium: Browser, site: str, path: str) -> None:
    context = chromium.new_context(base_url=site, bypass_csp=True)  # axe is put into the page
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(path)
    page.evaluate(OPEN)
    found = {}
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)
        for each in Axe().run(page, options={"runOnly": rules}).response["violations"]:
            found[each["id"], scheme] = [node["html"][:200] for node in each["nodes"][:3]]
    context.close()
    assert not found


@EACH
def test_page_is_whole_without_scripts_and_fits_320_pixels(
    chromium: Browser, site: str, path: str
) -> None:
    """Source: WCAG 2.2, 1.4.10 Reflow. Tables may scroll inside their own box."""
    with visit(chromium, site, viewport=NARROW) as page:
        page.goto(path)
        page.evaluate(OPEN)
        assert overflow(page) <= 0
        heads = page.locator("main h1, main h2, main h3").all_text_contents()
    with visit(chromium, site, viewport=NARROW, java_script_enabled=False) as page:
        page.goto(path)
        assert page.locator("main h1, main h2, main h3").all_text_contents() == heads


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is named *name*."""
    for _ in range(400):
        page.keyboard.press("Tab")
        text = page.evaluate("""() => {
            const each = document.activeElement;
            return (each.getAttribute('aria-label') || each.textContent || each.id).trim();
        }""")
        if re.fullmatch(name, " ".join(text.split())):
            return
    pytest.fail(f"no stop of the keyboard is called {name}")


def test_from_search_to_the_line_of_the_source_by_keyboard_only(
    chromium: Browser, site: str
) -> None:
    """Search, choose the medicine, find the effect, open the line: the line is what is shown."""
    with visit(chromium, site) as page:
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.locator("#find").focus()
        page.keyboard.type("kesim")
        expect(page.get_by_role("option").first).to_contain_text("Kesimpta")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/drugs/kesimpta")
        tab_to(page, "How common are side effects, and says who\\?")
        page.keyboard.press("Enter")
        tab_to(page, EFFECT)
        tab_to(page, "line 64")
        page.keyboard.press("Enter")
        page.wait_for_url("**/source/mstrust-kesimpta#L64")
        line = page.locator("#L64")
        expect(line).to_be_in_viewport()
        expect(line).to_contain_text("Injection-site reactions are a side effect of Kesimpta")


def test_newcomer_needs_less_than_three_clicks_to_the_line(chromium: Browser, site: str) -> None:
    """How common are injection-site reactions, and says who?"""
    with visit(chromium, site) as page:
        page.goto("/")
        expect(page.get_by_text("11 % of 946")).to_be_visible()  # answered with no click
        page.get_by_role("link", name="Kesimpta (ofatumumab), MS Trust page, line 64").click()
        expect(page.locator("#L64")).to_be_in_viewport()
        page.goto("/")
        page.get_by_role("link", name="How common are injection-site reactions").click()
        row = page.locator(".effects > li", has_text=EFFECT)
        expect(row).to_contain_text("11 % of 946")
        row.get_by_role("link", name="lines 267, 275").click()
        expect(page.locator("#L267")).to_be_in_viewport()


def test_every_stop_of_the_keyboard_is_seen(chromium: Browser, site: str) -> None:
    with visit(chromium, site) as page:
        page.goto("/drugs/bonspri")
        for _ in range(25):
            page.keyboard.press("Tab")
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none"


def test_chart_filters_and_sorts(chromium: Browser, site: str) -> None:
    with visit(chromium, site) as page:
        page.goto("/drugs/kesimpta")
        shown = page.locator(".effects > li:visible")
        total = shown.count()
        page.get_by_label("Show effects whose name contains").fill("injection-site")
        expect(shown.first).to_contain_text(EFFECT)
        assert 0 < shown.count() < total
        expect(page.locator("[data-chart-count]")).to_contain_text(f"of {total} effects shown")
        page.get_by_label("Show effects whose name contains").fill("")
        page.get_by_label("Order").select_option("name")
        names = page.locator(".effects > li .name").all_inner_texts()
        assert names == sorted(names, key=str.lower)
        page.get_by_label("From source").select_option("src:leaflet-eu-2022")
        for text in page.locator(".effects > li:visible .lane:visible").all_inner_texts():
            assert "Kesimpta package leaflet" in text


def test_dates_follow_from_a_start_with_and_without_scripts(chromium: Browser, site: str) -> None:
    for scripts in (True, False):
        with visit(chromium, site, java_script_enabled=scripts) as page:
            page.goto("/drugs/kesimpta")
            page.get_by_label("Date of the first dose").fill("2026-01-31")
            page.get_by_role("button", name="Show the dates").click()
            answer = page.locator("[data-dates-answer]")
            expect(answer).to_contain_text("2026-04-28")
            expect(answer).to_contain_text("same day of the month, or the last day")


def test_evidence_opens_in_place(chromium: Browser, site: str) -> None:
    with visit(chromium, site) as page:
        page.goto("/drugs/kesimpta#indications")
        evidence = page.locator("#indications .evidence").first
        lines = evidence.locator(".lines")
        expect(lines).to_be_hidden()
        evidence.locator("summary").click()
        expect(lines).to_be_visible()
        expect(lines).to_contain_text("ECO:")


def test_paper_gets_content_and_no_navigation(chromium: Browser, site: str) -> None:
    with visit(chromium, site) as page:
        page.goto("/drugs/kesimpta")
        page.emulate_media(media="print")
        expect(page.locator("header.site nav")).to_be_hidden()
        expect(page.locator("section.data")).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("footer .warning")).to_be_visible()
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(255, 255, 255)"


def test_dark_is_dark(chromium: Browser, site: str) -> None:
    with visit(chromium, site, color_scheme="dark") as page:
        page.goto("/")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, re.findall(r"\d+", background))) < 64


def test_nothing_moves_for_who_wants_no_motion(chromium: Browser, site: str) -> None:
    with visit(chromium, site, reduced_motion="reduce") as page:
        page.goto("/drugs/kesimpta")
        behaviour = page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
        assert behaviour == "auto"


def test_wrong_address_offers_a_way_on(chromium: Browser, site: str) -> None:
    with visit(chromium, site) as page:
        page.goto("/drugs/nothing-of-this-name")
        expect(page.get_by_role("link", name="the medicines")).to_be_visible()
        page.get_by_role("searchbox").or_(page.get_by_role("combobox")).first.fill("kesimpta")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Kesimpta").first).to_be_visible()
