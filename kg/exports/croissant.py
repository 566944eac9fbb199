"""Describe the tables of side effects and the dump in Croissant, for machine learning."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from kg.entities import LICENSE, NOTE
from kg.exports import csvw, side_effects
from kg.exports.claims import Release
from kg.exports.files import media_type
from kg.exports.report import Written, dumped
from kg.exports.side_effects import CONFLICTS, MANY, SIDE_EFFECTS, Column
from kg.release import QUADS

NAME: Final = "croissant.json"
CARRIES: Final = side_effects.CARRIES
_KINDS: Final = {
    "string": "sc:Text",
    "anyURI": "sc:URL",
    "boolean": "sc:Boolean",
    "integer": "sc:Integer",
    "decimal": "sc:Float",
}
# Source: the context that Croissant 1.0 asks every description to have.
_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def write(release: Release) -> Written:
    """Return the description and the tables that it describes."""
    written = csvw.write(release)
    tables = {name: written.files[name] for name in (csvw.TABLE, csvw.CONFLICT_TABLE)}
    document = _dataset(release, tables)
    return Written({NAME: dumped(document), **tables}, written.left)


def _dataset(release: Release, tables: dict[str, bytes]) -> dict[str, Any]:
    distribution = [
        _file(name, name, hashlib.sha256(data).hexdigest()) for name, data in tables.items()
    ]
    if sha256 := release.outputs.get(QUADS):
        distribution.append(_file(QUADS, f"https://w3id.org/drugkg/dumps/{QUADS}", sha256))
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "drugkg-side-effects",
        "description": f"Side effects of medicines, with who says so and where. {NOTE}",
        "url": "https://w3id.org/drugkg/",
        "license": LICENSE,
        "version": release.version,
        "creator": {"@type": "sc:Organization", "name": "The DrugKG authors"},
        "citeAs": f"DrugKG {release.version}, https://w3id.org/drugkg/",
        "distribution": distribution,
        "recordSet": [
            _records("side-effects", csvw.TABLE, SIDE_EFFECTS),
            _records("conflicts", csvw.CONFLICT_TABLE, CONFLICTS),
        ],
    }


def _file(name: str, address: str, sha256: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": address,
        "encodingFormat": media_type(name),
        "sha256": sha256,
    }


def _records(name: str, file: str, columns: Sequence[Column]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "key": {"@id": f"{name}/row"},
        "field": [_field(name, file, column) for column in columns],
    }


def _field(records: str, file: str, column: Column) -> dict[str, Any]:
    source: dict[str, Any] = {"fileObject": {"@id": file}, "extract": {"column": column.name}}
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{records}/{column.name}",
        "name": column.name,
        "description": _about(column),
        "dataType": "sc:Text" if column.many else _KINDS[column.kind],
        "equivalentProperty": column.iri,
        "source": source,
    }
    return described


def _about(column: Column) -> str:
    return (
        f"{column.about}; several values have {MANY} between them" if column.many else column.about
    )
