"""Is every page whole HTML that people can trust: its structure, its links, its figures?"""

import gzip
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5rdf
import pyoxigraph as ox
import pytest
from flask import render_template
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import create_app
from api.config import Settings
from api.pages import compare
from api.resolve import path_of
from kg.drug_document import Asked
from kg.entities import NOTE
from kg.exports import schema_org
from kg.exports.claims import Release
from kg.release import QUADS, Manifest
from kg.store import EmbeddedStore, Store
from kg.terms import DKG, ID, RDF, SRC
from tests.http.conftest import Check

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
SITE = "http://localhost"
NOTHING = "\N{EN DASH}"
TYPE = ox.NamedNode(RDF + "type")
INFERRED = "/explain?subject=id:kesimpta&predicate=rdf:type&object=dkg:AntiCD20Product"
CLAIM = "/id/claim-kesimpta-side-effect-injection-site-reactions"
NAMED = (
    CLAIM, "/id/conflict-X02", "/", "/drugs", "/drugs/kesimpta", "/drugs/aubagio", "/drugs/bonspri",
    "/drugs/kesimpta?start=2026-01-31", "/search", "/search?q=cold+sores", "/search?q=zzzzzz",
    "/queries", "/conflicts", "/compare", "/compare?product=id:kesimpta&comparator=id:bonspri",
    "/explain", INFERRED, "/vocab", "/resolve/obo:OAE_0000366", "/resolve/obo:MONDO_0004992",
)  # fmt: skip


def get(client: FlaskClient, path: str, accept: str = BROWSER) -> TestResponse:
    return client.get(path, headers={"Accept": accept})


def parsed(response: TestResponse) -> Element:
    """Return a page as a tree; raises ParseError where it is not HTML."""
    parser = html5rdf.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(response.text)
    assert isinstance(tree, Element)
    return tree


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def of_class(tree: Element, name: str) -> list[Element]:
    return [each for each in tree.iter() if name in each.get("class", "").split()]


def examples(store: Store) -> tuple[str, ...]:
    """Return every source, and two things of each class of ours that the graph has."""
    found: dict[str, list[str]] = {}
    for quad in store.quads(None, TYPE):
        subject, kind = quad.subject, quad.object
        if isinstance(subject, ox.NamedNode) and isinstance(kind, ox.NamedNode):
            for base, prefix in ((ID, "/id/"), (SRC, "/source/")):
                if subject.value.startswith(base) and kind.value.startswith(DKG):
                    found.setdefault(kind.value, []).append(prefix + subject.value[len(base) :])
    paths = set()
    for name, members in found.items():
        chosen = sorted(members) if name == DKG + "SourceDocument" else sorted(members)[:2]
        paths.update(chosen)
    return tuple(sorted(paths))


@pytest.fixture(scope="module")
def pages(client: FlaskClient, store: Store) -> dict[str, Element]:
    """Return each page by its address."""
    found = {}
    queries = [f"/queries/{each['name']}" for each in client.get("/queries").get_json()["queries"]]
    for path in (*NAMED, *queries, *examples(store)):
        response = get(client, path)
        if response.status_code == 303:
            continue
        assert response.status_code == 200, (path, response.text[-500:])
        assert response.content_type == "text/html; charset=utf-8"
        found[path] = parsed(response)
    return found


def test_each_page_has_one_heading_a_title_and_the_warning(pages: dict[str, Element]) -> None:
    for path, page in pages.items():
        assert page.get("lang") == "en", path
        assert len(list(page.iter("h1"))) == 1, path
        assert words(next(page.iter("title"))).endswith("DrugKG") or path == "/", path
        canonical = [each for each in page.iter("link") if each.get("rel") == "canonical"]
        assert len(canonical) == 1, path
        assert len(list(page.iter("main"))) == 1, path
        assert NOTE in words(page), path
        assert "Release 0.1.0" in words(page), path
        skip = next(page.iter("a"))
        assert skip.get("href") == "#main", path


def test_headings_skip_no_level(pages: dict[str, Element]) -> None:
    for path, page in pages.items():
        levels = [int(each.tag[1]) for each in page.iter() if re.fullmatch("h[1-6]", str(each.tag))]
        assert levels[0] == 1, path
        for one, other in pairwise(levels):
            assert other <= one + 1, path


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(pages: dict[str, Element]) -> None:
    for path, page in pages.items():
        assert not list(page.iter("style")), path
        for each in page.iter():
            assert "style" not in each.attrib, path
            assert not any(name.startswith("on") for name in each.attrib), path
            for name in ("src", "srcset", "poster", "data"):
                assert "//" not in each.get(name, ""), path
            if each.tag == "script":
                assert each.get("src") or each.get("type") == "application/ld+json", path
            if each.tag == "link" and each.get("rel") in {"stylesheet", "icon", "preload"}:
                assert each.get("href", "").startswith("/static/"), path


