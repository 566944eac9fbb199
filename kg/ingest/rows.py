"""Name what extractors return: flat rows that know the cell, line and version they stand in."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final, Literal, TypeAlias

Bound: TypeAlias = Literal["", "<", "≤", ">", "≥"]
Kind: TypeAlias = Literal["spl", "openfda", "leaflet", "epi", "sider"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Identify one version of one document."""

    document: str  # what stays the same from version to version, such as an SPL set id
    version: str
    kind: Kind
    title: str = ""
    date: str = ""  # ISO 8601, or nothing if the document gives none
    language: str = "en"
    publisher: str = ""
    sha256: str = ""

    @property
    def key(self) -> str:
        """Return the name of this version for file names and IRIs."""
        return f"{self.document}-{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Say where something stands: section, and table with row and column, or line.

    Rows and columns of a table count from 1, header rows and spanned cells included, with a
    ``tfoot`` counted last. Lines count from 1.
    """

    section: str = ""  # a LOINC code for SPL, the number of the section for a leaflet
    title: str = ""
    table: str = ""
    row: int = 0
    column: int = 0
    line: int = 0
    last_line: int = 0
    raw: str = ""  # the cell or text as printed, without footnotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Row):
    """Identify a product that the document describes."""

    name: str
    ndc: str = ""
    unii: str = ""
    substance: str = ""
    generic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Row):
    """Give one section of the document, with the code of the section around it."""

    depth: int
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Row):
    """Give a condition that an entry of indications or contraindications names."""

    condition: str
    words: str  # those of the entry that name it, at most twelve
    number: int = 0  # the place of its entry among those of the document
    population: str = ""  # "adults", or nothing
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication(Statement):
    """Give a condition for which the document says that the product is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contraindication(Statement):
    """Give a condition in which the document says that the product must not be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Row):
    """Give one figure or band of one effect, in one arm where the document names arms."""

    effect: str
    group: str = ""  # the heading above the row, mostly a system organ class
    arm: str = ""
    number: int = 0  # its place in a cell or entry that names several effects
    severity: str = ""  # a column that counts only some of the arm's events, such as Grade 3-4
    population: str = ""
    denominator: int | None = None
    count: int | None = None
    percent: Decimal | None = None
    bound: Bound = ""  # "<" for <1 %: then percent is the end of an interval, not a figure
    lower: Decimal | None = None  # an interval of proportions where a source gives one
    upper: Decimal | None = None
    lower_inclusive: bool | None = None
    upper_inclusive: bool | None = None
    band: str = ""  # the English name of a frequency band
    category: str = ""  # the IRI of the band in its scheme
    concept: str = ""  # an identifier that the source itself gives the effect
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread(Row):
    """Report something that was not understood, and why, so that nothing is lost in silence."""

    what: Literal["document", "table", "column", "row", "text", "section"]
    reason: str


Any: TypeAlias = Product | Section | Indication | Contraindication | Observation | Unread

TYPES: Final[tuple[type[Any], ...]] = (
    Product,
    Section,
    Indication,
    Contraindication,
    Observation,
    Unread,
)


@dataclass(frozen=True, slots=True)
class Extract:
    """Hold all that was read from one version of one document."""

    source: Source
    rows: tuple[Any, ...]

    def observations(self) -> tuple[Observation, ...]:
        """Return the figures and bands."""
        return tuple(row for row in self.rows if isinstance(row, Observation))

    def statements(self) -> tuple[Indication | Contraindication, ...]:
        """Return the indications and contraindications."""
        return tuple(row for row in self.rows if isinstance(row, Indication | Contraindication))

    def unread(self) -> tuple[Unread, ...]:
        """Return what was not understood."""
        return tuple(row for row in self.rows if isinstance(row, Unread))

    def counts(self) -> Counter[str]:
        """Return how many rows of each type there are, by name of the type in lower case."""
        return Counter(type(row).__name__.lower() for row in self.rows)


def flat(extract: Extract) -> Iterator[dict[str, str]]:
    """Yield each row as text by column, in the order of the document."""
    for row in extract.rows:
        values = {field.name: getattr(row, field.name) for field in fields(row)}
        yield {
            "type": type(row).__name__.lower(),
            "document": extract.source.document,
            "version": extract.source.version,
        } | {name: "" if value is None else str(value) for name, value in values.items()}
