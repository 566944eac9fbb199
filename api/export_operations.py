"""Describe the routes of exports and dumps, for the OpenAPI document."""

from typing import Final

from api import formats
from api.operation import JSON, NAME, Operation, Parameter
from kg.exports import fhir_extensions, registry
from kg.exports.files import media_type

_ANY: Final = "application/octet-stream"
_TABLES: Final = (
    *("text/tab-separated-values", "text/csv", "text/plain", JSON),
    *("application/csvm+json", "application/vnd.apache.parquet"),
)
_FORMAT: Final = Parameter("name", "Name of the format.", {"enum": list(registry.NAMES)}, "kgx")
_DOCUMENTS: Final = {each.names[0]: each.media_types[0] for each in formats.DOCUMENTS}
_EXTENSION: Final = {"enum": [each.name for each in fhir_extensions.EXTENSIONS]}

EXPORTS: Final = (
    Operation("/exports", "What is exported, with checksums", {JSON: "exports"}),
    Operation(
        "/exports/<name>",
        "One export: its one file, or an archive of its files",
        {each.media_type: None for each in registry.FORMATS},
        (),
        {"name": _FORMAT},
        (404, 501),
    ),
    Operation(
        "/exports/<name>/<file>",
        "One file of an export",
        dict.fromkeys((*_TABLES, *(each.media_type for each in registry.FORMATS))),
        (),
        {"name": _FORMAT, "file": Parameter("file", "Name of the file.", NAME, "nodes.tsv")},
        (404, 501),
    ),
    Operation("/dumps/", "The files of the release, with checksums", {JSON: "dumps"}),
    Operation(
        "/dumps/catalog",
        "The dumps in VoID and DCAT",
        dict.fromkeys(_DOCUMENTS.values()),
        (
            Parameter(
                "format",
                "Format of the answer; beats Accept.",
                {"enum": list(_DOCUMENTS)},
                next(iter(_DOCUMENTS)),
            ),
        ),
        problems=(406,),
    ),
    Operation(
        "/dumps/<file>",
        "One file of the release",
        dict.fromkeys(("application/gzip", JSON, "text/plain", "text/tab-separated-values", _ANY)),
        (),
        {"file": Parameter("file", "Name of the file.", NAME, "SHA256SUMS")},
        (404,),
    ),
    Operation(
        "/fhir/StructureDefinition/<name>",
        "What an extension of the FHIR export means",
        {media_type(".fhir.json"): None},
        (),
        {"name": Parameter("name", "Name of the extension.", _EXTENSION, "incidence")},
        (404,),
    ),
)
