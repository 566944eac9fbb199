"""Read the triple patterns that the WHERE clause of a rule asks for.

The engine does not say which triples it matched. Instantiated by the solutions, the patterns do.
Of a property path only the properties are read: where one of them holds between both ends it was
a way to match. What stands in a filter or an expression is no pattern.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

import pyoxigraph as ox

from kg.terms import RDF

Part: TypeAlias = ox.NamedNode | ox.Literal | str  # a string is the name of a variable

_TOKEN: Final = re.compile(
    r"""
    (?P<comment> \#.* )
    | <(?P<iri> [^<>"{}|^`\\\s]* )>
    | (?P<literal> (?: "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' ) (?: @[\w-]+ | \^\^\S+ )?
        | \b(?:true|false)\b
        | [+-]?\d+(?:\.\d+)? )
    | [?$](?P<variable> \w+ )
    | (?P<curie> [A-Za-z][\w-]*:[\w-]* | :[\w-]+ )
    | (?P<word> [A-Za-z]\w* )
    | (?P<sign> [{}()\[\].;,/|^*+!=<>&-] )
    """,
    re.VERBOSE,
)
_PREFIX: Final = re.compile(r"(?i)\bPREFIX\s+([\w-]*):\s*<([^>]*)>")
_CLAUSES: Final = frozenset({"GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET"})


class Pattern(NamedTuple):
    """Hold one triple pattern with the properties of its verb; None for a nested blank node."""

    subject: Part | None
    verbs: tuple[Part, ...]
    value: Part | None

    def matches(self, values: Mapping[str, object]) -> Iterator[ox.Triple]:
        """Yield the triples that this may have matched where variables have *values*."""
        subject, value = (_bound(part, values) for part in (self.subject, self.value))
        for verb in self.verbs:
            predicate = _bound(verb, values)
            if (
                isinstance(subject, ox.NamedNode)
                and isinstance(predicate, ox.NamedNode)
                and isinstance(value, ox.NamedNode | ox.Literal)
            ):
                yield ox.Triple(subject, predicate, value)


def _bound(part: Part | None, values: Mapping[str, object]) -> object:
    return values.get(part) if isinstance(part, str) else part


def patterns(prologue: str, where: str) -> tuple[Pattern, ...]:
    """Return the triple patterns of *where*, whose prefixes *prologue* declares."""
    return tuple(_Reader(dict(_PREFIX.findall(prologue)), where).read())


class _Reader:
    """Walk over the tokens of a group graph pattern (SPARQL 1.1 grammar, rules 53 to 88)."""

    def __init__(self, prefixes: Mapping[str, str], text: str) -> None:
        self._prefixes = prefixes
        self._tokens = [m for m in _TOKEN.finditer(text) if m.lastgroup != "comment"]
        self._at = 0

    def read(self) -> Iterator[Pattern]:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.lastgroup == "word" and token[0] != "a":
                self._skip(token[0].upper())
            elif token.lastgroup == "sign" and token[0] not in "^!(":
                self._at += 1
            else:
                yield from self._properties(self._term())

    def _properties(self, subject: Part | None) -> Iterator[Pattern]:
        """Read what is asked of *subject*, to the point or bracket that ends it."""
        while self._sign() not in {".", "}", "{", "]"} and not self._ended():
            verbs = self._verb()
            while not self._ended():
                yield Pattern(subject, verbs, self._object())
                if self._sign() != ",":
                    break
                self._at += 1
            while self._sign() == ";":
                self._at += 1
            if not self._is_verb():
                return

    def _object(self) -> Part | None:
        if self._sign() != "[":
            return self._term()
        self._at += 1
        list(self._properties(None))
        self._at += 1
        return None

    def _verb(self) -> tuple[Part, ...]:
        """Read a property path; return the properties in it."""
        found: list[Part] = []
        is_due = True
        while not self._ended():
            sign = self._sign()
            if sign and sign in "^!()*+":
                self._at += 1
            elif sign and sign in "/|":
                is_due = True
                self._at += 1
            elif is_due and not sign:
                is_due = False
                found += (term for term in [self._term()] if term is not None)
            else:
                break
        return tuple(found)

    def _term(self) -> Part | None:
        token = self._tokens[self._at]
        self._at += 1
        match token.lastgroup:
            case "iri":
                return ox.NamedNode(token["iri"])
            case "variable":
                return str(token["variable"])
            case "curie":
                prefix, _, local = token[0].partition(":")
                return ox.NamedNode(self._prefixes.get(prefix, "") + local)
            case "literal":
                (quad,) = ox.parse(f"<urn:x> <urn:x> {token[0]} .", format=ox.RdfFormat.TURTLE)
                return quad.object if isinstance(quad.object, ox.Literal) else None
            case "word":
                return ox.NamedNode(RDF + "type")
        return None

    def _skip(self, word: str) -> None:
        """Pass over a keyword and what belongs to it but a group."""
        self._at += 1
        if word == "SELECT":
            while not self._ended() and self._sign() != "{":
                self._at += 1
        elif word in _CLAUSES:
            while not self._ended() and self._sign() != "}":
                self._at += 1
        elif word == "GRAPH":
            self._at += 1
        elif word == "VALUES":
            while self._sign() != "{":
                self._at += 1
            self._balanced("{", "}")
        elif self._sign() == "(":
            self._balanced("(", ")")

    def _balanced(self, opening: str, closing: str) -> None:
        depth = 0
        while not self._ended():
            depth += (self._sign() == opening) - (self._sign() == closing)
            self._at += 1
            if depth == 0:
                return

    def _sign(self) -> str:
        token = None if self._ended() else self._tokens[self._at]
        return token[0] if token and token.lastgroup == "sign" else ""

    def _is_verb(self) -> bool:
        if self._ended():
            return False
        token = self._tokens[self._at]
        return (
            token[0] == "a"
            or self._sign() in set("^!(")
            or token.lastgroup in {"iri", "curie", "variable"}
        )

    def _ended(self) -> bool:
        return self._at >= len(self._tokens)