def test_policy_allows_neither_inline_nor_eval_nor_other_hosts(client: FlaskClient) -> None:
    response = get(client, "/drugs/kesimpta")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "://" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_names_within_a_page_are_unique_and_found(pages: dict[str, Element]) -> None:
    for path, page in pages.items():
        ids = [each.get("id", "") for each in page.iter() if each.get("id")]
        assert len(ids) == len(set(ids)), (path, sorted(i for i in ids if ids.count(i) > 1)[:5])
        for each in page.iter():
            for name in ("for", "aria-labelledby", "aria-controls"):
                for target in each.get(name, "").split():
                    assert target in ids, (path, name, target)


def test_every_field_has_a_label(pages: dict[str, Element]) -> None:
    for path, page in pages.items():
        labelled = {each.get("for") for each in page.iter("label")}
        for kind in ("input", "select"):
            for each in page.iter(kind):
                assert each.get("type") == "hidden" or each.get("id") in labelled, path


def test_every_table_has_heads(pages: dict[str, Element]) -> None:
    for path, page in pages.items():
        for table in page.iter("table"):
            assert any(each.get("scope") == "col" for each in table.iter("th")), path


def links(pages: dict[str, Element]) -> Iterator[tuple[str, str]]:
    for path, page in pages.items():
        for each in page.iter("a"):
            target = urljoin(SITE + path, each.get("href", ""))
            if target.startswith(SITE):
                yield path, target.removeprefix(SITE)


def test_every_link_leads_somewhere_down_to_the_line(
    client: FlaskClient, pages: dict[str, Element]
) -> None:
    """Follow each link that a page has; a fragment must be an anchor of the page it names."""
    anchors: dict[str, set[str]] = {}
    for path, target in dict.fromkeys((target, path) for path, target in links(pages)):
        address, _, fragment = path.partition("#")
        if address not in anchors:
            response = client.get(address, headers={"Accept": BROWSER}, follow_redirects=True)
            assert response.status_code == 200, (path, "on", target)
            anchors[address] = set(re.findall(r'\bid="([^"]+)"', response.text)) | {""}
        assert fragment in anchors[address], (path, "on", target)


def test_programs_still_get_data(client: FlaskClient) -> None:
    for accept in ("", "*/*", "application/*", "application/json"):
        headers = {"Accept": accept} if accept else {}
        for path in ("/", "/drugs", "/drugs/kesimpta", "/id/kesimpta", "/queries", "/vocab"):
            assert "json" in client.get(path, headers=headers).content_type, (accept, path)


def test_suffix_and_format_ask_for_a_page_too(client: FlaskClient) -> None:
    for path in ("/drugs/kesimpta.html", "/source/mstrust-kesimpta.html", "/vocab.html",
                 "/drugs.html", "/index.html", "/drugs/kesimpta?format=html"):  # fmt: skip
        assert client.get(path).mimetype == "text/html", path
    assert get(client, "/drugs/kesimpta.ttl").mimetype == "text/turtle"
    assert 'rel="alternate"; type="text/html"' in client.get("/drugs/kesimpta").headers["Link"]
    for path in (
        "/",
        "/drugs",
        "/drugs/kesimpta",
        "/search?q=cold",
        "/queries",
        "/queries/mechanism",
    ):
        assert "Accept" in client.get(path).headers["Vary"], path


def test_failures_are_pages_for_people_and_problems_for_programs(
    client: FlaskClient, problem: Check
) -> None:
    cases = {"/drugs/nix": 404, "/nix": 404, "/search?q=a&limit=x": 400, "/explain?subject=x": 400}
    for path, status in cases.items():
        response = get(client, path)
        assert response.status_code == status
        assert response.mimetype == "text/html"
        assert words(next(parsed(response).iter("h1")))
        assert client.get(path).content_type == "application/problem+json"
    assert get(client, "/graph/ontology", "text/html").status_code == 406
    problem(client.get("/compare", headers={"Accept": "text/turtle"}), 406)


