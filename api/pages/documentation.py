"""Show the documentation in ``docs/`` as pages, with links that lead to pages here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final

from flask import Blueprint, Response, render_template, request
from markdown_it import MarkdownIt
from markdown_it.token import Token

from api.pages import answer
from api.pages.built import packages
from api.pages.words import slug
from kg.errors import UnknownEntityError
from kg.paths import DOCS

ADDRESS: Final = "/docs"
MARKDOWN: Final = "text/markdown"
_SERVED: Final = "http://127.0.0.1:8000"  # where the documents say that a server answers
_PICTURES: Final = {".png": "image/png", ".svg": "image/svg+xml", ".webp": "image/webp"}
_CODE: Final = '<pre tabindex="0" role="group" aria-label="Code">'
_DECISIONS: Final = "adr/"


@dataclass(frozen=True)
class Document:
    """Hold a document as a page: its title, its first paragraph, its sections and its body."""

    name: str
    title: str
    lead: str
    sections: tuple[tuple[str, str], ...]
    body: str


def blueprint(directory: Path = DOCS) -> Blueprint:
    """Serve the documents below *directory*, and whose work the scripts of pages contain."""
    routes = Blueprint("documentation", __name__)

    @routes.get(ADDRESS)
    def listed() -> Response:
        documents = [document(directory, each) for each in names(directory)]
        guides = [each for each in documents if not each.name.startswith(_DECISIONS)]
        decisions = [each for each in documents if each.name.startswith(_DECISIONS)]
        text = render_template("docs.html", canonical=ADDRESS, guides=guides, decisions=decisions)
        return answer.page(text)

    @routes.get(f"{ADDRESS}/<path:name>")
    def shown(name: str) -> Response:
        stem, dot, suffix = name.rpartition(".")
        if f".{suffix}" in _PICTURES:
            return _picture(directory, name)
        stem = stem if dot and suffix in {"md", "html"} else name
        if stem not in names(directory):
            raise UnknownEntityError(request.path)
        if suffix == "md" and stem != name:
            content = (directory / f"{stem}.md").read_bytes()
            return answer.asset(content, f"{MARKDOWN}; charset=utf-8", forever=False)
        address = f"{ADDRESS}/{stem}"
        text = render_template(
            "doc.html",
            canonical=address,
            document=document(directory, stem),
            alternates=(("as Markdown", f"{address}.md", MARKDOWN),),
        )
        return answer.page(text)

    @routes.get("/licences")
    def licences() -> Response:
        return answer.page(
            render_template("licences.html", canonical="/licences", packages=packages())
        )

    return routes


@lru_cache(4)
def names(directory: Path) -> tuple[str, ...]:
    """Return the name of each document, without its suffix."""
    found = (path.relative_to(directory).as_posix() for path in directory.rglob("*.md"))
    return tuple(sorted(name.removesuffix(".md") for name in found))


@lru_cache(256)
def document(directory: Path, name: str) -> Document:
    """Return the document *name*."""
    reader = MarkdownIt("commonmark").enable("table")  # html stays: the files are our own
    reader.options["html"] = False
    tokens = reader.parse((directory / f"{name}.md").read_text(encoding="utf-8"))
    title, sections = "", []
    for heading, inline in _after(tokens, "heading_open"):
        words = _plain(inline)
        heading.attrSet("id", slug(words))
        if heading.tag == "h1" and not title:
            title = words
        elif heading.tag == "h2":
            sections.append((slug(words), words))
    lead = next((_plain(inline) for _, inline in _after(tokens, "paragraph_open")), "")
    for token in tokens:
        _lead(token.children or [], directory, name)
    body = reader.renderer.render(tokens, reader.options, {})
    return Document(name, title or name, lead, tuple(sections), _scrolling(body))


def link(directory: Path, name: str, target: str) -> str | None:
    """Return where *target*, which stands in the document *name*, is on this server.

    A file of the repository that no page shows, such as a test, has no address here.
    """
    if target.startswith(_SERVED):
        return target.removeprefix(_SERVED) or "/"
    if re.match(r"[a-z][a-z0-9+.-]*:|#|/", target):
        return target
    path, mark, anchor = target.partition("#")
    file = normpath(join(dirname(name), path))
    stem = file.removesuffix(".md")
    if stem in names(directory):
        return f"{ADDRESS}/{stem}{mark}{anchor}"
    if Path(file).suffix in _PICTURES and _is_below(directory, file):
        return f"{ADDRESS}/{file}"
    return f"{ADDRESS}#adr" if f"{file}/" == _DECISIONS else None


def _lead(inline: Sequence[Token], directory: Path, name: str) -> None:
    """Let links and pictures of *inline* lead to this server; what it does not have is plain."""
    is_plain = False
    for token in inline:
        if token.type == "link_open":
            target = link(directory, name, str(token.attrGet("href")))
            is_plain = target is None
            token.attrs = {"href": target} if target is not None else {}
        elif token.type == "image":
            token.attrSet("src", link(directory, name, str(token.attrGet("src"))) or "")
        if is_plain and token.type in {"link_open", "link_close"}:
            token.tag = "span"


def _picture(directory: Path, name: str) -> Response:
    if not _is_below(directory, name):
        raise UnknownEntityError(request.path)
    content = (directory / name).read_bytes()
    return answer.asset(content, _PICTURES[Path(name).suffix], forever=False)


def _is_below(directory: Path, name: str) -> bool:
    path = (directory / name).resolve()
    return path.is_relative_to(directory.resolve()) and path.is_file()


def _after(tokens: Sequence[Token], kind: str) -> Iterator[tuple[Token, Token]]:
    """Yield each token of *kind* with the words that follow it."""
    for token, following in pairwise(tokens):
        if token.type == kind:
            yield token, following


def _plain(inline: Token) -> str:
    parts = (each.content or " " for each in inline.children or ())
    return " ".join("".join(parts).split())


def _scrolling(body: str) -> str:
    """Let what is wider than the page scroll by itself, also by keyboard."""
    opened = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'
    body = body.replace("<table>", opened).replace("</table>", "</table></div>")
    return body.replace("<pre>", _CODE)
