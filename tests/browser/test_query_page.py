"""Can a person ask SPARQL with the editor: write, complete, run, look, share, download?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.watched import Watched, watch

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bundles")]

RUN = ".tabPanel.active .yasqe_queryButton"
FAULT = ".tabPanel.active .fault"
TABLE = ".tabPanel.active .yasr_results table.dataTable tbody tr"
EDITOR = ".tabPanel.active .CodeMirror"
QUESTION = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX id: <https://w3id.org/drugkg/id/>
SELECT ?substance { id:kesimpta dkg:hasActiveSubstance ?substance }"""


@pytest.fixture
def watched(chromium: Browser, site: str) -> Iterator[Watched]:
    """Return a page that must end without a fault."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, accept_downloads=True)
    found = watch(context.new_page(), site)
    yield found
    assert found.faults == []
    context.close()


def write(page: Page, query: str) -> None:
    """Type *query* in the place of what stands in the editor."""
    page.wait_for_selector(EDITOR)
    page.click(f"{EDITOR} .CodeMirror-lines")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(query)


def test_query_is_written_run_shared_and_reopened(watched: Watched, chromium: Browser) -> None:
    page = watched.open("/query")
    write(page, QUESTION)
    page.keyboard.press("Control+Enter")
    expect(page.locator(TABLE)).to_have_count(1)
    expect(page.locator(TABLE)).to_contain_text("id:ofatumumab")
    expect(page.locator("#after")).to_contain_text("Answered in")
    watched.picture("query-answered")
    page.click(".tabPanel.active .yasqe_share")
    link = page.input_value(".tabPanel.active .yasqe_sharePopup input")
    assert link.startswith(f"{watched.address}/query?query=")

    other = chromium.new_context()
    fresh = watch(other.new_page(), watched.address)
    fresh.page.goto(link)
    expect(fresh.page.locator(TABLE)).to_contain_text("id:ofatumumab")
    assert fresh.faults == []
    other.close()


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml"])
def test_answer_is_downloaded_in_each_format(watched: Watched, name: str, tmp_path: Path) -> None:
    page = watched.open("/query")
    write(page, QUESTION)
    page.click(RUN)
    with page.expect_download() as download:
        page.click(f"#after a[download='answer.{name}']")
    file = tmp_path / name
    download.value.save_as(file)
    assert "ofatumumab" in file.read_text(encoding="utf-8")


def test_example_that_is_a_graph_is_drawn(watched: Watched) -> None:
    page = watched.open("/query?example=effect-evidence#ask")
    page.click(RUN)
    page.click(".tabPanel.active .yasr button:has-text('Graph')")
    expect(page.locator(".tabPanel.active .network canvas").first).to_be_visible()
    drawn = "document.querySelector('.tabPanel.active .drawn').drawn"
    assert page.evaluate(f"{drawn}.nodes().length") > 50
    page.evaluate(f"{drawn}.nodes()[0].emit('tap')")
    expect(page.locator(".tabPanel.active .chosen a")).to_be_visible()
    watched.picture("query-graph")
    for name in ("ttl", "jsonld", "nt", "nq", "trig", "rdf"):
        expect(page.locator(f"#after a[download='answer.{name}']")).to_be_visible()


def test_numbers_are_drawn_as_a_chart(watched: Watched) -> None:
    page = watched.open("/query?example=side-effect-frequencies#ask")
    page.click(RUN)
    page.click(".tabPanel.active .yasr button:has-text('Chart')")
    marks = page.locator(".tabPanel.active .drawn svg .mark-symbol path")
    expect(marks.first).to_be_visible()
    watched.picture("query-chart")


@pytest.mark.parametrize(
    ("begun", "chosen", "declared"),
    [
        ("SELECT * { ?s a SideEffectCl", "dkg:SideEffectClaim", "PREFIX dkg:"),
        ("SELECT * { ?s hasActiveSub", "dkg:hasActiveSubstance", "PREFIX dkg:"),
        ("SELECT * { ?s ?p kesimpt", "id:kesimpta", "PREFIX id:"),
        ("SELECT * { ?s ?p injection-site adv", "", ""),
    ],
)
def test_words_and_names_are_completed_from_this_server(
    watched: Watched, begun: str, chosen: str, declared: str
) -> None:
    page = watched.open("/query")
    write(page, begun)
    page.keyboard.press("Control+Space")
    if not chosen:  # two words are no name of anything in SPARQL
        page.wait_for_timeout(500)
        return
    hint = page.locator(".CodeMirror-hint", has_text=chosen).first
    expect(hint).to_be_visible()
    watched.picture(f"query-completion-{chosen.partition(':')[2]}")
    hint.click()
    text = page.evaluate("drugkg.yasgui.getTab().getYasqe().getValue()")
    assert chosen in text
    assert declared in text


def test_malformed_query_shows_where(watched: Watched) -> None:
    page = watched.open("/query")
    write(page, "SELECT *\n{ ?s ?p }")
    page.click(RUN)
    expect(page.locator(FAULT)).to_contain_text("Line 2, column 3")
    expect(page.locator(f"{EDITOR} .fault-mark").first).to_be_visible()
    watched.picture("query-malformed")
    page.click(f"{FAULT} button")
    place = page.evaluate("drugkg.yasgui.getTab().getYasqe().getDoc().getCursor()")
    assert (place["line"], place["ch"]) == (1, 2)
    page.keyboard.insert_text("#")
    expect(page.locator(f"{EDITOR} .fault-mark")).to_have_count(0)


@pytest.mark.parametrize("kind", ["deadline", "busy", "too-many-rows", "memory"])
def test_limit_is_shown_kindly(watched: Watched, kind: str) -> None:
    title = "Query took too long"

    def refuse(route: Route) -> None:
        problem: dict[str, Any] = {
            "type": f"https://w3id.org/drugkg/problem#{kind}",
            "title": title,
            "status": 503,
            "detail": "the query was ended after 10 seconds, the most it may take",
        }
        body = json.dumps(problem)
        route.fulfill(status=503, content_type="application/problem+json", body=body)

    page = watched.page
    page.route("**/sparql?*", refuse)
    watched.open("/query")
    write(page, QUESTION)
    page.click(RUN)
    fault = page.locator(FAULT)
    expect(fault).to_contain_text(title)
    expect(fault).to_contain_text("The query was ended after 10 seconds")
    assert len(fault.inner_text()) > 120  # it says what to do
    watched.picture(f"query-{kind}")
    assert QUESTION in page.evaluate("drugkg.yasgui.getTab().getQuery()")


def test_server_that_is_away_is_said(watched: Watched) -> None:
    page = watched.open("/query")
    write(page, QUESTION)
    page.route("**/sparql?*", lambda route: route.abort())
    page.click(RUN)
    expect(page.locator(FAULT)).to_contain_text("cannot be reached")
    watched.faults = [each for each in watched.faults if "ERR_FAILED" not in each]


def test_query_is_kept_until_one_comes_back(watched: Watched) -> None:
    page = watched.open("/query")
    write(page, QUESTION)
    page.click(RUN)
    expect(page.locator(TABLE)).to_contain_text("id:ofatumumab")
    page.reload()
    expect(page.locator(EDITOR)).to_contain_text("hasActiveSubstance")


def test_name_in_an_answer_leads_to_its_page(watched: Watched) -> None:
    page = watched.open("/query")
    write(page, QUESTION)
    page.click(RUN)
    link = page.locator(f"{TABLE} a", has_text="id:ofatumumab")
    link.hover()
    assert (link.get_attribute("href") or "").startswith("/resolve?iri=")


def test_address_cannot_name_another_endpoint(watched: Watched) -> None:
    page = watched.open("/query#query=ASK%7B%7D&endpoint=http%3A%2F%2F127.0.0.1%3A9%2Fsparql")
    page.wait_for_selector(EDITOR)
    assert page.evaluate("drugkg.yasgui.getTab().getEndpoint()") == f"{watched.address}/sparql"


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_its_window(chromium: Browser, site: str, width: int, scheme: Any) -> None:  # noqa: ANN401
    window = {"width": width, "height": 900}
    context = chromium.new_context(viewport=window, color_scheme=scheme)  # type: ignore[arg-type]
    watched = watch(context.new_page(), site)
    page = watched.open("/query?query=" + QUESTION.replace("\n", "%0A").replace("#", "%23"))
    expect(page.locator(TABLE)).to_contain_text("id:ofatumumab")
    watched.picture(f"query-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.faults == []
    context.close()


def test_plain_form_is_enough_without_scripts(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    watched = watch(context.new_page(), site)
    page = watched.open("/query?example=mechanism")
    expect(page.locator("#ask")).to_be_hidden()
    page.click("#plain button[type=submit]")
    expect(page.locator("#answer table")).to_be_visible()
    page.fill("#query", "SELECT *\n{ ?s ?p }")
    page.click("#plain button[type=submit]")
    expect(page.locator("#fault")).to_contain_text("Line 2, column 3")
    watched.picture("query-plain")
    assert watched.faults == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_outside_of_the_editor(
    chromium: Browser,
    site: str,
    scheme: Any,  # noqa: ANN401
) -> None:
    """Yasgui has faults of its own, so the plain form stays, and says what it is for."""
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for path in ("/query?query=SELECT+*+{+%3Fs+%3Fp+&form=plain", "/query?example=mechanism"):
        page.goto(site + path)
        page.wait_for_selector(EDITOR)
        found = Axe().run(page, context={"exclude": [["#editor"]]}).response["violations"]
        assert {each["id"]: each["nodes"][0]["html"][:200] for each in found} == {}
    context.close()


def test_plain_form_is_asked_by_keyboard_only(watched: Watched) -> None:
    page = watched.open("/query?example=mechanism")
    page.locator("#query").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(QUESTION)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#answer table a")).to_have_text("id:ofatumumab")
    expect(page.locator(EDITOR)).to_be_visible()
    expect(page.locator(TABLE)).to_have_count(0)  # the editor does not run it as well
