"""Ask which conditions labels and leaflets name, and that uncertain prose is reported.

The words are those of real labels: what each says is plain to a reader.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import paths
from kg.errors import LostRowsError
from kg.ingest import claims, conditions, leaflet, lookup, spl
from kg.ingest.rows import Contraindication, Extract, Indication, Product, Row, Source, Unread
from kg.ingest.statements import Statements
from kg.terms import DKG, ID, PREFIXES

Shared = Callable[[str], Path]

_NAMES = {"asthma", "gout", "rheumatoid arthritis", "hyperkalemia", "addison's disease"}
_HERE = Row(section="34067-9", title="1 INDICATIONS AND USAGE")


def _known(words: str) -> bool:
    return words.casefold() in _NAMES


def _named(text: str, use: conditions.Use) -> list[tuple[str, str]]:
    return [(each.name, each.population) for each in conditions.named(text, use, _known)]


@pytest.mark.parametrize(
    ("text", "name", "people"),
    [
        ("X is indicated for the treatment of acquired blepharoptosis in adults.", "", "adults"),
        ("X is indicated in the management of hypertension.", "hypertension", ""),
        ("For the treatment of gout.", "gout", ""),
        ("X is indicated for the treatment of patients with schizophrenia.", "schizophrenia", ""),
        (
            (
                "1 INDICATIONS AND USAGE X is indicated for the treatment of adults with active"
                " rheumatoid arthritis (RA). [see Clinical Studies (14)]"
            ),
            "active rheumatoid arthritis",
            "adults",
        ),
        (
            (
                "X is indicated for the treatment of erectile dysfunction. X is a PDE5"
                " inhibitor indicated for the treatment of erectile dysfunction (1)"
            ),
            "erectile dysfunction",
            "",
        ),
        ("Rheumatoid arthritis", "Rheumatoid arthritis", ""),
    ],
)
def test_a_sentence_that_states_one_use_whole_names_it(text: str, name: str, people: str) -> None:
    assert _named(text, "indication") == [(name or "acquired blepharoptosis", people)]


@pytest.mark.parametrize(
    "text",
    [
        "Helps prevent sunburn",
        "X is indicated for the prevention of stroke.",
        "X is indicated for the treatment of edema associated with congestive heart failure.",
        "X is indicated for the treatment of gout. It may be used alone or with others.",
        "X, in combination with other agents, is indicated for the treatment of gout.",
        "X is indicated for reducing signs and symptoms of gout.",
        "X is not indicated for the treatment of gout.",
        "X is indicated for: Management of pain Management of gout",
        "Reduce the risk of stroke",
        "Difficulty walking",
        "Limitations of use: gout",
    ],
)
def test_what_restricts_adds_or_is_no_use_makes_no_claim(text: str) -> None:
    assert _named(text, "indication") == []


def test_names_are_parted_only_where_each_is_known() -> None:
    stated = "X is indicated for the treatment of {}."
    assert _named(stated.format("asthma, gout and rheumatoid arthritis"), "indication") == [
        ("asthma", ""),
        ("gout", ""),
        ("rheumatoid arthritis", ""),
    ]
    assert _named(stated.format("pain in joints and bones"), "indication") == []


def test_and_parts_no_contraindications() -> None:
    text = "X is contraindicated in patients with {}."
    parted = _named(text.format("hyperkalemia or Addison's disease"), "contraindication")
    assert parted == [("hyperkalemia", ""), ("Addison's disease", "")]
    assert _named(text.format("hyperkalemia and gout"), "contraindication") == []


@pytest.mark.parametrize(
    "text",
    [
        "Hypersensitivity to any component of this medication",
        (
            "if you are allergic to ofatumumab or any of the other ingredients of this medicine"
            " (listed in section 6)."
        ),
        (
            "VEKLURY is contraindicated in patients with a history of clinically significant"
            " hypersensitivity reactions to VEKLURY or any components of the product."
        ),
        (
            "Hipersensibilidad al principio activo o a alguno de los excipientes incluidos en la"
            " sección 6.1."
        ),
    ],
)
def test_hypersensitivity_to_the_product_is_one_condition(text: str) -> None:
    assert _named(text, "contraindication") == [(conditions.HYPERSENSITIVITY, "")]


@pytest.mark.parametrize(
    "text",
    [
        "None.",
        (
            "X is contraindicated in severe toxic CNS depression or comatose states"
            " and in individuals who are hypersensitive to this drug or have Parkinson's disease."
        ),
        "if you are pregnant, think you may be pregnant, or are breast-feeding,",
        "if you have been told that you have severe problems with your immune system.",
    ],
)
def test_prose_against_use_makes_no_claim(text: str) -> None:
    assert _named(text, "contraindication") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [("if you have cancer.", "cancer"), ("if you suffer from severe depression", "")],
)
def test_an_entry_of_do_not_take_names_a_condition(text: str, name: str) -> None:
    assert _named(text, "contraindication") == [(name or "severe depression", "")]


@pytest.mark.parametrize(
    "text", ["Concomitant use of MAO inhibitors", "4.1 General", "Pediatric patients"]
)
def test_other_medicines_people_and_headings_are_no_conditions(text: str) -> None:
    assert _named(text, "contraindication") == []
    assert not conditions.of_title(text, "contraindication", _known)


def test_an_entry_becomes_rows_or_is_reported() -> None:
    statements = Statements(_known)
    (row,) = statements.entry(Row(raw="Gout"), "indication")
    (other,) = statements.entry(Row(raw="Helps prevent sunburn"), "indication")
    (none,) = statements.entry(Row(raw="None."), "contraindication")
    assert isinstance(row, Indication)
    assert isinstance(other, Unread)
    assert isinstance(none, Unread)
    assert (row.condition, row.number) == ("Gout", 1)
    assert other.reason == conditions.NOTHING_TOLD
    assert none.reason == conditions.NONE_STATED


def test_the_title_of_a_part_may_name_its_condition() -> None:
    statements = Statements(_known)
    (row,) = statements.title(Row(title="1.1 Rheumatoid Arthritis"), "indication")
    assert isinstance(row, Indication)
    assert row.condition == "Rheumatoid Arthritis"
    assert not list(statements.title(Row(title="1.3 Limitations of Use"), "indication"))
    (against,) = statements.title(Row(title="4.4 Nursing mothers"), "contraindication")
    assert isinstance(against, Contraindication)
    assert against.condition == "Nursing mothers"


# Claims

_FOUND = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX biolink: <https://w3id.org/biolink/vocab/>
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT ?class ?condition ?jurisdiction ?agent ?title ?exact ?strength ?people ?modality WHERE {
    GRAPH ?graph {
        ?claim a ?class ; dkg:condition ?condition ; dkg:jurisdiction ?jurisdiction ;
            dkg:hasEvidenceLine ?line .
        ?line biolink:agent_type ?agent ; dkg:modality ?modality ; dkg:locator ?place .
        ?place dkg:sectionTitle ?title ; oa:hasSelector/oa:exact ?exact .
        OPTIONAL { ?claim dkg:strength ?strength }
        OPTIONAL { ?claim dkg:population ?people }
    }
} ORDER BY ?class"""