@pytest.mark.parametrize("path", ["/explain", "/search"])
def test_where_nothing_is_asked_there_is_a_form_for_people_and_a_problem_for_programs(
    client: FlaskClient, problem: Check, path: str
) -> None:
    response = get(client, path)
    assert response.status_code == 200
    assert next(parsed(response).iter("form"), None) is not None
    problem(client.get(path), 400, "bad-parameter")


def test_what_is_retired_names_its_successor(client: FlaskClient, store: Store) -> None:
    deprecated = ox.NamedNode("http://www.w3.org/2002/07/owl#deprecated")
    retired = sorted({path_of(str(each.subject)[1:-1]) for each in store.quads(None, deprecated)})
    assert retired
    for path in retired:
        response = get(client, path)
        assert response.status_code == 410, path
        page = parsed(response)
        assert words(next(page.iter("h1"))) == "No longer in use"
        assert ("Use instead" in words(page)) == ("successor-version" in str(response.headers))


def statements(client: FlaskClient, path: str) -> set[tuple[str, str, str]]:
    chart = client.get(path).get_json()
    return {(row["effect"], row["figure"] or NOTHING, row["sourceName"])
            for row in chart["data"]["values"]}  # fmt: skip


@pytest.mark.parametrize("slug", ["kesimpta", "aubagio", "bonspri"])
def test_chart_table_specification_and_picture_agree(
    client: FlaskClient, pages: dict[str, Element], slug: str
) -> None:
    page = pages[f"/drugs/{slug}"]
    table = next(each for each in page.iter("table") if "data-table" in each.attrib)
    tabled = [
        (words(cells[0]), words(cells[1]), words(cells[4]))
        for row in table.iter("tr")
        if len(cells := [*row.iter("th"), *row.iter("td")]) == 8 and cells[0].get("scope") == "row"
    ]
    drawn = [
        (words(of_class(effect, "name")[0]), figure[0] if (figure := [
            words(each) for each in lane.iter("b")]) else NOTHING)
        for effect in next(iter(of_class(page, "effects")))
        for lane in of_class(effect, "lane")
        if lane.tag == "li"
    ]  # fmt: skip
    specified = client.get(f"/drugs/{slug}/chart.json").get_json()["data"]["values"]
    assert set(tabled) == statements(client, f"/drugs/{slug}/chart.json")
    assert sorted(drawn) == sorted((effect, figure) for effect, figure, _ in tabled)
    assert len(tabled) == len(specified)
    picture = client.get(f"/drugs/{slug}/chart.svg")
    assert picture.mimetype == "image/svg+xml"
    for _, text, source in tabled:
        assert source in picture.text
        assert text in picture.text or text == NOTHING


def test_every_frequency_of_the_document_is_in_the_chart(client: FlaskClient) -> None:
    drug = client.get("/drugs/kesimpta?sections=sideEffects&limit=1000").get_json(force=True)
    rows = client.get("/drugs/kesimpta/chart.json").get_json()["data"]["values"]
    for claim in drug["sideEffects"]:
        for frequency in claim.get("frequency", ()):
            share = frequency.get("proportion")
            source = frequency["statedBy"]["wasDerivedFrom"][0]["@id"]
            assert any(
                row["source"] == source
                and row["effectId"] == claim["effect"][0]["@id"]
                and row["stated"] == frequency["asStated"][0]["@value"]
                and row["share"] == (float(share) if share is not None else None)
                for row in rows
            ), frequency["@id"]


def test_21_percent_of_946_is_a_point_and_more_than_1_in_10_an_open_line(
    pages: dict[str, Element],
) -> None:
    """Source: uspi-undated, section 5.2, and line 267 of the EU leaflet."""
    page = pages["/drugs/kesimpta"]
    effect = next(
        each for each in next(iter(of_class(page, "effects")))
        if words(of_class(each, "name")[0]) == "Injection-related reaction"
    )  # fmt: skip
    shapes = {}
    for lane in of_class(effect, "lane"):
        kinds = {name for each in lane.iter() for name in each.get("class", "").split()}
        shapes[words(lane)] = kinds & {"dot", "open", "band"}
    point = next(kinds for text, kinds in shapes.items() if text.startswith("21 % of 946"))
    line = next(kinds for text, kinds in shapes.items() if text.startswith("more than 10 %"))
    word = next(kinds for text, kinds in shapes.items() if text.startswith("“common”"))
    assert (point, line, word) == ({"dot"}, {"open"}, set())


