"""Serve styles and scripts, each under an address that names its content."""

import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request

from api.pages import answer
from kg.errors import UnknownEntityError

STATIC: Final = Path(__file__).parents[1] / "static"
ADDRESS: Final = "/static/"
BUNDLES: Final = "built/assets/"  # web/ puts a hash of the content into the names of these


def blueprint(directory: Path = STATIC) -> Blueprint:
    """Serve the files below *directory*."""
    routes = Blueprint("assets", __name__)

    @routes.get(f"{ADDRESS}<path:name>")
    def file(name: str) -> Response:
        content = _content(directory, name)
        if content is None:
            raise UnknownEntityError(request.path)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith(("javascript", "json", "svg+xml")):
            kind += "; charset=utf-8"
        named_by_content = name.startswith(BUNDLES) or request.args.get("v") == _tag(content)
        return answer.asset(content, kind, forever=named_by_content)

    return routes


def address(name: str, directory: Path = STATIC) -> str:
    """Return where the file *name* is served, with a tag that changes with its content."""
    content = _content(directory, name)
    assert content is not None, name  # noqa: S101 (a template names a file that is not there)
    return f"{ADDRESS}{name}?v={_tag(content)}"


@lru_cache(128)
def _content(directory: Path, name: str) -> bytes | None:
    path = (directory / name).resolve()
    if not path.is_relative_to(directory.resolve()) or not path.is_file():
        return None
    return path.read_bytes()


def _tag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
