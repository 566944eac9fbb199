"""RDF 1.2, nanopublications, schema.org and SSSOM, each read by a tool that is not ours."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest

from kg.exports import nanopublications, rdf12, schema_org
from kg.exports.claims import Release
from kg.terms import DKG

Files = Callable[[str], Path]
ID: Final = "https://w3id.org/drugkg/id/"
VOCABULARY: Final[dict[str, dict[str, list[str]]]] = json.loads(
    (Path(__file__).parent / "data" / "schema-org.json").read_bytes()
)
pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that read the files


def test_without_its_triple_terms_the_dump_is_the_release(whole: Release, written: Files) -> None:
    quads = set(ox.parse((written("rdf12") / rdf12.QUADS).read_bytes(), ox.RdfFormat.N_QUADS))
    reified = {quad for quad in quads if quad.predicate == rdf12.REIFIES}
    assert quads - reified == set(whole.graph.quads)
    assert reified
    assert {quad.graph_name for quad in reified} == {rdf12.REIFIED_GRAPH}


def test_a_claim_can_be_asked_for_by_the_edge_that_it_reifies(written: Files) -> None:
    store = ox.Store()
    store.load((written("rdf12") / rdf12.QUADS).read_bytes(), ox.RdfFormat.N_QUADS)
    query = f"""PREFIX dkg: <{DKG}> PREFIX id: <{ID}>
        PREFIX obo: <http://purl.obolibrary.org/obo/>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT DISTINCT ?words WHERE {{
            ?claim rdf:reifies <<( id:kesimpta dkg:hasSideEffect obo:OAE_0000366 )>> ;
                dkg:frequency/dkg:asStated ?words }}"""
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    assert "11%" in {row["words"].value for row in found}


def test_every_derived_edge_has_the_claim_that_states_it(whole: Release, written: Files) -> None:
    quads = ox.parse((written("rdf12") / rdf12.QUADS).read_bytes(), ox.RdfFormat.N_QUADS)
    named = {quad.object for quad in quads if quad.predicate == rdf12.REIFIES}
    edges = {predicate for _, predicate in rdf12.EDGES.values()}
    derived = {quad.triple for quad in whole.graph.quads if quad.predicate in edges}
    assert derived <= named
    denied = ox.Triple(
        ox.NamedNode(ID + "kesimpta"),
        ox.NamedNode(DKG + "hasSideEffect"),
        ox.NamedNode(ID + "decreased-igg"),
    )
    assert denied in named - derived  # named by the claim that denies it, and not stated


def test_each_claim_is_a_valid_nanopublication(whole: Release, written: Files) -> None:
    from nanopub.nanopub import Nanopub  # noqa: PLC0415
    from rdflib import ConjunctiveGraph  # noqa: PLC0415

    blocks = published(written("nanopub") / nanopublications.NAME)
    assert len(blocks) == len(whole.claims)
    for quads in blocks.values():
        graph = ConjunctiveGraph()
        graph.parse(data="".join(f"{quad} .\n" for quad in quads), format="nquads")
        publication = Nanopub(rdf=graph)
        assert publication.is_valid
        assert publication.metadata.signature is None  # they are not signed, and say so nowhere


def published(path: Path) -> dict[str, list[ox.Quad]]:
    """Return the quads of each nanopublication, by the IRI before the # of its graphs."""
    found: dict[str, list[ox.Quad]] = {}
    for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, ox.NamedNode)
        found.setdefault(quad.graph_name.value.partition("#")[0], []).append(quad)
    return found


def test_a_nanopublication_without_provenance_is_not_valid(written: Files) -> None:
    from nanopub.nanopub import Nanopub  # noqa: PLC0415
    from nanopub.utils import MalformedNanopubError  # noqa: PLC0415
    from rdflib import ConjunctiveGraph  # noqa: PLC0415

    quads = next(iter(published(written("nanopub") / nanopublications.NAME).values()))
    kept = [quad for quad in quads if not str(quad.graph_name).endswith("#provenance>")]
    graph = ConjunctiveGraph()
    graph.parse(data="".join(f"{quad} .\n" for quad in kept), format="nquads")
    with pytest.raises(MalformedNanopubError, match="provenance"):
        assert Nanopub(rdf=graph).is_valid


