"""Is the index of names that of the release, and small enough in what it looks at?"""

from pathlib import Path

import pyoxigraph as ox

from kg import names, search
from kg.store import EmbeddedStore, Store, open_store


def test_index_of_the_release_is_used(small_release: Path, small_store: Store) -> None:
    kept = names.open_names(small_store, small_release)
    assert kept.execute("PRAGMA database_list").fetchone()[2].endswith(names.FILE)
    fresh = names.open_names(small_store)
    query = "SELECT folded, name, iri FROM names ORDER BY id"
    assert kept.execute(query).fetchall() == fresh.execute(query).fetchall()


def test_index_of_another_dataset_is_not_used(small_release: Path, small_store: Store) -> None:
    manifest = small_store.manifest
    other = EmbeddedStore(ox.Store(), type(manifest)(**{**vars(manifest), "outputs": {}}))
    assert names.open_names(other, small_release).execute("SELECT * FROM names").fetchall() == []


def test_damaged_index_is_made_anew(small_release: Path, tmp_path: Path) -> None:
    (tmp_path / names.FILE).write_bytes(b"not a database")
    index = search.Index(open_store(small_release, "memory"), tmp_path)
    assert index.find("testomab")[0].score == 100


def test_entity_is_found_by_iri_and_class(small_store: Store) -> None:
    index = search.Index(small_store)
    found = index.get("https://w3id.org/drugkg/id/testomab")
    assert found is not None
    assert found.label == "Testomab"
    assert found in index.of_type("https://w3id.org/drugkg/vocab#MedicinalProduct", 10)
    assert found.kinds[0] in index.kinds()
    assert index.get("https://w3id.org/drugkg/id/nothing") is None
    index.forget()
    assert index.find("testom")[0].entity == found
