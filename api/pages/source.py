"""Write the page of a source: its claims in the order of its sections and lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from flask import render_template

from api.pages import words
from api.pages.links import alternates, sparql
from api.pages.public import Node, Public
from kg.terms import SRC

QUERY: Final = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT DISTINCT ?evidence ?claim ?label ?section ?code ?line ?last ?page ?quote ?force ?direction
WHERE {{
    ?evidence prov:wasDerivedFrom <{iri}> ;
        dkg:locator ?place ;
        dkg:direction/rdfs:label ?direction .
    ?claim dkg:hasEvidenceLine ?evidence ;
        rdfs:label ?label .
    ?place dkg:sectionTitle ?section .
    OPTIONAL {{ ?evidence dkg:modality/rdfs:label ?force }}
    OPTIONAL {{ ?place dkg:sectionCode ?code }}
    OPTIONAL {{ ?place dkg:line ?line }}
    OPTIONAL {{ ?place dkg:lastLine ?last }}
    OPTIONAL {{ ?place dkg:page ?page }}
    OPTIONAL {{ ?place oa:hasSelector/oa:exact ?quote }}
}}
ORDER BY ?line ?page ?section ?label ?evidence"""


@dataclass
class Said:
    """Hold one line of evidence: the claim it supports, and the lines it stands on."""

    claim: Node
    section: str
    code: str
    quote: str
    force: str
    direction: str
    page: str
    lines: set[int] = field(default_factory=set)


@dataclass
class Line:
    """Hold one line of the document: what begins there, and which claims it is also a part of."""

    number: int
    begins: list[Said]
    continues: list[Said]


@dataclass
class Section:
    """Hold one section of the document."""

    title: str
    code: str
    lines: list[Line]
    elsewhere: list[Said]  # what no line is given for

    @property
    def anchor(self) -> str:
        """Return the anchor of the section."""
        return f"s-{words.slug(self.title)}"


def source(public: Public, slug: str) -> str:
    """Return the page at ``/source/<slug>``."""
    iri = SRC + slug
    document = public.entity(iri)
    query = QUERY.format(iri=iri)
    said = _said(public, public.select(query))
    content = set(document.get("contentLine", ()))
    covered = content & {line for each in said for line in each.lines}
    return render_template(
        "source.html",
        source=document,
        canonical=f"/source/{slug}",
        json_ld={"@context": document["@context"]}
        | {key: document[key] for key in ("@id", "@type", "label") if key in document},
        alternates=(
            *alternates(f"/source/{slug}"),
            ("claims as SPARQL", sparql(query, "csv"), "text/csv"),
        ),
        sections=list(_sections(said, content)),
        claims=len({each.claim["@id"] for each in said}),
        said=said,
        content=content,
        covered=covered,
    )


def _said(public: Public, rows: list[dict[str, str]]) -> list[Said]:
    found: dict[str, Said] = {}
    for row in rows:
        said = found.setdefault(
            row["evidence"] + row["claim"],
            Said(
                public.node(row["claim"], row["label"]),
                row["section"],
                row.get("code", ""),
                row.get("quote", ""),
                row.get("force", ""),
                row["direction"],
                row.get("page", ""),
            ),
        )
        if "line" in row:
            said.lines.update(range(int(row["line"]), int(row.get("last", row["line"])) + 1))
    return list(found.values())


def _sections(said: list[Said], content: set[int]) -> Iterator[Section]:
    """Yield the sections in the order of their first lines, those without lines last."""
    by_title: dict[str, list[Said]] = {}
    for each in said:
        by_title.setdefault(each.section, []).append(each)
    starts = {
        title: min((min(each.lines) for each in found if each.lines), default=10**9)
        for title, found in by_title.items()
    }
    titles = sorted(by_title, key=lambda title: starts[title])
    homes = _homes(said, content, titles)
    for title in titles:
        found = by_title[title]
        numbers = sorted(number for number, home in homes.items() if home == title)
        yield Section(
            title,
            next((each.code for each in found if each.code), ""),
            [
                Line(
                    number,
                    [each for each in found if each.lines and min(each.lines) == number],
                    [each for each in said if number in each.lines and min(each.lines) != number],
                )
                for number in numbers
            ],
            [each for each in found if not each.lines],
        )


def _homes(said: list[Said], content: set[int], titles: list[str]) -> dict[int, str]:
    """Return the section of each line: that of a claim that begins there, else of the line above.

    A line that is part of a span and states nothing of its own is left out.
    """
    homes = {min(each.lines): each.section for each in said if each.lines}
    cited = {line for each in said for line in each.lines if line in content or not content}
    section = titles[0] if titles else ""
    for number in sorted(content | cited | homes.keys()):
        section = homes.setdefault(number, section)
    return homes
