"""Tell what queries have in common that differ only in the entities and numbers they name."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import count
from typing import Final, NamedTuple

from kg.terms import ID

_LONGEST: Final = 4_000  # characters of a query worth reading
_MOST: Final = 1_000  # entities and numbers; those after these are kept as they are
_SELECT: Final = "SELECT"  # the first is no later than the keyword
_BODY: Final = re.compile(_SELECT, re.IGNORECASE)
_HOLE: Final = re.compile(  # each starts with one of few characters, which are found fast
    rf"""[<"i0-9](?:
        (?<=<) {re.escape(ID)} (?P<iri> [\w.~%:/-]*+ ) >  # which ends no string
      | (?<=<) [^<>\s]*+ > | (?<=") [^"\\\n]*+ "  # what else has names or numbers in it is kept
      | (?<=i) (?<![\w?$:.-]i) d: (?P<short> [\w-]++ ) (?![\w:.\\%-])
      | (?<=[0-9]) (?<![\w?$:.-][0-9]) (?P<number>) [0-9]*+ \b
    )""",
    re.VERBOSE,
)
_FORMS: Final = {"iri": f"<{ID}{{}}>", "short": "id:{}", "number": "{}"}
_NAMELESS: Final = {"iri": f"<{ID}>", "short": "id:", "number": "0"}
_PREFIX: Final = re.compile(rf"(?<![\w.-])id: <{re.escape(ID)}>")
_MARK: Final = "731000000000"  # nobody writes this number
_MARKED: Final = re.compile(rf"{_MARK}([0-9]{{3}})")


class Shape(NamedTuple):
    """Hold what queries have in common, and what one of them names."""

    key: str
    named: tuple[str, ...]


@lru_cache(256)
def shape(text: str) -> Shape | None:
    """Return the shape of *text*, or None if it is no SELECT or too long to read."""
    named: list[str] = []

    def cut(kind: str, name: str) -> str:
        named.append(name)
        return _NAMELESS[kind]

    key = _parted(text, cut)
    return None if key is None else Shape(key, tuple(named))


def marked(text: str) -> str:
    """Return *text*, which has a shape, with a mark in place of each name and number."""
    numbers = count()
    said = _parted(text, lambda kind, _: _FORMS[kind].format(f"{_MARK}{next(numbers):03}"))
    assert said is not None  # noqa: S101
    return said


def filled(marked: str, named: Sequence[str]) -> str:
    """Return the text that *marked* is for a query that names *named*."""
    return _MARKED.sub(lambda found: named[int(found[1])], marked)


def _parted(text: str, put: Callable[[str, str], str]) -> str | None:
    """Return *text* with what *put* returns in place of each name and number of a query."""
    start = text.find(_SELECT)
    if start < 0 and (found := _BODY.search(text)):
        start = found.start()
    if start < 0 or len(text) > _LONGEST or _MARK in text:
        return None
    prologue, body = text[:start], text[start:]
    has_short = prologue.count("id:") == 1 and _PREFIX.search(prologue) is not None

    def replaced(found: re.Match[str]) -> str:
        kind = found.lastgroup
        if kind is None or (kind == "short" and not has_short):
            return found[0]
        return put(kind, found[0] if kind == "number" else found[kind])

    return prologue + _HOLE.sub(replaced, body, _MOST)
