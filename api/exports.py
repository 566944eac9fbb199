"""Serve the exports, and the extensions that the FHIR export uses."""

from functools import lru_cache
from threading import Lock
from typing import Any, Final

from flask import Blueprint, Response

from api.documents import sent
from kg.entities import LICENSE, NOTE
from kg.errors import MissingExtraError, UnknownExportError
from kg.exports import fhir_extensions, registry
from kg.exports.claims import Release
from kg.exports.files import media_type
from kg.exports.report import dumped
from kg.store import Store

_JSON: Final = "application/json"
LICENSED: Final = f'<{LICENSE}>; rel="license"'


class Exports:
    """Write each export once for a state of the store."""

    def __init__(self, store: Store) -> None:
        self._release = lru_cache(1)(lambda: Release.of(store))
        self._files = lru_cache(None)(self._written)
        self._lock = Lock()  # two requests at once do not write the same

    def forget(self) -> None:
        """Drop what was written; the store has changed."""
        self._release.cache_clear()
        self._files.cache_clear()

    def files(self, name: str) -> dict[str, bytes]:
        """Return the files of the export called *name*.

        Raises:
            UnknownExportError: there is none.
            MissingExtraError: a library that it needs is not installed.
            ExportError: the format cannot hold what the graph says.
        """
        with self._lock:
            return self._files(name)

    def _written(self, name: str) -> dict[str, bytes]:
        return registry.files(registry.find(name), self._release())

    @property
    def version(self) -> str:
        """Return the version of what is exported."""
        return self._release().version


def blueprint(exports: Exports) -> Blueprint:
    """Serve *exports*, and what the extensions mean that one of them uses."""
    routes = Blueprint("exports", __name__)

    @routes.get("/exports")
    def listed() -> Response:
        about = {
            "version": exports.version,
            "note": NOTE,
            "license": LICENSE,
            "exports": [_described(exports, each) for each in registry.FORMATS],
        }
        return sent(dumped(about), _JSON, LICENSED)

    @routes.get("/exports/<name>")
    def whole(name: str) -> Response:
        form = registry.find(name)
        files = exports.files(name)
        if form.main:
            return attached(form.main, files[form.main])
        return attached(f"{name}.zip", registry.archive(files))

    @routes.get("/exports/<name>/<file>")
    def part(name: str, file: str) -> Response:
        files = exports.files(name)
        if file not in files:
            raise UnknownExportError(file, sorted(files))
        return attached(file, files[file])

    @routes.get("/fhir/StructureDefinition/<name>")
    def structure_definition(name: str) -> Response:
        known = {each.name: each for each in fhir_extensions.EXTENSIONS}
        if name not in known:
            raise UnknownExportError(name, list(known))
        about = fhir_extensions.structure_definition(known[name], exports.version)
        return sent(dumped(about), media_type(".fhir.json"), LICENSED)

    return routes


def _described(exports: Exports, form: registry.Format) -> dict[str, Any]:
    try:
        return registry.described(form, exports.files(form.name), "/exports/") | {
            "address": f"/exports/{form.name}",
            "mediaType": form.media_type,
        }
    except MissingExtraError as error:
        return {
            "format": form.name,
            "title": form.title,
            "standard": form.standard,
            "files": [],
            "missing": str(error),
        }


def attached(name: str, content: bytes) -> Response:
    """Return a file under its *name*."""
    response = sent(content, media_type(name), LICENSED)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
