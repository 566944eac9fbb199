"""Cut the text of a plain query into tokens, and refuse text that may be read in another way."""

import re
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"""
    (?P<space> [ \t\r\n]++ | \#[^\r\n]*+ )
  | (?P<iri> <[^<>"{}|^`\\\x00-\x20()]*+> )
  | (?P<string> "(?!"")(?:[^"\\\r\n]|\\.)*+" | '(?!'')(?:[^'\\\r\n]|\\.)*+' )
  | (?P<variable> [?$] [A-Za-z0-9_]++ )
  | (?P<name> (?:[A-Za-z][\w-]*+)?+ : (?: [\w:-] | \.++(?=[\w:-]) )*+ )
  | (?P<number> [+-]?+ (?: [0-9]++ (?:\.[0-9]++)?+ ) (?![\w.]) )
  | (?P<tag> @[A-Za-z]++(?:-[A-Za-z0-9]++)*+ )
  | (?P<word> [A-Za-z_][A-Za-z0-9_]*+ )
  | (?P<mark> \^\^ | [{}().;,] )
  | (?P<other> [=!<>&|*/+-] )
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """Hold the kind of a token, its characters, and where it starts and ends."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """Return it in capitals if it is a word, else nothing."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def is_before_value(self) -> bool:
        """Return whether a value must come next in an expression, and no operator can."""
        return self.kind == "other" or self.text in ("(", ",")


class NotPlainError(Exception):
    """Leave a query that is not plain."""


def plain_tokens(text: str) -> list[Token]:
    """Return the tokens of *text* without space and comments, and an empty one at the end.

    In brackets ``?a<x:b#>`` is a comparison and a comment to the engine, so an IRI is read there
    only where no comparison can begin.

    Raises:
        NotPlainError: something in it is no token of a plain query.
    """
    found: list[Token] = []
    place = depth = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise NotPlainError
        place = token.end()
        depth += (token[0] == "(") - (token[0] == ")")
        if token.lastgroup == "iri" and depth and not found[-1].is_before_value:
            raise NotPlainError
        if token.lastgroup != "space":
            found.append(Token(token.lastgroup or "", token[0], token.start(), place))
    return [*found, Token("end", "", place, place)]
