"""The mappings as SSSOM/TSV: what the specification asks for, and nothing lost on the way.

The SSSOM toolkit reads the file in tests/exports/test_rdf.py.
"""

import csv
import hashlib
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyoxigraph as ox
import pytest
import yaml

from kg.errors import FactsError
from kg.release import Manifest
from kg.sssom import MAPPINGS, NAME, table
from kg.terms import PREFIXES, RDF

# SSSOM 1.1, class Mapping: the slots that are used, in the order of the schema
SLOTS: Final = (
    *("record_id", "subject_id", "subject_label", "predicate_id", "object_id", "object_label"),
    *("mapping_justification", "confidence", "comment"),
)
REQUIRED: Final = ("record_id", "subject_id", "predicate_id", "object_id", "mapping_justification")
CURIES: Final = (*REQUIRED, "ext_replaced_by")
PROLOGUE: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
MAPPING: Final = """id:m a sssom:Mapping ; sssom:subject_id id:thing ; sssom:object_id {} ;
    sssom:predicate_id skos:exactMatch ; sssom:mapping_justification semapv:ManualMappingCuration ;
    dkg:note "a \\t tab, a \\n line and \\"quotes\\"" ."""


class Table(NamedTuple):
    metadata: dict[str, Any]
    columns: tuple[str, ...]
    rows: list[dict[str, str]]


def read(content: bytes) -> Table:
    """Read SSSOM/TSV: metadata as YAML in lines that begin with #, then a table."""
    lines = content.decode().splitlines(keepends=True)
    header = [line for line in lines if line.startswith("#")]
    assert lines[: len(header)] == header
    metadata = yaml.safe_load("".join(line[1:] for line in header))
    reader = csv.DictReader(lines[len(header) :], dialect="excel-tab", strict=True)
    rows = list(reader)
    return Table(metadata, tuple(reader.fieldnames or ()), rows)


def graph(*objects: str) -> ox.Store:
    store = ox.Store()
    for number, identifier in enumerate(objects):
        turtle = PROLOGUE + MAPPING.format(identifier).replace("id:m ", f"id:m{number} ")
        store.load(turtle, ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(MAPPINGS))
    return store


@pytest.fixture(scope="module")
def mappings(release: Path) -> Table:
    return read((release / NAME).read_bytes())


def test_the_metadata_say_what_the_set_is(mappings: Table) -> None:
    metadata = mappings.metadata
    assert metadata["mapping_set_id"] == MAPPINGS
    assert metadata["license"].startswith("https://creativecommons.org/licenses/by/")
    assert metadata["sssom_version"] == "1.1"
    assert metadata["mapping_set_version"]
    assert metadata["creator_label"] == ["The DrugKG authors"]


def test_each_column_is_a_slot_or_is_defined(mappings: Table) -> None:
    defined = [extension["slot_name"] for extension in mappings.metadata["extension_definitions"]]
    assert mappings.columns == (*SLOTS, *defined)
    for extension in mappings.metadata["extension_definitions"]:
        assert extension["slot_name"].startswith("ext_")
        for meaning in (extension["property"], extension["type_hint"]):
            assert meaning.partition(":")[0] in mappings.metadata["curie_map"]


def test_each_row_is_a_mapping(mappings: Table) -> None:
    predicates = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}
    for row in mappings.rows:
        assert all(row[slot] for slot in REQUIRED)
        assert row["predicate_id"] in predicates
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert 0 < float(row["confidence"]) <= 1
    assert len({row["record_id"] for row in mappings.rows}) == len(mappings.rows)


def expanded(mappings: Table, curie: str) -> str:
    assert re.fullmatch(r"[\w.]+:[\w.-]+", curie)
    prefix, _, local = curie.partition(":")
    return str(mappings.metadata["curie_map"][prefix]) + local


def test_each_identifier_can_be_expanded_and_none_is_lost(mappings: Table, quads: ox.Store) -> None:
    written = {
        tuple(expanded(mappings, row[slot]) for slot in REQUIRED[:-1]) for row in mappings.rows
    }
    sssom = PREFIXES["sssom"]
    nodes = quads.quads_for_pattern(
        None, ox.NamedNode(RDF + "type"), ox.NamedNode(sssom + "Mapping")
    )
    for node in (quad.subject for quad in nodes):
        parts = [
            next(quads.quads_for_pattern(node, ox.NamedNode(sssom + slot), None)).object
            for slot in REQUIRED[1:-1]
        ]
        assert all(isinstance(part, ox.NamedNode) for part in (node, *parts))
        assert tuple(str(part)[1:-1] for part in (node, *parts)) in written
    assert len(written) == len(mappings.rows) > 70
    for row in mappings.rows:
        assert all(expanded(mappings, row[slot]) for slot in CURIES if row[slot])


def test_a_superseded_code_stays_with_its_dates(mappings: Table) -> None:
    codes = {row["object_id"]: row for row in mappings.rows if row["object_id"].startswith("atc:")}
    old, new = codes["atc:L04AA52"], codes["atc:L04AG12"]
    assert (old["ext_valid_until"], old["ext_replaced_by"]) == ("2024-05-20", new["record_id"])
    assert (new["ext_valid_from"], new["ext_replaced_by"]) == ("2024-05-20", "")
    assert old["subject_id"] == new["subject_id"] == "id:ofatumumab"


def test_terms_carry_the_labels_of_both_ends(mappings: Table) -> None:
    (row,) = (row for row in mappings.rows if row["object_id"] == "CHEBI:68540")
    assert (row["subject_label"], row["object_label"]) == ("teriflunomide", "teriflunomide")


def test_the_table_is_an_output_of_the_release(release: Path) -> None:
    digest = hashlib.sha256((release / NAME).read_bytes()).hexdigest()
    assert Manifest.read(release).outputs[NAME] == digest


def test_the_order_of_the_quads_does_not_matter() -> None:
    store = graph("obo:MONDO_1", "obo:MONDO_2", "<http://id.nlm.nih.gov/mesh/D1>")
    other = ox.Store()
    other.extend(reversed(list(store)))
    assert table(store, "1") == table(other, "1")
    rows = read(table(store, "1")).rows
    assert [row["object_id"] for row in rows] == ["MONDO:1", "MONDO:2", "mesh:D1"]


def test_any_text_comes_back_from_the_table() -> None:
    (row,) = read(table(graph("obo:MONDO_1"), "1")).rows
    assert row["comment"] == 'a \t tab, a \n line and "quotes"'


def test_an_identifier_without_a_prefix_is_refused() -> None:
    with pytest.raises(FactsError, match=r"<http://example\.org/1>: has no prefix"):
        table(graph("<http://example.org/1>"), "1")


def test_without_mappings_the_table_has_no_rows() -> None:
    empty = read(table(ox.Store(), "1"))
    assert empty.columns[: len(SLOTS)] == SLOTS
    assert empty.rows == []
