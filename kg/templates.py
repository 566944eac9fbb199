"""Fill the templates of an update with solutions, by the engine itself in a store of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import pyoxigraph as ox

from kg.evaluation import BASE, Term
from kg.tokens import tokens

_BATCH: Final = 10_000  # solutions in one text


def instances(
    prologue: str, template: str, solutions: Iterable[Mapping[str, Term]]
) -> list[ox.Quad]:
    """Return the quads that *template* makes of *solutions*, each once.

    A template, in its braces, has no expression, so its tokens are certain and it can hold
    nothing but quads. Blank nodes of a solution stay the same, those of the template are new.
    """
    found = list(tokens(template))
    names = sorted({token.text[1:] for token in found if token.kind == "variable"})
    rows: Sequence[tuple[Term | None, ...]] = [
        tuple(solution.get(name) for name in names) for solution in solutions
    ]
    if not any(token.kind == "blank" or token.text in {"[", "("} for token in found):
        rows = list(dict.fromkeys(rows))
    scratch = ox.Store()
    for start in range(0, len(rows), _BATCH):
        _fill(scratch, prologue, template, names, rows[start : start + _BATCH])
    return list(scratch)


def _fill(
    scratch: ox.Store,
    prologue: str,
    template: str,
    names: Sequence[str],
    rows: Sequence[tuple[Term | None, ...]],
) -> None:
    row = "row"
    while row in names:
        row += "_"

    def column(place: int) -> Callable[..., Term | None]:
        return lambda number: rows[int(number.value)][place]

    functions = {
        ox.NamedNode(f"urn:x-drugkg:column:{place}"): column(place) for place in range(len(names))
    }
    bound = " ".join(
        f"BIND(<urn:x-drugkg:column:{place}>(?{row}) AS ?{name})"
        for place, name in enumerate(names)
    )
    numbers = " ".join(map(str, range(len(rows))))
    scratch.update(
        f"{prologue}\nINSERT {template} WHERE {{ VALUES ?{row} {{ {numbers} }} {bound} }}",
        base_iri=BASE,
        custom_functions=functions,
    )
