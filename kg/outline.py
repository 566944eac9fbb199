"""Read how a plain query is put together; nothing is said of a query that is not plain.

Plain is ``SELECT … WHERE { … }`` with patterns of three terms, FILTER, OPTIONAL and lists of values
for one variable at its top level, and anything without braces after it. What stands inside FILTER
and OPTIONAL is not read.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from kg.plain_tokens import NotPlainError, Token, plain_tokens

_DEEPEST: Final = 3  # OPTIONAL inside OPTIONAL
_TERMS: Final = frozenset({"iri", "variable", "name"})
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")


class Pattern(NamedTuple):
    """Hold three terms, as N-Triples or with the sign of a variable before its name."""

    subject: str
    predicate: str
    object: str

    @property
    def variables(self) -> frozenset[str]:
        """Return the names of the variables, each with a question mark."""
        return frozenset(term for term in self if term.startswith("?"))


class Listed(NamedTuple):
    """Hold a variable and the terms that are listed as its values."""

    variable: str
    terms: tuple[str, ...]


class Part(NamedTuple):
    """Hold patterns and where in the text they stand."""

    patterns: tuple[Pattern, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Group:
    """Hold the patterns of a group and the groups in its OPTIONAL.

    ``negations`` are the filters NOT EXISTS whose group holds patterns only; ``lists`` are those of
    VALUES, all before the first OPTIONAL; ``is_read`` is false if something in brackets was passed
    over that may hold patterns too; ``is_filtered`` says that there is a FILTER; ``end`` is the
    place of the brace that closes the group.
    """

    runs: tuple[Part, ...]
    negations: tuple[Part, ...]
    options: "tuple[Group, ...]"
    lists: tuple[Listed, ...]
    is_read: bool
    is_filtered: bool
    end: int


@dataclass(frozen=True)
class Outline:
    """Say what a plain query holds, and where."""

    group: Group
    words: frozenset[str]  # outside the group, in capitals
    is_projected: bool  # variables are named, not *


def outline(text: str) -> Outline | None:
    """Return what *text* holds if it is a plain query, else None; it may still not parse."""
    try:
        return _Reader(text).read()
    except (NotPlainError, IndexError):
        return None


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = plain_tokens(text)
        self._place = self._depth = 0
        self._prefixes: dict[str, str] = {}

    def read(self) -> Outline:
        while self._peek().word == "PREFIX":
            self._next()
            name, iri = self._next(), self._next()
            if name.kind != "name" or iri.kind != "iri" or not name.text.endswith(":"):
                raise NotPlainError
            self._prefixes[name.text] = _absolute(iri.text)
        self._expect("SELECT")
        is_projected = True
        while self._peek().text != "{" and self._peek().word != "WHERE":
            if self._peek().word in ("FROM", "SELECT", "EXISTS"):
                raise NotPlainError
            is_projected = self._next().text != "*" and is_projected
        if self._peek().word == "WHERE":
            self._next()
        begin = self._place
        group = self._group()
        if any(token.text in ("{", "}") for token in self._tokens[self._place :]):
            raise NotPlainError
        around = (*self._tokens[:begin], *self._tokens[self._place :])
        words = frozenset(token.word for token in around)
        return Outline(group, words, is_projected)

    def _group(self) -> Group:
        runs: list[Part] = []
        negations: list[Part] = []
        options: list[Group] = []
        lists: list[Listed] = []
        is_read, is_filtered = True, False
        self._expect("{")
        while True:
            token = self._peek()
            if token.text == "}":
                end = self._next().start
                parts = (tuple(runs), tuple(negations), tuple(options), tuple(lists))
                return Group(*parts, is_read, is_filtered, end)
            if token.word == "FILTER":
                is_read = self._peek(1).word not in ("NOT", "EXISTS") and is_read
                negation = self._filter()
                is_filtered = True
                negations += [negation] if negation else []
            elif token.word == "OPTIONAL":
                self._next()
                option = self._option()
                is_read = option is not None and option.is_read and is_read
                options += [option] if option else []
            elif token.word == "VALUES" and not options:
                lists.append(self._values())
            elif token.kind in _TERMS:
                runs.append(self._run())
            else:
                raise NotPlainError
            if self._peek().text == "." and token.word:  # after FILTER and OPTIONAL it is optional
                self._next()

    def _option(self) -> Group | None:
        begin = self._place
        self._skip("{", "}")
        end, self._place = self._place, begin
        self._depth += 1
        try:
            option = self._group() if self._depth <= _DEEPEST else None
        except NotPlainError:
            option = None
        self._depth -= 1
        is_whole = self._place == end
        self._place = end
        return option if is_whole else None

    def _filter(self) -> Part | None:
        start = self._next().start
        if self._peek().word == "NOT":
            self._next()
            self._expect("EXISTS")
            begin = self._place
            self._skip("{", "}")
            end = self._place
            self._place = begin + 1
            try:
                inner = self._run()
            except NotPlainError:
                inner = None
            is_whole = self._place == end - 1
            self._place = end
            finish = self._tokens[end - 1].end
            return Part(inner.patterns, start, finish) if inner and is_whole else None
        if self._peek().word == "EXISTS":
            self._next()
            self._skip("{", "}")
            return None
        if self._peek().text != "(":
            self._next()
        self._skip("(", ")")
        return None

    def _values(self) -> Listed:
        """Read terms for one variable; UNDEF is none."""
        self._next()
        variable = self._next()
        if variable.kind != "variable":
            raise NotPlainError
        self._expect("{")
        terms: list[str] = []
        while self._peek().text != "}":
            terms.append(self._term())
        self._next()
        return Listed("?" + variable.text[1:], tuple(terms))

    def _run(self) -> Part:
        """Read patterns up to what is none."""
        patterns: list[Pattern] = []
        start = end = self._peek().start
        while self._peek().kind in _TERMS:
            subject = self._term()
            while True:
                predicate = self._predicate()
                patterns.append(Pattern(subject, predicate, self._term()))
                while self._peek().text == ",":
                    self._next()
                    patterns.append(Pattern(subject, predicate, self._term()))
                while self._peek().text == ";":
                    self._next()
                end = self._tokens[self._place - 1].end
                if self._tokens[self._place - 1].text != ";" or not self._starts_predicate():
                    break
            if self._peek().text != ".":
                break
            end = self._next().end
        return Part(tuple(patterns), start, end)

    def _starts_predicate(self) -> bool:
        token = self._peek()
        return token.kind in _TERMS or token.text == "a"

    def _predicate(self) -> str:
        if self._peek().text == "a":
            self._next()
            return RDF_TYPE
        if self._peek().kind not in _TERMS:
            raise NotPlainError
        return self._term()

    def _term(self) -> str:
        token = self._next()
        match token.kind:
            case "variable":
                return "?" + token.text[1:]
            case "iri":
                return _absolute(token.text)
            case "name":
                prefix, _, local = token.text.partition(":")
                namespace = self._prefixes.get(prefix + ":")
                if namespace is None:
                    raise NotPlainError
                return f"{namespace[:-1]}{local}>"
            case "string":
                return self._literal(token.text)
            case "number":
                kind = "decimal" if "." in token.text else "integer"
                return f'"{token.text}"^^<{_XSD}{kind}>'
        if token.text in ("true", "false"):
            return f'"{token.text}"^^<{_XSD}boolean>'
        raise NotPlainError

    def _literal(self, text: str) -> str:
        if "\\" in text or (text[0] == "'" and '"' in text):
            raise NotPlainError
        quoted = f'"{text[1:-1]}"'
        if self._peek().kind == "tag":
            return quoted + self._next().text
        if self._peek().text == "^^":
            self._next()
            return f"{quoted}^^{self._term()}"
        return quoted

    def _skip(self, opening: str, closing: str) -> None:
        """Go past what stands in brackets."""
        self._expect(opening)
        depth = 1
        while depth:
            token = self._next()
            if token.kind == "mark":
                depth += (token.text == opening) - (token.text == closing)

    def _expect(self, text: str) -> None:
        token = self._next()
        if text not in (token.text, token.word):
            raise NotPlainError

    def _peek(self, further: int = 0) -> Token:
        return self._tokens[self._place + further]

    def _next(self) -> Token:
        self._place += 1
        return self._tokens[self._place - 1]


def _absolute(iri: str) -> str:
    if not _ABSOLUTE.match(iri):
        raise NotPlainError
    return iri