def _indication(**values: object) -> Indication:
    fields: dict[str, object] = {"condition": "Gout", "words": "Gout", "number": 1}
    return Indication(**(fields | {"section": "34067-9", "title": "USES"} | values))  # type: ignore[arg-type]


def _contraindication(**values: object) -> Contraindication:
    fields: dict[str, object] = {"condition": "Gout", "words": "Gout", "number": 2}
    return Contraindication(**(fields | {"section": "34070-3", "title": "AGAINST"} | values))  # type: ignore[arg-type]


def _made(*rows: Indication | Contraindication, kind: str = "spl") -> list[dict[str, str]]:
    source = Source(document="0000-a", version="3", kind=kind)  # type: ignore[arg-type]
    store = ox.Store()
    store.load(claims.claims(Extract(source, (Product(name="New"), *rows))), ox.RdfFormat.N_QUADS)
    found = store.query(_FOUND)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [
        {
            name: term.value.rpartition("#")[2].removeprefix(ID)
            for name, term in zip(names, solution, strict=True)
            if isinstance(term, ox.NamedNode | ox.Literal)
        }
        for solution in found
    ]


def test_each_row_becomes_a_claim_with_its_place_and_an_automated_agent() -> None:
    against, use = _made(_indication(population="adults"), _contraindication())
    assert use["class"] == "IndicationClaim"
    assert (use["jurisdiction"], use["people"], use["agent"]) == ("us", "Adults", "automated_agent")
    assert (use["title"], use["exact"]) == ("USES", "Gout")
    assert (against["class"], against["strength"]) == ("CautionClaim", "Absolute")
    assert against["condition"] == use["condition"]


def test_what_a_leaflet_forbids_is_must_and_european() -> None:
    (found,) = _made(_contraindication(), kind="leaflet")
    assert (found["modality"], found["jurisdiction"]) == ("Must", "eu")


def test_one_condition_named_twice_is_one_claim_with_two_lines_of_evidence() -> None:
    first, second = _made(_indication(), _indication(number=9, title="OTHER"))
    assert {first["title"], second["title"]} == {"USES", "OTHER"}


