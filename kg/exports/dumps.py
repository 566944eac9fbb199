"""List the files of a release that anyone may download, and describe them in VoID and DCAT."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg import coverage, release, sssom
from kg.entities import DATASET, LICENSE, NOTE
from kg.errors import NoReleaseError, UnknownExportError
from kg.exports.files import SUMS, media_type
from kg.release import Manifest
from kg.terms import DCTERMS, OWL, RDF, XSD

ADDRESS: Final = "https://w3id.org/drugkg/dumps/"
_VOID: Final = "http://rdfs.org/ns/void#"
_DCAT: Final = "http://www.w3.org/ns/dcat#"
_SPDX: Final = "http://spdx.org/rdf/terms#"
_IANA: Final = "https://www.iana.org/assignments/media-types/"
_TITLES: Final = {
    release.QUADS: "The whole graph as sorted N-Quads, with one named graph for each source",
    sssom.NAME: "Mappings of identifiers (SSSOM)",
    coverage.NAME: "How much of each source is in the graph",
    release.MANIFEST: "What the release was made from, with checksums",
}


@dataclass(frozen=True)
class Dump:
    """Describe one file of a release."""

    name: str
    title: str
    media_type: str
    size: int  # bytes
    sha256: str

    @property
    def address(self) -> str:
        """Return the IRI at which it is published."""
        return ADDRESS + self.name


def dumps(directory: Path) -> tuple[Dump, ...]:
    """Return the files of the release in *directory*; none if it holds no release."""
    try:
        outputs = Manifest.read(directory).outputs
    except NoReleaseError:
        return ()
    known = {**outputs, **release.digests({release.MANIFEST: directory / release.MANIFEST})}
    return tuple(
        Dump(name, _TITLES.get(name, name), media_type(name), path.stat().st_size, digest)
        for name, digest in sorted(known.items())
        if (path := directory / name).is_file()  # the whole graph is there packed only
    )


def find(directory: Path, name: str) -> Dump:
    """Return the dump called *name*.

    Raises:
        UnknownExportError: the release has no such file.
    """
    found = {each.name: each for each in dumps(directory)}
    if name not in found:
        raise UnknownExportError(name, [*found, SUMS])
    return found[name]


def checksums(found: tuple[Dump, ...]) -> bytes:
    """Return the checksums in the form that ``sha256sum --check`` reads."""
    return "".join(f"{each.sha256}  {each.name}\n" for each in found).encode()


def triples(found: tuple[Dump, ...], version: str) -> Iterator[ox.Triple]:
    """Yield the VoID and DCAT description of the dataset and its dumps.

    Source: VoID on data dumps; DCAT 3 on distributions and their checksums.
    """

    def iri(text: str) -> ox.NamedNode:
        return ox.NamedNode(text)

    yield from (
        ox.Triple(DATASET, iri(predicate), value)
        for predicate, value in (
            (RDF + "type", iri(_VOID + "Dataset")),
            (RDF + "type", iri(_DCAT + "Dataset")),
            (DCTERMS + "title", ox.Literal("DrugKG", language="en")),
            (DCTERMS + "description", ox.Literal(NOTE, language="en")),
            (DCTERMS + "license", iri(LICENSE)),
            (OWL + "versionInfo", ox.Literal(version)),
        )
    )
    for each in found:
        node, check = iri(each.address), iri(each.address + "#checksum")
        size = ox.Literal(str(each.size), datatype=iri(XSD + "nonNegativeInteger"))
        yield ox.Triple(DATASET, iri(_DCAT + "distribution"), node)
        if each.name == release.QUADS:
            yield ox.Triple(DATASET, iri(_VOID + "dataDump"), node)
        yield ox.Triple(node, iri(RDF + "type"), iri(_DCAT + "Distribution"))
        yield ox.Triple(node, iri(DCTERMS + "title"), ox.Literal(each.title, language="en"))
        yield ox.Triple(node, iri(_DCAT + "downloadURL"), node)
        yield ox.Triple(node, iri(_DCAT + "mediaType"), iri(_IANA + each.media_type))
        yield ox.Triple(node, iri(_DCAT + "byteSize"), size)
        yield ox.Triple(node, iri(_SPDX + "checksum"), check)
        yield ox.Triple(check, iri(RDF + "type"), iri(_SPDX + "Checksum"))
        yield ox.Triple(check, iri(_SPDX + "algorithm"), iri(_SPDX + "checksumAlgorithm_sha256"))
        digest = ox.Literal(each.sha256, datatype=iri(XSD + "hexBinary"))
        yield ox.Triple(check, iri(_SPDX + "checksumValue"), digest)
