"""Explain triples over HTTP: why the graph says so, as JSON and as a page."""

from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Final

from flask import render_template

from api.pages.public import Node, Public
from api.parameters import Parameters
from kg.errors import NoReleaseError, ParameterError
from kg.explain import Explainer, of_release, read_triple
from kg.reasons import Explanation, Reason
from kg.terms import INFERRED_GRAPH, curie

_NAMES: Final = ("subject", "predicate", "object")
_LONGEST: Final = 2000  # characters of a term
_INFERRED: Final = f"""SELECT ?subject ?predicate ?object WHERE {{
    GRAPH <{INFERRED_GRAPH}> {{ ?subject ?predicate ?object }}
    FILTER(ISIRI(?object) && STR(?subject) != "{INFERRED_GRAPH}")
}} ORDER BY ?predicate ?object ?subject"""


class Explanations:
    """Explain what a release holds; it is read when the first question is asked."""

    def __init__(self, public: Public, release: Path) -> None:
        self.public = public
        self._release = release
        self._lock = Lock()

    @cached_property
    def _explainer(self) -> Explainer:
        try:
            return of_release(self._release)
        except OSError as error:
            raise NoReleaseError(self._release) from error

    def asked(self) -> Explanation | None:
        """Return the explanation of the triple that the request names, or None if it names none.

        Raises:
            ParameterError: a part is missing, or is no term as in Turtle.
        """
        parameters = Parameters()
        terms = [parameters.text(name) for name in _NAMES]
        for name, term in zip(_NAMES, terms, strict=True):
            if any(terms) and not term:
                parameters.refuse(
                    name, "is missing: name a CURIE, an IRI or a literal as in Turtle"
                )
            elif term and len(term) > _LONGEST:
                parameters.refuse(name, f"is longer than {_LONGEST} characters")
        parameters.check()
        subject, predicate, value = terms
        if subject is None or predicate is None or value is None:
            return None
        try:
            triple = read_triple(subject, predicate, value)
        except ParameterError as error:  # names its parts as the command line does
            raise ParameterError(error.faults[0][0].lower(), error.faults[0][1]) from error
        with self._lock:  # it remembers what it worked out
            return self._explainer.explain(triple)

    def page(self) -> str:
        """Return the page at ``/explain``."""
        explanation = self.asked()
        return render_template(
            "explain.html",
            canonical="/explain",
            explanation=explanation and tree(explanation),
            asked=explanation and terms(explanation),
            inferred=[] if explanation else self._inferred(),
            alternates=(),
        )

    def _inferred(self) -> list[Node]:
        """Return what the reasoner inferred, to begin with."""
        return [
            {name: self.public.context.curie(row[name]) for name in _NAMES}
            for row in self.public.select(_INFERRED)
        ]


def terms(explanation: Explanation) -> dict[str, str]:
    """Return the terms of the explained triple as they are asked for."""
    triple = explanation.triple
    found = (triple.subject, triple.predicate, triple.object)
    named = (curie(str(each)[1:-1]) if str(each).startswith("<") else str(each) for each in found)
    return dict(zip(_NAMES, named, strict=True))


def tree(explanation: Explanation) -> dict[str, Any]:
    """Return *explanation* as JSON: the triple, the sentence, and the reasons with theirs."""
    return {
        **terms(explanation),
        "sentence": explanation.sentence,
        "reasons": [_reason(each) for each in explanation.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "kind": reason.kind,
        "by": reason.by,
        "because": [tree(each) for each in reason.because],
        "evidence": [
            {
                "claim": curie(each.claim.value),
                "source": each.source,
                "where": each.where,
                "place": each.place,
            }
            for each in reason.evidence
        ],
    }
