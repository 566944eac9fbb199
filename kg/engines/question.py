"""Change a query where that is safe: its dataset, the values of its variables, its form.

Each change is made between tokens of text that the embedded engine has parsed before, and the
result is parsed again before it is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.engines import binding
from kg.engines.lexer import Token, tokens, unescaped
from kg.engines.literals import text as written
from kg.engines.profiles import STANDARD, Profile
from kg.errors import UnevaluableQueryError
from kg.stack import with_stack_for
from kg.store import BASE, Dataset, Term

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_NOWHERE: Final = "urn:x-drugkg:nothing"  # a graph that nobody has: an empty choice selects it
_AFTER_WHERE: Final = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


def parse(text: str) -> None:
    """Raise what the embedded engine raises about *text*, without evaluating it.

    An empty row of data is joined to the whole pattern, so that nothing is left to evaluate.
    """

    def read(text: str) -> None:
        def evaluate() -> None:
            ox.Store().query(text, base_iri=BASE)  # dropped in the thread that made it

        with_stack_for(text, evaluate)

    found = Question.read(text)
    if found.opening is None or found.closing is None:
        read(text)
        return
    start, end = found.opening.start, found.closing.end
    empty = f"{text[:start]}{{ VALUES () {{ }} {text[start:end]} }}{text[end:]}"
    try:
        read(empty)
    except SyntaxError:  # at the right place; or CONSTRUCT WHERE, which takes no data
        read(text)


@dataclass(frozen=True)
class Question:
    """Hold the text of a query and the places in it that matter."""

    text: str
    form: str
    head: int  # where the form starts
    froms: tuple[tuple[int, int, bool, str], ...]  # start, end, NAMED, IRI as written
    template: tuple[int, int] | None  # of CONSTRUCT, with its braces
    opening: Token | None  # the brace of the outermost group
    closing: Token | None
    names_graphs: bool

    @classmethod
    def read(cls, text: str) -> "Question":
        """Find the places in *text*, which should be a query."""
        every = list(tokens(text))
        at = next((i for i, each in enumerate(every) if each.says(*_FORMS)), len(every))
        form = every[at].text.upper() if at < len(every) else "SELECT"
        head = every[at].start if at < len(every) else len(text)
        i, template, froms = at + 1, None, []
        if form == "CONSTRUCT" and i < len(every) and every[i].is_sign("{"):
            closing = _closing(every, i)
            if closing is not None:
                template = (every[i].start, every[closing].end)
                i = closing + 1
        depth = 0
        while i < len(every) and not (every[i].is_sign("{") and depth == 0):
            token = every[i]
            depth += token.is_sign("(") - token.is_sign(")")
            if depth == 0 and token.says("FROM") and i + 1 < len(every):
                named = every[i + 1].says("NAMED")
                last = min(i + 1 + named, len(every) - 1)
                froms.append((token.start, every[last].end, named, every[last].text))
                i = last
            i += 1
        closing = _closing(every, i) if i < len(every) else None
        return cls(
            text=text,
            form=form,
            head=head,
            froms=tuple(froms),
            template=template,
            opening=every[i] if i < len(every) else None,
            closing=None if closing is None else every[closing],
            names_graphs="graph" in text.lower(),
        )

    def bound(self, values: Mapping[str, Term], profile: Profile) -> "Question":
        """Return this with the variables of *values* replaced by their values.

        Where a value may not stand, such as a literal as a subject, each group that uses the
        variable is joined to it instead (SPARQL 1.1 §10), which engines plan less well.

        Raises:
            UnevaluableQueryError: there is no pattern in which a value could stand.
        """
        if not values:
            return self
        if self.opening is None:
            raise UnevaluableQueryError("this query has no pattern in which a value could stand")
        terms = {name: written(term, profile) for name, term in values.items()}
        start = self.opening.start
        inlined = self._replaced(terms)
        if inlined is not None:
            return Question.read(inlined)
        joined = binding.joined(self.text, start, terms)
        parse(joined)
        return Question.read(joined)

    def inlined(self, values: Mapping[str, Term]) -> str | None:
        """Return the text with the variables of *values* replaced, or None if that cannot be.

        An engine plans better for it than for values that it is given beside the text, which do
        not reach sub-selects.
        """
        return self._replaced({name: written(term, STANDARD) for name, term in values.items()})

    def _replaced(self, terms: Mapping[str, str]) -> str | None:
        if self.opening is None or binding.projects_all(self.text, self.head, self.opening.start):
            return None
        text = binding.replaced(self.text, self.head, self.opening.start, terms)
        try:
            parse(text)
        except (SyntaxError, RuntimeError):
            return None
        return text

    def selecting(self, dataset: Dataset) -> "Question":
        """Return this with *dataset* in its text, in place of what is there."""
        clauses = "".join(f" FROM <{each.value}>" for each in dataset.default or _nothing())
        if self.names_graphs:
            named = dataset.named or _nothing()
            clauses += "".join(f" FROM NAMED <{each.value}>" for each in named)
        text = self.text
        place = self._place_of_dataset()
        for start, end, _, _ in reversed(self.froms):
            text = text[:start] + " " * (end - start) + text[end:]
        return Question.read(f"{text[:place]}{clauses} {text[place:]}")

    def own_dataset(self) -> Dataset | None:
        """Return the dataset that the text itself selects, or None if it selects none."""
        if not self.froms:
            return None
        iris = self.resolved([each for *_, each in self.froms])
        named = [each[2] for each in self.froms]
        return Dataset(
            tuple(iri for iri, is_named in zip(iris, named, strict=True) if not is_named),
            tuple(iri for iri, is_named in zip(iris, named, strict=True) if is_named),
        )

    def resolved(self, iris: Sequence[str]) -> list[ox.NamedNode]:
        """Return *iris*, as they stand in the text, by its prefixes and base."""
        if not iris:
            return []
        columns = " ".join(f"({iri} AS ?v{i})" for i, iri in enumerate(iris))
        found = ox.Store().query(f"{self.text[: self.head]} SELECT {columns} {{ }}", base_iri=BASE)
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError(found)
        (row,) = found
        return [term for i in range(len(iris)) if isinstance(term := row[f"v{i}"], ox.NamedNode)]

    def _place_of_dataset(self) -> int:
        if self.froms:
            return self.froms[0][0]
        if self.opening is None:
            for token in tokens(self.text[self.head :]):
                if token.says(*_AFTER_WHERE):
                    return self.head + token.start
            return len(self.text)
        before = list(tokens(self.text[: self.opening.start]))
        return before[-1].start if before[-1].says("WHERE") else self.opening.start


def refuse_schemes(text: str, profile: Profile) -> None:
    """Raise UnevaluableQueryError if *text* may call functions that only the engine has.

    Some of them read files or ask other servers.
    """
    plain = unescaped(text)
    declares = False
    for token in tokens(plain):
        iri = token.text.strip("<>").lower() if token.kind == "iri" else token.text.lower()
        for scheme in profile.refused_schemes:
            # A prefix that is cut short, such as <bi>, could be completed by a local name.
            part = declares and token.kind == "iri" and scheme.startswith(iri)
            if part or (token.kind in {"iri", "word"} and iri.startswith(scheme)):
                raise UnevaluableQueryError(f"{token.text} is not SPARQL; it is not passed on")
        declares = token.says("BASE", "PREFIX") or (declares and token.kind == "word")


def _nothing() -> tuple[ox.NamedNode, ...]:
    return (ox.NamedNode(_NOWHERE),)


def _closing(every: Sequence[Token], opening: int) -> int | None:
    depth = 0
    for i in range(opening, len(every)):
        depth += every[i].is_sign("{") - every[i].is_sign("}")
        if depth == 0:
            return i
    return None
