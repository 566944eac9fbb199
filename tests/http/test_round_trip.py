"""Does each document as JSON-LD hold the triples that it was made from, for any processor?"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from pyld import jsonld

from kg import paths
from kg.store import Store
from tests.http import documents

CONTEXT = paths.ONTOLOGY / "context.jsonld"
CLIENTS = Path(__file__).parents[1] / "clients"


@pytest.fixture(scope="module")
def trees(client: FlaskClient, store: Store) -> dict[str, Any]:
    """Return every document as JSON-LD."""
    return {path: json.loads(client.get(path).data) for path in documents.paths(store)}


@pytest.fixture(scope="module")
def made_from(client: FlaskClient, store: Store) -> dict[str, list[str]]:
    """Return for every document the triples that it was made from, in canonical form."""
    accept = {"Accept": "application/n-triples"}
    return {
        path: canonical(client.get(path, headers=accept).text) for path in documents.paths(store)
    }


def canonical(nquads: str) -> list[str]:
    dataset = ox.Dataset(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def only_ours(url: str, _options: Mapping[str, Any]) -> dict[str, Any]:
    assert url == "https://example.org/context/v1.jsonld"
    document = json.loads(CONTEXT.read_text(encoding="utf-8"))
    return {"contentType": None, "contextUrl": None, "documentUrl": url, "document": document}


def test_pyld_reads_what_each_document_was_made_from(
    trees: dict[str, Any], made_from: dict[str, list[str]]
) -> None:
    assert len(trees) > 1000
    for path, tree in trees.items():
        base = f"https://example.org{path}"
        options = {"base": base, "documentLoader": only_ours, "format": "application/n-quads"}
        assert canonical(jsonld.to_rdf(tree, options)) == made_from[path], path


def test_jsonld_js_reads_what_each_document_was_made_from(
    trees: dict[str, Any], made_from: dict[str, list[str]], node_modules: Path
) -> None:
    lines = (json.dumps({"path": path, "document": tree}) for path, tree in trees.items())
    node = shutil.which("node")
    assert node
    answer = subprocess.run(
        [node, str(node_modules.with_name("to-nquads.mjs")), str(CONTEXT)],
        input="\n".join(lines),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    read = {each["path"]: each["nquads"] for each in map(json.loads, answer.stdout.splitlines())}
    assert read.keys() == trees.keys()
    for path, nquads in read.items():
        assert canonical(nquads) == made_from[path], path
