"""Be a store that asks another one, in a better way where there is one."""

from collections.abc import Mapping
from dataclasses import replace

from kg.errors import MalformedQueryError, QueryTooLongError
from kg.judging import Judge, Spreads
from kg.passing import Passing
from kg.rewrite import Rewritten, read, rewrite
from kg.shapes import filled, marked, shape
from kg.store import EVERYTHING, Answer, Dataset, GraphFormat, ResultFormat, Store, Term


class RewritingStore(Passing):
    """Answer as *store* does, which also does all else that it can.

    The form that is better for one query of a shape is better for all of them.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._form = Judge(store, _form, otherwise=None)

    def query(  # noqa: D102 (the protocol says it)
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        found = shape(text) if dataset == EVERYTHING and not bindings else None
        form = self._form(found, text) if found is not None else None
        if found is not None and form is not None:
            better = filled(form.text, found.named)
            try:
                answer = self._store.query(better, solutions=solutions, graph=graph)
                return replace(answer, rewritten=form.ways)
            except (MalformedQueryError, QueryTooLongError):
                pass  # what is wrong is said of the text that was sent
        return self._store.query(
            text, dataset=dataset, solutions=solutions, graph=graph, bindings=bindings
        )


def _form(text: str, spreads: Spreads) -> Rewritten | None:
    """Return the better form of queries of the shape of *text*, with a mark for what they name."""
    said = marked(text)
    found = read(said)
    return None if found is None else rewrite(said, found, spreads)