def test_each_statement_of_a_drug_opens_its_evidence(
    client: FlaskClient, pages: dict[str, Element]
) -> None:
    page = pages["/drugs/kesimpta"]
    shown = {each.get("href") for each in page.iter("a")}
    drug = client.get("/drugs/kesimpta?limit=1000").get_json(force=True)
    for name, entries in drug.items():
        if not isinstance(entries, list):
            continue
        for entry in entries:
            if isinstance(entry, dict) and "hasEvidenceLine" in entry:
                assert f"/id/{entry['@id'][3:]}" in shown, (name, entry["@id"])
                for line in entry["hasEvidenceLine"]:
                    source = line["wasDerivedFrom"][0]["@id"][4:]
                    lines = line["locator"].get("line")
                    end = f"#L{lines[0]}" if lines else "#s-"
                    assert any(each and each.startswith(f"/source/{source}{end}") for each in shown)


def test_source_page_has_each_line_with_its_claims(
    client: FlaskClient, pages: dict[str, Element]
) -> None:
    """Source: line 64 of the MS Trust page names injection site reactions."""
    page = pages["/source/mstrust-kesimpta"]
    lines = client.get("/source/mstrust-kesimpta").get_json(force=True)["contentLine"]
    anchors = {each.get("id"): words(each) for each in page.iter("li") if each.get("id")}
    assert {f"L{line}" for line in lines} <= set(anchors)
    assert "Injection-site reactions are a side effect of Kesimpta" in anchors["L64"]
    assert f"of the {len(lines)} lines" in words(page)


def test_what_nobody_says_is_said_to_be_unknown(pages: dict[str, Element]) -> None:
    unknown = words(pages["/drugs/bonspri"])
    assert "Not known: no source that was read says anything of this." in unknown
    alone = words(pages["/compare?product=id:kesimpta&comparator=id:bonspri"])
    assert "No head-to-head evidence." in alone


def test_medicines_that_the_list_is_too_short_for_can_be_compared(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "ALL", Asked(limit=1))
    address = "/compare?product=id:kesimpta&comparator=id:%s"
    page = parsed(get(client, address % "fampyra"))
    assert "Kesimpta and Fampyra side by side" in words(page)
    assert "The lists name 3 medicines and not the" in words(page)
    assert get(client, address % "nothing").status_code == 404
    assert get(client, address % "ofatumumab").status_code == 404  # a substance


def test_dates_are_shown_without_scripts(pages: dict[str, Element]) -> None:
    """From 31 January: 28 days later, then the same day of each month or its last."""
    page = pages["/drugs/kesimpta?start=2026-01-31"]
    dates = [words(each) for each in page.iter("time")]
    assert dates == [
        "2026-01-31", "2026-02-07", "2026-02-14", "2026-02-28", "2026-03-28", "2026-04-28",
    ]  # fmt: skip
    assert "same day of the month" in words(page)


def test_wrong_date_is_refused(client: FlaskClient) -> None:
    assert get(client, "/drugs/kesimpta?start=2026-02-31").status_code == 400
    assert get(client, "/drugs/kesimpta?nix=1").status_code == 400


def test_explanation_is_the_same_for_people_and_programs(
    client: FlaskClient, pages: dict[str, Element]
) -> None:
    answer = client.get(INFERRED).get_json()
    assert answer["sentence"] == "Kesimpta is an anti-CD20 product"
    assert answer["reasons"][0]["kind"] == "inferred"
    page = words(pages[INFERRED])

    def check(node: dict[str, Any]) -> None:
        assert node["sentence"] in page
        for reason in node["reasons"]:
            for premise in reason["because"]:
                check(premise)

    check(answer)


@pytest.mark.parametrize("path", ["/drugs/kesimpta", CLAIM])
def test_links_to_data_give_what_is_shown(
    client: FlaskClient, pages: dict[str, Element], path: str
) -> None:
    """The query finds a part of the Turtle document: all of it but names and notes of origin."""
    named = {
        words(each): each.get("href", "") for each in of_class(pages[path], "data")[0].iter("a")
    }
    assert named["as JSON-LD"].startswith(f"{path}.jsonld")
    query = parse_qs(urlsplit(named["as SPARQL"]).query)["query"][0]
    assert "CONSTRUCT" in query
    answers = [client.get(named[name]) for name in ("as Turtle", "as SPARQL")]
    whole, found = (
        {str(quad.triple) for quad in ox.parse(each.data, format=ox.RdfFormat.TURTLE)}
        for each in answers
    )
    lost = {each for each in found - whole if "contentLine" not in each}
    assert not lost
    claims = {each for each in whole if "hasEvidenceLine" in each}
    assert claims <= found