def test_an_assertion_and_its_provenance_give_the_claim_back(
    whole: Release, written: Files
) -> None:
    blocks = published(written("nanopub") / nanopublications.NAME)
    for claim in whole.claims:
        quads = blocks[nanopublications.BASE + claim.name]
        found = {quad.triple for quad in quads if not str(quad.graph_name).endswith("#pubinfo>")}
        for part in (claim.iri, *(line.iri for line in claim.evidence)):
            for predicate, value in whole.graph.facts(part):
                triple = ox.Triple(ox.NamedNode(part), ox.NamedNode(predicate), value)
                assert triple in found, triple
        for frequency in claim.frequencies:
            stated = ox.Literal(frequency.words, language="en")
            assert any(
                t.object == stated or t.object.value == frequency.words
                for t in found
                if isinstance(t.object, ox.Literal)
            )


def test_each_property_stands_where_schema_org_has_it(written: Files) -> None:
    document = json.loads((written("schema-org") / schema_org.NAME).read_bytes())
    seen = set()
    for node in nodes(document["@graph"]):
        if "@type" not in node:
            assert list(node) == ["@id"]
            continue
        allowed = properties(node["@type"])
        for key in node.keys() - {"@id", "@type"}:
            assert key in allowed, (node["@type"], key)
            seen.add((node["@type"], key))
    assert ("MedicalTherapy", "adverseOutcome") in seen
    assert ("Drug", "adverseOutcome") not in seen
    assert "adverseOutcome" not in properties("Drug")


def properties(kind: str) -> set[str]:
    above = VOCABULARY[kind]["above"]
    return set(VOCABULARY[kind]["properties"]).union(*(properties(each) for each in above))


def nodes(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    match value:
        case dict():
            yield value
            for each in value.values():
                yield from nodes(each)
        case list():
            for each in value:
                yield from nodes(each)


def test_a_figure_of_schema_org_keeps_words_bounds_and_denominator(written: Files) -> None:
    document = json.loads((written("schema-org") / schema_org.NAME).read_bytes())
    figures = {
        node.get("description"): node
        for node in nodes(document["@graph"])
        if node.get("@type") == "PropertyValue" and "@id" in node
    }
    assert figures["11%"]["value"] == 0.11
    more = {each["name"]: each["value"] for each in figures["11%"]["valueReference"]}
    assert more["denominator"] == 946
    page = figures["affecting more than 1 person in 100"]
    more = {each["name"]: each["value"] for each in page["valueReference"]}
    assert (page["minValue"], more["lower bound is included"]) == (0.01, False)
    assert "value" not in page


def test_what_is_denied_is_no_outcome_of_schema_org(written: Files) -> None:
    document = json.loads((written("schema-org") / schema_org.NAME).read_bytes())
    (therapy,) = (n for n in document["@graph"] if n["@id"] == f"{ID}kesimpta#therapy")
    outcomes = {each["@id"] for each in therapy["adverseOutcome"]}
    assert "http://purl.obolibrary.org/obo/OAE_0000366" in outcomes
    assert f"{ID}decreased-igg" not in outcomes
    denied = [n for n in document["@graph"] if n.get("abstract", "").startswith("Denied: ")]
    assert len(denied) > 10


def test_mappings_are_valid_by_the_sssom_toolkit(written: Files) -> None:
    from sssom.constants import SchemaValidationType  # noqa: PLC0415
    from sssom.parsers import parse_sssom_table  # noqa: PLC0415
    from sssom.validators import validate  # noqa: PLC0415

    table = parse_sssom_table(str(written("sssom") / "mappings.sssom.tsv"))
    assert len(table.df) > 70
    kinds = [
        SchemaValidationType.JsonSchema,
        SchemaValidationType.PrefixMapCompleteness,
        SchemaValidationType.StrictCurieFormat,
    ]
    for kind, report in validate(table, kinds).items():
        assert report.results == [], kind
