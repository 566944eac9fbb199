"""Write what was read from one document as a file of facts, to be committed beside curated ones.

``python -m kg.ingest.facts leaflet avonex.fsh avonex > kg/facts/avonex/read-leaflet-eu-2022.ttl``
"""

import sys
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.ingest import claims, lookup, rows
from kg.ingest.partition import READERS
from kg.terms import ID, PREFIXES

_HEAD: Final = """\
# Read by machine from {title} and not checked one by one.
# Made by: python -m kg.ingest.facts {kind} FILE {product}
# Do not edit: correct the reader, or curate the claim in a file of its own.

"""


def turtle(kind: str, content: bytes, name: str, product: str) -> str:
    """Return what the document *content* says of the curated product ``id:<product>``, as Turtle.

    Raises:
        UnreadableSourceError: *content* is no document of this *kind*.
    """
    terms = lookup.standard()
    (extract,) = READERS[kind](content, name, terms)

    def known(source: rows.Source, title: str) -> str:
        del source, title
        return ID + product

    made = claims.claims(extract, terms.effects, known, conditions=terms.conditions)
    quads = ox.parse(made, format=ox.RdfFormat.N_QUADS)
    triples = [quad.triple for quad in quads]
    text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=_used(triples))
    title = f"{extract.source.kind} {extract.source.document} of {extract.source.date}"
    return _HEAD.format(title=title, kind=kind, product=product) + (text or b"").decode()


def _used(triples: list[ox.Triple]) -> dict[str, str]:
    """Return the prefixes that *triples* need, so that none is declared for nothing."""
    written = {
        node.value
        for triple in triples
        for term in (triple.subject, triple.predicate, triple.object)
        for node in ([term.datatype] if isinstance(term, ox.Literal) else [term])
        if isinstance(node, ox.NamedNode)
    }
    return {
        prefix: namespace
        for prefix, namespace in sorted(PREFIXES.items())
        if any(iri.startswith(namespace) for iri in written)
    }


if __name__ == "__main__":
    which, path, subject = sys.argv[1:]
    sys.stdout.write(turtle(which, Path(path).read_bytes(), Path(path).name, subject))
