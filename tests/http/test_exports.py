"""Are exports and dumps served with what lets a reader check them?"""

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from api import create_app
from api.config import Settings
from kg.exports import registry, schema_org
from kg.exports.claims import Release
from kg.store import Store
from tests.http.conftest import Check

DCAT = "http://www.w3.org/ns/dcat#"


def test_the_list_leads_to_every_file_with_its_checksum(client: FlaskClient) -> None:
    about = client.get("/exports").get_json()
    assert [each["format"] for each in about["exports"]] == list(registry.NAMES)
    assert "not medical advice" in about["note"]
    for export in about["exports"]:
        names = {each["name"] for each in export["files"]}
        assert "report.json" in names
        for file in export["files"]:
            response = client.get(file["address"])
            assert response.status_code == 200
            assert response.mimetype == file["mediaType"]
            assert len(response.data) == file["bytes"]
            assert hashlib.sha256(response.data).hexdigest() == file["sha256"]
        whole = client.get(export["address"])
        assert whole.mimetype == export["mediaType"]
        if whole.mimetype == "application/zip":
            assert set(zipfile.ZipFile(io.BytesIO(whole.data)).namelist()) == names


def test_an_export_says_what_it_is_called_and_may_be_cached(client: FlaskClient) -> None:
    response = client.get("/exports/fhir")
    assert response.content_type == "application/fhir+json"
    assert response.headers["Content-Disposition"] == 'attachment; filename="bundle.fhir.json"'
    assert 'rel="license"' in response.headers["Link"]
    again = client.get("/exports/fhir", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        *("/exports/xml", "/exports/kgx/graph.xml", "/exports/kgx/..%2Freport.json"),
        *("/dumps/passwords", "/dumps/oxigraph", "/fhir/StructureDefinition/colour"),
    ],
)
def test_what_is_not_exported_is_a_problem(client: FlaskClient, problem: Check, path: str) -> None:
    response = client.get(path)
    if "%2F" in path:  # a path of more parts, which no route has
        problem(response, 404)
    else:
        members = problem(response, 404, "unknown-export")
        assert "there are: " in members["detail"]


def test_dumps_are_the_files_of_the_release(client: FlaskClient, release: Path) -> None:
    about = client.get("/dumps/").get_json()
    names = {each["name"] for each in about["dumps"]}
    indexes = {"names.sqlite"}  # made from the graph, as the database is
    files = {path.name for path in release.iterdir() if path.is_file() and path.name[0] != "."}
    assert names == files - indexes
    sums = client.get("/dumps/SHA256SUMS").text
    part = client.get("/dumps/drugkg.nq.gz", headers={"Range": "bytes=0-1"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"\x1f\x8b")
    for each in about["dumps"]:
        content = client.get(each["address"], buffered=True).data
        assert content == (release / each["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
        assert f"{each['sha256']}  {each['name']}\n" in sums


def test_the_catalogue_describes_the_dumps_in_void_and_dcat(client: FlaskClient) -> None:
    response = client.get("/dumps/catalog", headers={"Accept": "text/turtle"})
    store = ox.Store()
    store.load(response.data, ox.RdfFormat.TURTLE)
    query = f"""PREFIX dcat: <{DCAT}> PREFIX spdx: <http://spdx.org/rdf/terms#>
        PREFIX void: <http://rdfs.org/ns/void#>
        SELECT ?dump ?size ?sum {{ ?set a void:Dataset, dcat:Dataset ; void:dataDump ?dump .
            ?dump dcat:byteSize ?size ; spdx:checksum/spdx:checksumValue ?sum }}"""
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    (row,) = found
    content = client.get("/dumps/drugkg.nq.gz", buffered=True).data
    assert row["dump"].value == "https://w3id.org/drugkg/dumps/drugkg.nq.gz"
    assert (int(row["size"].value), row["sum"].value) == (
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
    assert gzip.decompress(content).count(b"\n") > 20_000
    for name in ("jsonld", "nt", "ttl"):
        assert client.get("/dumps/catalog", query_string={"format": name}).status_code == 200


def test_without_a_release_there_are_no_dumps(small_store: Store, tmp_path: Path) -> None:
    client = create_app(Settings(release=tmp_path), small_store).test_client()
    assert client.get("/dumps/").get_json()["dumps"] == []
    assert client.get("/dumps/SHA256SUMS").text == ""


def test_without_the_library_only_parquet_is_missing(
    small_store: Store, problem: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    client = create_app(Settings(), small_store).test_client()
    members = problem(client.get("/exports/parquet"), 501, "missing-extra")
    assert "pip install 'drugkg[export]'" in members["detail"]
    listed = {each["format"]: each for each in client.get("/exports").get_json()["exports"]}
    assert [name for name, each in listed.items() if "missing" in each] == ["parquet"]


def test_n3_js_reads_the_triple_terms(client: FlaskClient, node_modules: Path) -> None:
    node = shutil.which("node")
    assert node
    content = client.get("/exports/rdf12").data
    script = node_modules.with_name("read-rdf12.mjs")
    read = subprocess.run([node, script], input=content, capture_output=True, check=True)
    found = json.loads(read.stdout)
    assert found == {"quads": content.count(b"\n"), "terms": content.count(b"<<( ")}
    assert found["terms"] > 50


def test_typescript_finds_each_property_where_schema_org_has_it(
    client: FlaskClient, store: Store, node_modules: Path, tmp_path: Path
) -> None:
    """Compile the document as a ``Graph`` of schema-dts; a Drug with a side effect is refused."""
    whole = client.get("/exports/schema-org").text
    drug = schema_org.medicine(Release.of(store), "https://w3id.org/drugkg/id/bonspri")[0]
    wrong = schema_org.document([drug | {"adverseOutcome": []}]).decode()
    head = 'import type { Graph } from "schema-dts";\nexport const graph: Graph = '
    (tmp_path / "whole.ts").write_text(f"{head}{whole};\n", encoding="utf-8")
    (tmp_path / "wrong.ts").write_text(f"{head}{wrong};\n", encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(node_modules)
    compiler = [str(node_modules / ".bin" / "tsc"), "--noEmit", "--strict", "--skipLibCheck"]
    modules = ["--module", "esnext", "--moduleResolution", "bundler", "--target", "esnext"]
    types = ["--types", "node"]
    compiled = subprocess.run(
        [*compiler, *modules, *types, "whole.ts", "wrong.ts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in compiled.stdout.splitlines() if "error" in line]
    assert len(errors) == 1, compiled.stdout[:2000]
    assert errors[0].startswith("wrong.ts(")
    assert "'\"adverseOutcome\"' does not exist in type 'DrugLeaf'" in errors[0]
