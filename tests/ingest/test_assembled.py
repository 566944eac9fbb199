"""Ask whether what was read in bulk can be served, told apart, and holds to the shapes."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from kg import paths
from kg.errors import NoReuseError, UnreadableSourceError
from kg.ingest import assembled, bulk, claims, sider
from kg.paths import Inputs
from kg.release import Manifest
from kg.skolem import skolemise, skolemise_ontology
from kg.store import open_store
from kg.turtle import load_facts, load_ontology
from kg.vocabulary import Vocabulary, check_vocabulary, functional

Shared = Callable[[str], Path]

_LABEL = paths.DOCS / "examples" / "label.xml"


def _read(where: Path, kind: str, out: Path, *, is_linked: bool) -> Path:
    tasks, _ = bulk.plan(bulk.files(where, kind), kind, is_linked=is_linked)
    bulk.run(tasks, out, bulk.local(1), lambda _: None)
    return out


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[FlaskClient, Path]:
    """Return a client of a release with one made-up label, and the directory of the release."""
    where = tmp_path_factory.mktemp("assembled")
    part = _read(_LABEL, "spl", where / "read", is_linked=False)
    assembled.assemble([part], where / "release", lambda _: None, is_checked=False)
    settings = Settings(release=where / "release")
    return create_app(settings, open_store(settings.release)).test_client(), settings.release


def _document(client: FlaskClient) -> str:
    drugs = client.get("/drugs").get_json()["drugs"]
    (path,) = [each["document"] for each in drugs if each["@id"].startswith("id:spl-")]
    return str(path)


def test_a_label_that_was_read_has_a_page_beside_curated_medicines(
    served: tuple[FlaskClient, Path],
) -> None:
    client, _ = served
    labels = {each["@id"] for each in client.get("/drugs").get_json()["drugs"]}
    assert "id:kesimpta" in labels
    page = client.get(_document(client) + ".html")
    assert page.status_code == 200
    assert "Read by a program, not yet by a curator" in page.text


def test_every_claim_of_the_label_says_that_a_program_read_it(
    served: tuple[FlaskClient, Path],
) -> None:
    client, _ = served
    found = client.get(_document(client)).get_json()
    lines = [
        line
        for section in ("indications", "cautions", "sideEffects")
        for claim in found[section]
        for line in claim["hasEvidenceLine"]
    ]
    assert lines
    assert {line["agentType"] for line in lines} == {"automated_agent"}


def test_rules_derive_from_what_was_read(served: tuple[FlaskClient, Path]) -> None:
    client, _ = served
    query = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
        ASK { GRAPH <https://w3id.org/drugkg/graph/derived> { ?product dkg:hasSideEffect ?effect }
              GRAPH ?graph { ?product a dkg:MedicinalProduct }
              FILTER STRSTARTS(STR(?graph), "https://w3id.org/drugkg/graph/read/") }"""
    answer = client.get("/sparql", query_string={"query": query})
    assert answer.get_json()["boolean"] is True


def test_the_release_names_its_parts_and_is_no_build_of_the_facts(
    served: tuple[FlaskClient, Path],
) -> None:
    _, release = served
    manifest = Manifest.read(release)
    assert manifest.inputs == {}
    assert sum(graph.startswith(assembled.READ) for graph in manifest.graphs) == 1
    assert len(json.loads((release / assembled.PARTS).read_bytes())["sha256"]) == 1


def test_what_may_not_be_shared_is_refused(tmp_path: Path) -> None:
    line = "CID1\tCID2\tC0\t\t1%\t0.01\t0.01\tPT\tC1\tGout\n"
    (extract,) = sider.extracts([line])
    (tmp_path / "sider.nq").write_bytes(claims.claims(extract))
    with pytest.raises(NoReuseError, match="NoReuse"):
        assembled.assemble([tmp_path / "sider.nq"], tmp_path / "out", lambda _: None)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<https://a> <https://b> <https://c> .\n", "not the graph of a document"),
        ("<https://a> <https://b> <https://c> <https://w3id.org/drugkg/graph/x> .", "not the gr"),
        ("<https://a> .\n", "cannot be read"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "part.nq").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableSourceError, match=reason):
        assembled.assemble([tmp_path / "part.nq"], tmp_path / "out", lambda _: None)


def test_a_directory_without_claims_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError, match="run drugkg ingest first"):
        assembled.assemble([tmp_path], tmp_path / "out", lambda _: None)


# Shapes and vocabulary


def _faults(part: Path, *, folders: str = "*") -> list[str]:
    """Return what breaks a shape or the vocabulary in *part*, beside curated facts of *folders*."""
    ontology = load_ontology(Inputs().ontology)
    facts = [each for each in load_facts(Inputs().facts) if Path(each.file).match(f"{folders}/*")]
    named = skolemise(facts, functional(ontology))
    ontology = skolemise_ontology(ontology)
    read = assembled.documents([part])
    vocabulary = Vocabulary.of(ontology, (*named.documents, *read), named.minted)
    found = (
        *check_vocabulary(vocabulary, ontology, read),
        *assembled.faults((ontology, *named.documents), read, Inputs()),
    )
    return [str(fault) for fault in found]


def test_a_claim_that_breaks_a_shape_is_named_by_graph_and_line(tmp_path: Path) -> None:
    part = _read(_LABEL, "spl", tmp_path / "read", is_linked=False) / bulk.CLAIMS
    kept = [quad for quad in assembled.quads(part) if "agent_type" not in quad.predicate.value]
    (tmp_path / "part.nq").write_bytes(ox.serialize(kept, format=ox.RdfFormat.N_QUADS) or b"")
    found = _faults(tmp_path / "part.nq", folders="terms")
    assert found
    assert all(fault.startswith(assembled.READ) and "agent_type" in fault for fault in found)


def test_what_is_read_from_real_documents_meets_every_shape(shared: Shared, tmp_path: Path) -> None:
    documents = {
        "spl": ("spl/humira.xml", "spl/Remdesivir-2020-10.xml", "spl/lipitor-orig.xml"),
        "leaflet": ("leaflets/extavia.fsh", "leaflets/aubagio.fsh"),
        "epi": ("fhir-epi/04298002.xml",),
    }
    part = tmp_path / "all.nq"
    with part.open("wb") as file:
        for kind, names in documents.items():
            (tmp_path / kind).mkdir()
            for name in names:
                copy = tmp_path / kind / Path(name).name
                copy.write_bytes(shared(name).read_bytes())
            read = _read(tmp_path / kind, kind, tmp_path / f"read-{kind}", is_linked=True)
            file.write(gzip.decompress((read / bulk.CLAIMS).read_bytes()))
    assert _faults(part) == []