def test_page_and_its_files_stay_within_100_kilobytes(client: FlaskClient) -> None:
    """Bytes as they are sent: packed. Source: issue 7, at most 100 kB before enhancement."""
    headers = {"Accept": BROWSER, "Accept-Encoding": "gzip"}
    response = client.get("/drugs/kesimpta", headers=headers)
    assert response.headers["Content-Encoding"] == "gzip"
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', gzip.decompress(response.data).decode())
    assert 2 <= len(files) <= 4
    sent = [response, *(client.get(each, headers=headers) for each in files)]
    assert all(each.status_code == 200 for each in sent)
    assert sum(len(each.data) for each in sent) <= 100_000


def test_files_are_kept_until_they_change(client: FlaskClient) -> None:
    page = get(client, "/")
    style = re.search(r'href="(/static/drugkg.css\?v=[^"]+)"', page.text)
    assert style
    assert "immutable" in client.get(style[1]).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/drugkg.css").headers["Cache-Control"]
    assert client.get("/static/../config.py").status_code == 404
    assert client.get("/static/nix.css").status_code == 404


def test_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    first = get(client, "/drugs")
    headers = {"Accept": BROWSER, "If-None-Match": first.headers["ETag"]}
    assert client.get("/drugs", headers=headers).status_code == 304


def test_words_of_the_graph_are_never_markup(small: FlaskClient) -> None:
    response = get(small, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in response.text
    parsed(response)


def test_small_release_has_pages_too(small: FlaskClient) -> None:
    for path in ("/", "/drugs", "/drugs/testomab", "/source/page", "/id/claim-headache",
                 "/conflicts", "/compare", "/vocab", "/queries", "/search?q=head"):  # fmt: skip
        response = get(small, path)
        assert response.status_code == 200, (path, response.text[-800:])
        parsed(response)


def test_page_is_written_anew_when_the_store_has_changed(small_release: Path) -> None:
    class Changing(EmbeddedStore):
        version = "1"

    engine = ox.Store()
    engine.load(gzip.decompress((small_release / QUADS).read_bytes()), ox.RdfFormat.N_QUADS)
    store = Changing(engine, Manifest.read(small_release))
    client = create_app(Settings(release=small_release), store).test_client()
    assert "brand new" not in get(client, "/id/headache").text
    engine.update(
        f"""INSERT DATA {{ GRAPH <http://example.org/new> {{
            <{ID}headache> <http://www.w3.org/2004/02/skos/core#definition> "brand new"@en }} }}"""
    )
    store.version = "2"
    assert "Brand new" in get(client, "/id/headache").text


def test_head_names_the_thing_as_json_ld(pages: dict[str, Element]) -> None:
    page = pages["/drugs/kesimpta"]
    data = next(each for each in page.iter("script") if each.get("type") == "application/ld+json")
    found = json.loads("".join(data.itertext()))
    assert found["@id"] == "id:kesimpta"
    assert found["@context"] == "/context/v1.jsonld"


@pytest.mark.parametrize("shown", ["", "&sections=dosing", "&lang=de"])
def test_head_of_a_medicine_has_what_the_export_to_schema_org_has(
    client: FlaskClient, store: Store, shown: str
) -> None:
    export = Release.of(store)
    for each in client.get("/drugs").get_json()["drugs"]:
        slug = each["@id"].removeprefix("id:")
        page = client.get(f"/drugs/{slug}?format=html{shown}")
        _, found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text)
        assert "<" not in found  # whatever a source says, it does not end the script
        drug, *further = schema_org.medicine(export, ID + slug)
        therapy = [node for node in further if node["@type"] == "MedicalTherapy"]
        assert drug["@type"] == "Drug"
        assert json.loads(found) == {"@context": "https://schema.org", "@graph": [drug, *therapy]}


def test_no_text_can_end_the_script_that_it_stands_in(client: FlaskClient) -> None:
    evil = {"name": "</script><script>alert(1)</script><!--"}
    with client.application.test_request_context("/"):
        text = render_template("base.html", schema_org=evil)
    _, _, rest = text.partition('<script type="application/ld+json">')
    assert json.loads(rest.partition("</script>")[0]) == evil


def test_what_a_program_read_is_told_apart(client: FlaskClient) -> None:
    said = "Read by a program, not yet by a curator"
    assert said in client.get("/drugs/avonex.html").text
    assert said not in client.get("/drugs/kesimpta.html").text
