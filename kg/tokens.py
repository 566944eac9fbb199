"""Cut SPARQL text into tokens, and refuse text that nests so deep that the engine labours on it."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from kg.errors import MalformedQueryError, QueryTooDeepError

_ESCAPED: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"  # SPARQL 1.1 §19.2
_TOKEN: Final = re.compile(
    rf"""
    (?P<space> [ \t\r\n]++ | \#[^\r\n]*+ )
  | (?P<iri> < (?: [^<>"{{}}|^`\\\x00-\x20] | {_ESCAPED} )*+ > )
  | (?P<string> \"{{3}} (?: "{{0,2}} (?: [^"\\] | \\. ) )*+ \"{{3}}
              | '{{3}} (?: '{{0,2}} (?: [^'\\] | \\. ) )*+ '{{3}}
              | "(?!"") (?: [^"\\\r\n] | \\. )*+ "
              | '(?!'') (?: [^'\\\r\n] | \\. )*+ ' )
  | (?P<open> <<\(? | \{{\|(?!\|) | [({{\[] )
  | (?P<close> \)?>> | \|\}} | [)}}\]] )
  | (?P<variable> [?$] (?: \w | {_ESCAPED} )++ )
  | (?P<blank> _:[\w.\u00b7-]++ )
  | (?P<name> (?: (?!_:)\w (?: [\w.\u00b7-] | {_ESCAPED} )*+ )?+ :
              (?: [\w.:\u00b7-] | %[0-9A-Fa-f]{{2}} | {_ESCAPED} | \\[_~.\-!$&'()*+,;=/?\#@%] )*+ )
  | (?P<word> @?+ [^\W\d] (?: [\w-] | {_ESCAPED} )*+ )
  | (?P<mark> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING: Final = re.compile(r"[({\[]|<<")

# Measured with pyoxigraph 0.5.13: lists, blank nodes and reified triples inside each other take
# time that grows with the fourth power of the depth: 0.2 s at 64, 3 s at 128, a minute at 300.
DEEPEST: Final = 64
_FREE: Final = 8  # levels that cost too little to count
_MOST: Final = DEEPEST**4 // 4  # what one nest of 64 levels costs; many nests may not cost more


class Token(NamedTuple):
    """Hold one token of SPARQL: its kind, its characters and where they start."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Return where what follows it starts."""
        return self.start + len(self.text)

    @property
    def keyword(self) -> str:
        """Return it in capitals if it is a word, else nothing."""
        return self.text.upper() if self.kind == "word" else ""


def tokens(text: str) -> Iterator[Token]:
    """Yield what *text* is made of, without space and comments.

    In an expression ``<`` may be read as the start of an IRI as long as an IRI fits.

    Raises:
        MalformedQueryError: a string is not closed.
    """
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind == "mark" and found[0] in "\"'":
            before = text[: found.start()]
            line, column = before.count("\n") + 1, found.start() - before.rfind("\n")
            raise MalformedQueryError(
                "a string is not closed", line, column, text.split("\n")[line - 1][:400]
            )
        if kind != "space":
            yield Token(kind, found[0], found.start())


def refuse_depth(text: str) -> None:
    """Raise QueryTooDeepError if reading *text* would take the engine long.

    Raises:
        QueryTooDeepError: there are more than 64 brackets inside each other, or many deep nests.
        MalformedQueryError: a string is not closed.
    """
    if len(_OPENING.findall(text)) <= DEEPEST // 2:
        return
    depth = cost = 0
    for token in tokens(text):
        weight = 2 if "|" in token.text else 1  # an annotation, which costs as two levels do
        if token.kind == "open":
            depth += weight
            cost += depth**3 if depth > _FREE else 0
        elif token.kind == "close":
            depth -= weight
        if depth > DEEPEST or cost > _MOST:
            raise QueryTooDeepError(DEEPEST)
