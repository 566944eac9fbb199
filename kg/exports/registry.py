"""List the formats, and write them; a new format is a module and a row."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.entities import LICENSE, NOTE
from kg.errors import UnknownExportError
from kg.exports import (
    croissant,
    csvw,
    fhir,
    kgx,
    mappings,
    nanopublications,
    parquet,
    rdf12,
    schema_org,
)
from kg.exports.claims import Release
from kg.exports.files import SUMS, media_type
from kg.exports.report import Carried, Written, dumped, report
from kg.sssom import NAME as SSSOM

REPORT: Final = "report.json"
INDEX: Final = "index.json"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first time that ZIP can name


@dataclass(frozen=True)
class Format:
    """Describe a format: who reads it, and how it is written."""

    name: str
    title: str
    standard: str  # where it is defined
    write: Callable[[Release], Written]
    carries: Mapping[str, Carried]
    main: str | None = None  # the file that is all of it, if one is

    @property
    def media_type(self) -> str:
        """Return the media type of the whole: of its one file, or of the archive of them."""
        return media_type(self.main or f"{self.name}.zip")


FORMATS: Final = (
    Format(
        "croissant",
        "Croissant: side effects for machine learning",
        "http://mlcommons.org/croissant/1.0",
        croissant.write,
        croissant.CARRIES,
    ),
    Format(
        "csvw",
        "CSV on the Web: tables of side effects",
        "https://www.w3.org/TR/tabular-metadata/",
        csvw.write,
        csvw.CARRIES,
    ),
    Format(
        "fhir",
        "FHIR R5: medicines and their clinical uses",
        "https://hl7.org/fhir/R5/",
        fhir.write,
        fhir.CARRIES,
        fhir.NAME,
    ),
    Format(
        "kgx",
        "Biolink Model: nodes and edges as KGX",
        "https://github.com/biolink/kgx",
        kgx.write,
        kgx.CARRIES,
    ),
    Format(
        "nanopub",
        "Nanopublications: one for each claim",
        "https://nanopub.net/guidelines/working_draft/",
        nanopublications.write,
        nanopublications.CARRIES,
        nanopublications.NAME,
    ),
    Format(
        "parquet",
        "Parquet: tables of side effects",
        "https://parquet.apache.org/",
        parquet.write,
        parquet.CARRIES,
    ),
    Format(
        "rdf12",
        "RDF 1.2: everything, with claims as reifiers",
        "https://www.w3.org/TR/rdf12-n-quads/",
        rdf12.write,
        rdf12.CARRIES,
        rdf12.QUADS,
    ),
    Format(
        "schema-org",
        "schema.org: medicines and claims for search",
        "https://schema.org/Drug",
        schema_org.write,
        schema_org.CARRIES,
        schema_org.NAME,
    ),
    Format(
        "sssom",
        "SSSOM: mappings of identifiers",
        "https://w3id.org/sssom/",
        mappings.write,
        mappings.CARRIES,
        SSSOM,
    ),
)
NAMES: Final = tuple(each.name for each in FORMATS)


def find(name: str) -> Format:
    """Return the format called *name*.

    Raises:
        UnknownExportError: there is none.
    """
    for each in FORMATS:
        if each.name == name:
            return each
    raise UnknownExportError(name, NAMES)


def files(form: Format, release: Release) -> dict[str, bytes]:
    """Return the files of an export, its report among them.

    Raises:
        ExportError: the format cannot hold what the graph says.
        MissingExtraError: a library that it needs is not installed.
    """
    written = form.write(release)
    about = report(form.name, release, form.carries, written.left)
    return {**written.files, REPORT: dumped(about)}


def archive(content: Mapping[str, bytes]) -> bytes:
    """Return files as one ZIP file, the same each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in sorted(content.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
    return packed.getvalue()


def described(form: Format, content: Mapping[str, bytes], base: str) -> dict[str, Any]:
    """Return what an index says of an export whose files lie below *base*."""
    return {
        "format": form.name,
        "title": form.title,
        "standard": form.standard,
        "files": [
            {
                "name": name,
                "address": f"{base}{form.name}/{name}",
                "mediaType": media_type(name),
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
            for name, data in sorted(content.items())
        ],
    }


def save(out: Path, release: Release, chosen: tuple[Format, ...] = FORMATS) -> list[Path]:
    """Write *chosen* to directories of *out*, with an index and checksums; return what there is.

    Raises:
        ExportError, MissingExtraError: as for ``files``; then nothing is written.
    """
    content = {each.name: files(each, release) for each in chosen}
    named = {f"{form}/{name}": data for form, own in content.items() for name, data in own.items()}
    entries = [described(each, content[each.name], "") for each in chosen]
    about = {"version": release.version, "note": NOTE, "license": LICENSE, "exports": entries}
    named[INDEX] = dumped(about)
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in named.items()]
    named[SUMS] = "".join(sorted(sums, key=lambda line: line[66:])).encode()
    for name, data in named.items():
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return [out / name for name in sorted(named)]
