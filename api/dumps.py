"""Serve the files of the release, with checksums and a description for programs."""

from pathlib import Path

from flask import Blueprint, Response, send_file

from api.documents import CACHED, document, requested, sent
from api.exports import LICENSED, attached
from api.operation import JSON
from kg import syntax
from kg.entities import LICENSE, NOTE
from kg.exports import dumps
from kg.exports.files import SUMS
from kg.exports.report import dumped
from kg.store import Store


def blueprint(store: Store, release: Path) -> Blueprint:
    """Serve the files in the directory *release*, from which *store* was opened."""
    routes = Blueprint("dumps", __name__)

    @routes.get("/dumps/")
    def dump_list() -> Response:
        found = dumps.dumps(release)
        about = [
            {
                "name": each.name,
                "title": each.title,
                "address": f"/dumps/{each.name}",
                "mediaType": each.media_type,
                "bytes": each.size,
                "sha256": each.sha256,
            }
            for each in found
        ]
        links = f'{LICENSED}, </dumps/catalog>; rel="describedby"'
        return sent(dumped({"note": NOTE, "license": LICENSE, "dumps": about}), JSON, links)

    @routes.get("/dumps/catalog")
    def catalog() -> Response:
        _, form = requested("catalog")
        triples = sorted(dumps.triples(dumps.dumps(release), store.manifest.version), key=str)
        return document(syntax.written(triples, form.syntax), form)

    @routes.get("/dumps/<file>")
    def dump(file: str) -> Response:
        if file == SUMS:
            return attached(file, dumps.checksums(dumps.dumps(release)))
        found = dumps.find(release, file)
        response = send_file(
            (release / file).resolve(),  # in pieces, or in the ranges that are asked for
            mimetype=found.media_type,
            as_attachment=True,
            download_name=file,
            conditional=True,
            etag=found.sha256,
        )
        response.headers["Cache-Control"] = CACHED
        response.headers["Link"] = LICENSED
        return response

    return routes
