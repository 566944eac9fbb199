"""Give effects their MedDRA codes, for those who hold a licence, in a graph of its own.

MedDRA may be held and shared by its licensees only. This project has none of it: the codes come
from the licensee's own copy and go to a file that belongs to no release.
"""

import gzip
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import UnreadableSourceError
from kg.ingest.words import normal
from kg.terms import DKG, GRAPH, PREFIXES, RDF, RDFS

NAME_OF_TERMS: Final = "llt.asc"  # the lowest level terms of a distribution: code$name$…
LICENSED: Final = ox.NamedNode(GRAPH + "licensed/meddra")
_CODE: Final = ox.NamedNode(DKG + "meddraCode")
_NAMING: Final = frozenset({RDFS + "label", PREFIXES["skos"] + "altLabel"})
_DIGITS = re.compile(r"\d+")


def dictionary(directory: Path) -> dict[str, str]:
    """Return the code of each name in the licensee's distribution in *directory*.

    Raises:
        UnreadableSourceError: it has no file of lowest level terms, or one of another form.
    """
    file = directory / NAME_OF_TERMS
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableSourceError(str(file), "it is no file of terms in UTF-8") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        code, _, rest = line.partition("$")
        name = rest.partition("$")[0]
        if not _DIGITS.fullmatch(code) or not name:
            raise UnreadableSourceError(str(file), f"line {number} is not code$name$…")
        found.setdefault(normal(name), code)
    return found


def codes(quads: Iterable[ox.Quad], names: dict[str, str]) -> Iterator[ox.Quad]:
    """Yield the code of each effect in *quads* that one of *names* names, in order."""
    effects: set[str] = set()
    named: list[tuple[str, str]] = []
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        if quad.predicate.value == RDF + "type" and quad.object == ox.NamedNode(DKG + "Effect"):
            effects.add(quad.subject.value)
        elif quad.predicate.value in _NAMING and isinstance(quad.object, ox.Literal):
            named.append((quad.subject.value, quad.object.value.removesuffix(" AE")))
    pairs = {(iri, names[normal(words)]) for iri, words in named if normal(words) in names}
    for iri, code in sorted(pairs):
        if iri in effects:
            yield ox.Quad(ox.NamedNode(iri), _CODE, ox.Literal(code), LICENSED)


def load(claims: Path, directory: Path, out: Path) -> int:
    """Write the codes of the effects in the file *claims* to *out*; return how many.

    Raises:
        UnreadableSourceError: *directory* holds no distribution.
    """
    names = dictionary(directory)
    content = claims.read_bytes()
    text = gzip.decompress(content) if claims.suffix == ".gz" else content
    found = list(codes(ox.parse(text, format=ox.RdfFormat.N_QUADS), names))
    out.write_bytes(ox.serialize(found, format=ox.RdfFormat.N_QUADS) or b"")
    return len(found)