def test_a_lost_statement_is_an_error() -> None:
    with pytest.raises(LostRowsError, match="2 rows became 1"):
        _made(_indication(), _indication())


# Real documents


def _stated(extract: Extract) -> list[tuple[str, str, str]]:
    return [
        (type(row).__name__, row.condition.casefold(), row.population)
        for row in extract.statements()
    ]


def test_each_part_of_humiras_indications_that_a_vocabulary_names_is_one(shared: Shared) -> None:
    diseases = {
        "rheumatoid arthritis",
        "juvenile idiopathic arthritis",
        "psoriatic arthritis",
        "ankylosing spondylitis",
        "ulcerative colitis",
    }
    content = shared("spl/humira.xml").read_bytes()
    extract = spl.extract(content, "humira.xml", lambda words: words.casefold() in diseases)
    assert {row.condition.casefold() for row in extract.statements()} == diseases
    none = [row for row in extract.unread() if row.reason == conditions.NONE_STATED]
    assert [row.raw for row in none] == ["None."]


def test_lipitor_must_not_be_used_in_four_states(shared: Shared) -> None:
    extract = spl.extract(shared("spl/lipitor-orig.xml").read_bytes(), "lipitor-orig.xml")
    assert _stated(extract) == [
        ("Contraindication", "active liver disease", ""),
        ("Contraindication", conditions.HYPERSENSITIVITY, ""),
        ("Contraindication", "pregnancy", ""),
        ("Contraindication", "nursing mothers", ""),
    ]


def test_haloperidols_prose_is_reported_and_not_divided(shared: Shared) -> None:
    extract = spl.extract(shared("spl/no-title.xml").read_bytes(), "no-title.xml")
    assert not extract.statements()
    told = [row for row in extract.unread() if row.reason == conditions.NOTHING_TOLD]
    assert [row.title for row in told] == [
        "INDICATIONS AND USAGE",
        "INDICATIONS AND USAGE",
        "CONTRAINDICATIONS",
    ]


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        (
            "kesimpta",
            [
                ("Indication", "relapsing forms of multiple sclerosis", "adults"),
                ("Contraindication", conditions.HYPERSENSITIVITY, ""),
                ("Contraindication", "severe infection", ""),
                ("Contraindication", "cancer", ""),
            ],
        ),
        (
            "avonex",
            [
                ("Indication", "multiple sclerosis", ""),
                ("Contraindication", conditions.HYPERSENSITIVITY, ""),
            ],
        ),
        ("fampyra", [("Contraindication", conditions.HYPERSENSITIVITY, "")]),
        (
            "aubagio",
            [
                ("Contraindication", conditions.HYPERSENSITIVITY, ""),
                ("Contraindication", "severe liver problems", ""),
                ("Contraindication", "serious infection", ""),
            ],
        ),
    ],
)
def test_a_leaflet_states(shared: Shared, name: str, stated: list[tuple[str, str, str]]) -> None:
    content = shared(f"leaflets/{name}.fsh").read_bytes()
    extract = leaflet.extract(content, f"{name}.fsh")
    assert _stated(extract) == stated


@pytest.mark.parametrize("name", ["humira.xml", "lipitor-orig.xml", "Remdesivir-2020-10.xml"])
def test_rows_in_are_claims_out(shared: Shared, name: str) -> None:
    extract = spl.extract(shared(f"spl/{name}").read_bytes(), name, lambda words: "r" in words)
    store = ox.Store()
    store.load(claims.claims(extract), ox.RdfFormat.N_QUADS)
    lines = 0
    for kind in ("IndicationClaim", "CautionClaim"):
        a = ox.NamedNode(PREFIXES["rdf"] + "type")
        for quad in store.quads_for_pattern(None, a, ox.NamedNode(DKG + kind)):
            evidence = ox.NamedNode(DKG + "hasEvidenceLine")
            lines += sum(1 for _ in store.quads_for_pattern(quad.subject, evidence, None))
    assert lines == len(extract.statements())


def test_how_many_texts_of_indications_are_told_is_what_the_docs_say(shared: Shared) -> None:
    lines = shared("indications/indication_texts.jsonl").read_text(encoding="utf-8").splitlines()
    known = lookup.standard().conditions.known
    told = [
        line for line in lines if conditions.named(json.loads(line)["text"], "indication", known)
    ]
    page = (paths.DOCS / "ingest.md").read_text(encoding="utf-8")
    assert f"of {len(lines):,} texts of indications" in page
    assert f"{len(told)} make claims" in page
