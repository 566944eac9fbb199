"""Do the interactive chart and the drawing of a neighbourhood show what the API answers?"""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.watched import watch

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bundles")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_interactive_chart_draws_each_statement(chromium: Browser, site: str, scheme: str) -> None:
    context = chromium.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    watched = watch(context.new_page(), site)
    page = watched.open("/drugs/kesimpta")
    rows = page.request.get(f"{site}/drugs/kesimpta/chart.json").json()["data"]["values"]
    page.click("text=Show the interactive chart")
    points = page.locator("[data-spec] svg .mark-symbol path")
    expect(points.first).to_be_visible()
    shares = sum((row["kind"] == "point") for row in rows)
    against = sum(row["comparatorShare"] is not None for row in rows if row["kind"] == "point")
    expect(points).to_have_count(shares + against)
    watched.picture(f"chart-{scheme}")
    points.nth(0).hover()
    expect(page.locator("#vg-tooltip-element.visible")).to_be_visible()
    page.click("text=Hide the interactive chart")
    expect(points.first).to_be_hidden()
    assert watched.faults == []
    context.close()


def test_neighbourhood_is_drawn_and_grows(chromium: Browser, site: str) -> None:
    context = chromium.new_context()
    watched = watch(context.new_page(), site)
    page = watched.open("/id/claim-kesimpta-side-effect-injection-site-reactions")
    page.click("text=Draw what is around it")
    expect(page.locator("[data-around] canvas").first).to_be_visible()
    drawn = "document.querySelector('[data-around]').drawn"
    before = page.evaluate(f"{drawn}.nodes().length")
    assert before > 10
    page.evaluate(f"{drawn}.nodes().filter(n => n.data('label') === 'Kesimpta').emit('tap')")
    expect(page.locator(".chosen a")).to_have_text("Kesimpta")
    page.click("text=Show what is around it")
    for _ in range(100):  # not wait_for_function: it evaluates text, which the policy refuses
        if page.evaluate(f"{drawn}.nodes().length") > before:
            break
        page.wait_for_timeout(50)
    assert page.evaluate(f"{drawn}.nodes().length") > before
    watched.picture("neighbourhood")
    assert watched.faults == []
    context.close()
