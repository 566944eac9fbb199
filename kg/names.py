"""Index the names of all entities in SQLite, in a file beside a release or on the way to one."""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.store import BASE, Store
from kg.terms import DCTERMS, DKG, RDF, RDFS

FILE: Final = "names.sqlite"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_LABEL: Final = ox.NamedNode(RDFS + "label")
_TYPE: Final = ox.NamedNode(RDF + "type")
_SUBCLASS: Final = ox.NamedNode(RDFS + "subClassOf")
_SUBJECT: Final = ox.NamedNode("https://w3id.org/sssom/subject_id")
_SUBSTANCE: Final = ox.NamedNode(DKG + "hasActiveSubstance")
_NAMES: Final = (_LABEL, ox.NamedNode(_SKOS + "altLabel"), ox.NamedNode(_SKOS + "prefLabel"))
_CODES: Final = (ox.NamedNode(_SKOS + "notation"), ox.NamedNode(DCTERMS + "identifier"))

# Rows stand in the order of length, so that the first that are found are those that fit best.
_SCHEMA: Final = """
    CREATE TABLE about (dataset TEXT);
    CREATE TABLE entities (iri TEXT PRIMARY KEY, label TEXT, kinds TEXT, types TEXT) WITHOUT ROWID;
    CREATE TABLE types (type TEXT, iri TEXT, PRIMARY KEY (type, iri)) WITHOUT ROWID;
    CREATE TABLE names (id INTEGER PRIMARY KEY, folded TEXT, name TEXT, iri TEXT);
    CREATE VIRTUAL TABLE words USING fts5(folded, content='', tokenize="unicode61 tokenchars '_'");
    CREATE VIRTUAL TABLE trigrams USING fts5(folded, content='', tokenize=trigram);
    CREATE VIRTUAL TABLE frequencies USING fts5vocab(trigrams, row);
    CREATE TEMP TABLE found (folded TEXT, name TEXT, iri TEXT);
    CREATE TEMP TABLE labels (iri TEXT, label TEXT);
    CREATE TEMP TABLE stated (iri TEXT, kind TEXT);
"""
_FILL: Final = """
    INSERT INTO names (folded, name, iri)
        SELECT DISTINCT folded, name, iri FROM found WHERE iri IN (SELECT iri FROM entities)
        ORDER BY length(folded), folded, name, iri;
    INSERT INTO words (rowid, folded) SELECT id, folded FROM names;
    INSERT INTO trigrams (rowid, folded) SELECT id, folded FROM names;
    CREATE INDEX start ON names (folded);
    DROP TABLE found;
    DROP TABLE labels;
    DROP TABLE stated;
"""
_ORDER: Final = """
    CREATE INDEX temp.by_label ON labels (iri, label);
    CREATE INDEX temp.by_kind ON stated (iri, kind);
"""
_LABELLED: Final = """
    SELECT iri, label, kind FROM stated
    JOIN (SELECT iri, min(label) AS label FROM labels GROUP BY iri) USING (iri)
    WHERE label != '' GROUP BY iri, kind ORDER BY iri, kind
"""


def open_names(store: Store, release: Path | None = None) -> sqlite3.Connection:
    """Return the index of the names in *store*: that of *release* if it fits, else a new one.

    A new one lies in a temporary file of SQLite's own, which goes when it is closed.
    """
    file = release / FILE if release else None
    if file is not None and file.is_file():
        kept = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        try:
            (dataset,) = kept.execute("SELECT dataset FROM about").fetchone()
        except (sqlite3.Error, TypeError):
            dataset = None
        if dataset == _dataset(store):
            return kept
        kept.close()
    fresh = sqlite3.connect("", check_same_thread=False)
    _fill(fresh, store)
    return fresh


def write(store: Store, directory: Path) -> None:
    """Write the index of the names in *store* to *directory*."""
    connection = sqlite3.connect(directory / FILE)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    _fill(connection, store)
    connection.execute("VACUUM")
    connection.close()


