"""Name the media type of a file by the end of its name."""

from typing import Final

_MEDIA_TYPES: Final = (  # the first that fits
    (".fhir.json", "application/fhir+json"),
    (".csv-metadata.json", "application/csvm+json"),
    (".jsonld", "application/ld+json"),
    (".json", "application/json"),
    (".csv", "text/csv"),
    (".tsv", "text/tab-separated-values"),
    (".trig", "application/trig"),
    (".nq", "application/n-quads"),
    (".ttl", "text/turtle"),
    (".parquet", "application/vnd.apache.parquet"),
    (".gz", "application/gzip"),
    (".zip", "application/zip"),
)
SUMS: Final = "SHA256SUMS"


def media_type(name: str) -> str:
    """Return the media type of the file called *name*."""
    return next((kind for end, kind in _MEDIA_TYPES if name.endswith(end)), "text/plain")
