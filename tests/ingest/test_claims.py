"""Ask what claims the mapping makes of rows, whether shapes accept them, and what is never lost."""

from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import paths
from kg.errors import LostRowsError
from kg.ingest import claims
from kg.ingest.lookup import Lookup, Term
from kg.ingest.named import canonical
from kg.ingest.rows import Extract, Observation, Product, Source
from kg.paths import Inputs
from kg.skolem import skolemise, skolemise_ontology
from kg.terms import DKG, GRAPH, ID, PREFIXES, SRC
from kg.turtle import load_facts, load_ontology, load_shapes
from kg.validate import validate

_SOURCE = Source(
    document="0000-a", version="3", kind="spl", title="A label", date="2026-01-02", sha256="00"
)
_FOUND = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX biolink: <https://w3id.org/biolink/vocab/>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT * WHERE { GRAPH ?graph {
    ?claim dkg:aboutProduct ?product ; dkg:effect ?effect ; dkg:frequency ?f .
    ?f dkg:asStated ?stated ; dkg:statedBy ?line .
    ?line biolink:agent_type ?agent ; prov:wasDerivedFrom ?source ; dkg:locator ?place .
    OPTIONAL { ?f dkg:proportion ?proportion }
    OPTIONAL { ?f dkg:numeratorCount ?count }
    OPTIONAL { ?f dkg:denominator ?size }
    OPTIONAL { ?f dkg:arm ?arm }
    OPTIONAL { ?f dkg:lowerBound ?lower ; dkg:lowerInclusive ?fromLower }
    OPTIONAL { ?f dkg:upperBound ?upper ; dkg:upperInclusive ?toUpper }
    OPTIONAL { ?f dkg:category ?category }
    OPTIONAL { ?place dkg:tableName ?table ; dkg:tableRow ?row ; dkg:tableColumn ?column }
} }"""


def _row(**values: object) -> Observation:
    row: dict[str, object] = {
        "section": "34084-4",
        "title": "6 ADVERSE REACTIONS",
        "table": "Table 1",
        "row": 2,
        "column": 2,
        "raw": "5%",
        "effect": "Rash",
        "arm": "Drug",
        "denominator": 200,
    }
    return Observation(**(row | values))  # type: ignore[arg-type]


def _extract(*rows: Observation) -> Extract:
    product = Product(name="Newdrug", ndc="0000-0001", unii="AAAAAAAAAA", substance="NEWDRUGINE")
    return Extract(_SOURCE, (product, *rows))


def _store(extract: Extract, **options: object) -> ox.Store:
    store = ox.Store()
    store.load(claims.claims(extract, **options), ox.RdfFormat.N_QUADS)  # type: ignore[arg-type]
    return store


def _one(row: Observation) -> dict[str, str]:
    solutions = _store(_extract(row)).query(_FOUND)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    (found,) = solutions
    terms = {name: found[name] for name in names}
    return {
        name: term.value
        for name, term in terms.items()
        if isinstance(term, ox.NamedNode | ox.Literal)
    }


def test_a_percentage_of_a_known_arm_is_a_proportion() -> None:
    found = _one(_row(percent=Decimal(5), count=10))
    assert (found["proportion"], found["count"], found["size"]) == ("0.05", "10", "200")
    assert "lower" not in found


def test_less_than_one_percent_is_an_interval_and_never_a_figure() -> None:
    found = _one(_row(percent=Decimal(1), bound="<", raw="<1%"))
    assert "proportion" not in found
    assert (found["lower"], found["upper"], found["toUpper"]) == ("0", "0.01", "false")


def test_a_count_beside_a_bound_is_kept() -> None:
    found = _one(_row(percent=Decimal(1), bound="<", count=1, raw="1 (<1%)"))
    assert (found["count"], found["size"], found["upper"]) == ("1", "200", "0.01")


def test_a_percentage_of_an_arm_of_unknown_size_is_a_point() -> None:
    found = _one(_row(percent=Decimal(5), denominator=None))
    assert "proportion" not in found
    assert (found["lower"], found["upper"]) == ("0.05", "0.05")


def test_a_band_has_its_category_and_no_arm() -> None:
    row = _row(
        raw="Common (may affect up to 1 in 10 people)",
        arm="",
        denominator=None,
        category=DKG + "PILCommon",
        lower=Decimal(0),
        lower_inclusive=False,
        upper=Decimal("0.1"),
        upper_inclusive=True,
    )
    found = _one(row)
    assert found["category"] == DKG + "PILCommon"
    assert (found["fromLower"], found["toUpper"]) == ("false", "true")
    assert "arm" not in found


def test_a_claim_is_read_by_machine_and_stands_in_the_graph_of_its_document() -> None:
    found = _one(_row(percent=Decimal(5)))
    assert found["agent"] == "automated_agent"
    assert found["graph"] == GRAPH + found["source"].removeprefix(SRC).join(("read/", ""))
    assert (found["table"], found["row"], found["column"]) == ("Table 1", "2", "2")
    assert found["stated"] == "5%"


def test_rows_of_one_effect_share_a_claim_and_keep_their_own_frequencies() -> None:
    rows = (_row(percent=Decimal(5)), _row(percent=Decimal(1), column=3, arm="Placebo"))
    store = _store(_extract(*rows))
    frequencies = store.quads_for_pattern(None, ox.NamedNode(DKG + "frequency"), None)
    assert len({quad.subject for quad in frequencies}) == 1
    assert len(list(store.quads_for_pattern(None, ox.NamedNode(DKG + "statedBy"), None))) == 2


def test_a_lost_row_is_an_error() -> None:
    with pytest.raises(LostRowsError, match="2 rows became 1"):
        claims.claims(_extract(_row(percent=Decimal(5)), _row(percent=Decimal(5))))


def test_the_same_rows_make_the_same_bytes() -> None:
    rows = (_row(percent=Decimal(5)), _row(percent=Decimal(1), column=3, arm="Placebo"))
    assert claims.claims(_extract(*rows)) == claims.claims(_extract(*reversed(rows)))


def test_a_newer_version_names_the_older() -> None:
    older = Source(document="0000-a", version="2", kind="spl")
    store = _store(_extract(_row(percent=Decimal(5))), earlier=older)
    (revision,) = store.quads_for_pattern(
        None, ox.NamedNode(PREFIXES["prov"] + "wasRevisionOf"), None
    )
    assert revision.object == ox.NamedNode(claims.source_iri(older))


def test_a_curated_product_is_used_and_not_described_again() -> None:
    store = _store(_extract(_row(percent=Decimal(5))), known=lambda *_: ID + "kesimpta")
    product = ox.NamedNode(ID + "kesimpta")
    assert list(store.quads_for_pattern(None, ox.NamedNode(DKG + "aboutProduct"), product))
    assert not list(store.quads_for_pattern(product, None, None))


def test_capitals_that_begin_a_name_do_not_make_another_effect() -> None:
    assert canonical("Muscle Spasms") == "muscle spasms"
    assert canonical("ALT increased") == "ALT increased"


class _Terms:
    def __init__(self, term: Term) -> None:
        self._term = term

    def find(self, words: str) -> Term | None:
        return self._term if words == "Rash" else None


def test_an_effect_that_is_curated_is_that_very_term() -> None:
    rash = Term(ID + "rash", "rash", "", Decimal(1), "kg/facts")
    store = _store(_extract(_row(percent=Decimal(5))), terms=_Terms(rash))
    (quad,) = store.quads_for_pattern(None, ox.NamedNode(DKG + "effect"), None)
    assert quad.object == ox.NamedNode(ID + "rash")
    assert not list(store.quads_for_pattern(ox.NamedNode(ID + "rash"), None, None))


def test_an_effect_that_matches_keeps_a_term_of_its_own_with_strength() -> None:
    match = Term(PREFIXES["obo"] + "HP_0000988", "Skin rash", "closeMatch", Decimal("0.7"), "HPO")
    store = _store(_extract(_row(percent=Decimal(5))), terms=_Terms(match))
    (link,) = store.quads_for_pattern(None, ox.NamedNode(PREFIXES["skos"] + "closeMatch"), None)
    assert link.object == ox.NamedNode(PREFIXES["obo"] + "HP_0000988")
    confidence = ox.NamedNode(DKG + "mappingConfidence")
    (stated,) = store.quads_for_pattern(link.subject, confidence, None)
    assert str(stated.object).startswith('"0.7"')


def test_the_shapes_accept_every_kind_of_row(tmp_path: Path) -> None:
    rows = (
        _row(percent=Decimal(5), count=10),
        _row(percent=Decimal(1), bound="<", raw="<1%", row=3),
        _row(percent=Decimal(99), bound="\u2265", raw="\u226599%", row=4),
        _row(percent=Decimal(5), denominator=None, row=5, severity="Grade 3"),
        _row(
            raw="Common",
            arm="",
            denominator=None,
            row=6,
            category=DKG + "CIOMSCommon",
            lower=Decimal("0.01"),
            lower_inclusive=True,
            upper=Decimal("0.1"),
            upper_inclusive=False,
            population="children",
        ),
        _row(raw="Not known", arm="", denominator=None, row=7, category=DKG + "CIOMSNotKnown"),
        _row(effect="cefalea", language="es", percent=Decimal(5), row=8),
        _row(effect="Any reaction", percent=Decimal(5), row=9),
    )
    quads = ox.parse(claims.claims(_extract(*rows)), format=ox.RdfFormat.N_QUADS)
    file = tmp_path / "facts" / "read" / "a.ttl"
    file.parent.mkdir(parents=True)
    for terms in ("machine-read", "frequency-schemes", "organisations", "evidence-types"):
        name = f"{terms}.ttl"
        (file.parent / name).write_bytes((paths.FACTS / "terms" / name).read_bytes())
    file.write_bytes(
        ox.serialize([quad.triple for quad in quads], format=ox.RdfFormat.TURTLE) or b""
    )
    ontology = load_ontology(Inputs().ontology)
    facts = skolemise(load_facts(tmp_path / "facts"), frozenset())
    documents = (skolemise_ontology(ontology), *facts.documents)
    report = validate(documents, load_shapes(Inputs().ontology))
    assert [str(each) for each in report.violations if each.file.endswith("a.ttl")] == []


def test_nothing_is_linked_by_half_a_name() -> None:
    assert Lookup(()).find("rash") is None