def fold(text: str) -> str:
    """Return *text* without case, accents and signs, with single spaces between its words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(re.findall(r"\w+", letters))


def _dataset(store: Store) -> str:
    return store.manifest.outputs.get("drugkg.nq", "")


def _fill(connection: sqlite3.Connection, store: Store) -> None:
    connection.executescript(_SCHEMA)
    connection.execute("INSERT INTO about VALUES (?)", (_dataset(store),))
    connection.executemany("INSERT INTO labels VALUES (?, ?)", _labels(store))
    connection.executemany("INSERT INTO stated VALUES (?, ?)", _links(store, _TYPE))
    connection.executescript(_ORDER)
    above = _above(store)
    rows = connection.execute(_LABELLED)
    for (iri, label), several in groupby(rows, key=lambda row: row[:2]):
        kinds = [kind for _, _, kind in several]
        types = sorted(set(kinds).union(*(above.get(kind, ()) for kind in kinds)))
        entity = (iri, label, " ".join(kinds), " ".join(types))
        connection.execute("INSERT INTO entities VALUES (?, ?, ?, ?)", entity)
        connection.executemany("INSERT INTO types VALUES (?, ?)", ((each, iri) for each in types))
    found = ((fold(name), name, iri) for iri, name in _named(store))
    connection.executemany("INSERT INTO found VALUES (?, ?, ?)", found)
    connection.executescript(_FILL)
    connection.commit()


def _labels(store: Store) -> Iterator[tuple[str, str]]:
    for quad in store.quads(None, _LABEL):
        literal = quad.object
        if not isinstance(quad.subject, ox.NamedNode) or not isinstance(literal, ox.Literal):
            continue
        if literal.language in {"en", None}:
            yield quad.subject.value, literal.value


def _named(store: Store) -> Iterator[tuple[str, str]]:
    """Yield the IRI of each entity with each of its names and codes."""
    for predicate in (*_NAMES, *_CODES):
        for iri, name in _texts(store, predicate):
            yield iri, name
            if predicate == _LABEL and not iri.startswith(BASE):
                # obo:MONDO_0005314 is known as MONDO:0005314
                yield iri, re.split("[/#]", iri)[-1].replace("_", ":")
    yield from _codes(store)


def _codes(store: Store) -> Iterator[tuple[str, str]]:
    """Yield the IRI of each entity with each code that is known of it without its prefix."""
    codes: dict[str, set[str]] = {}
    for predicate in _CODES:
        for iri, name in _texts(store, predicate):
            codes.setdefault(iri, set()).add(name.rpartition(":")[2])
    for mapping, subject in _links(store, _SUBJECT):
        if mapping in codes:
            codes.setdefault(subject, set()).update(codes[mapping])
    for product, substance in _links(store, _SUBSTANCE):  # its codes find its products
        if substance in codes:
            codes.setdefault(product, set()).update(codes[substance])
    for iri, found in codes.items():
        yield from ((iri, code) for code in found)


def _texts(store: Store, predicate: ox.NamedNode) -> Iterator[tuple[str, str]]:
    for quad in store.quads(None, predicate):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            yield quad.subject.value, quad.object.value


def _links(store: Store, predicate: ox.NamedNode) -> Iterator[tuple[str, str]]:
    for quad in store.quads(None, predicate):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            yield quad.subject.value, quad.object.value


def _above(store: Store) -> dict[str, set[str]]:
    direct: dict[str, set[str]] = {}
    for below, parent in _links(store, _SUBCLASS):
        direct.setdefault(below, set()).add(parent)
    above: dict[str, set[str]] = {}
    for each in direct:
        waiting, seen = [each], set[str]()
        while waiting:
            fresh = direct.get(waiting.pop(), set()) - seen
            seen |= fresh
            waiting += fresh
        above[each] = seen
    return above
