"""Match names from a table to entities, and fill its columns with what is known of them.

Source: Reconciliation Service API 0.2, W3C Entity Reconciliation Community Group.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from kg.context import Context
from kg.errors import ParameterError
from kg.search import Entity, Hit, Index, fold
from kg.store import Store
from kg.terms import RDFS, XSD

_LABEL: Final = ox.NamedNode(RDFS + "label")
_DEFINITION: Final = ox.NamedNode("http://www.w3.org/2004/02/skos/core#definition")
_FEW: Final = 200  # entities that are looked at to learn which properties a class has
_CERTAIN: Final = 100.0
_OTHER_VALUE: Final = 0.8  # what a score is multiplied with for each property that differs
_KEYS: Final = {"query", "type", "limit", "properties", "type_strict"}
MOST: Final = 50  # queries in a batch, candidates of a query, and rows to extend


@dataclass(frozen=True)
class Reconciler:
    """Answer the operations of the protocol; ids are CURIEs, properties are terms."""

    store: Store
    index: Index
    context: Context

    def batch(self, queries: Mapping[str, Any]) -> dict[str, Any]:
        """Return candidates for each of *queries*.

        Raises:
            ParameterError: a query is not of the form that the protocol gives it.
        """
        return {key: {"result": self._candidates(key, query)} for key, query in queries.items()}

    def extend(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of properties of entities.

        Raises:
            ParameterError: what is *asked* is not of the form that the protocol gives it.
        """
        match asked:
            case {"ids": list() as ids, "properties": list() as about}:
                names = [each.get("id") if isinstance(each, dict) else None for each in about]
            case _:
                raise ParameterError("extend", "needs the lists ids and properties")
        known = self.properties()
        if not all(isinstance(each, str) for each in ids) or len(ids) > MOST:
            raise ParameterError("extend", f"ids is not a list of at most {MOST} texts")
        for name in names:
            if not isinstance(name, str) or name not in known:
                raise ParameterError("extend", f"{name!r} is not one of the properties")
        wanted = [str(name) for name in names]
        return {
            "meta": [{"id": name, "name": known[name]} for name in wanted],
            "rows": {
                each: {name: list(self._values(each, name)) for name in wanted} for each in ids
            },
        }

    def properties(self, kind: str | None = None) -> dict[str, str]:
        """Return the terms with their labels, or those that entities of the class *kind* have."""
        terms = {term.iri: term.name for term in self.context.terms.values()}
        terms = {iri: name for iri, name in terms.items() if not name[0].isupper()}
        if kind is not None:
            iri = self.context.expand(kind)
            few = self.index.of_type(iri, _FEW)
            found = {
                quad.predicate.value
                for each in few
                for quad in self.store.quads(ox.NamedNode(each.iri))
            }
            terms = {iri: name for iri, name in terms.items() if iri in found}
        named = {name: self._text(iri, _LABEL) or name for iri, name in terms.items()}
        return dict(sorted(named.items()))

    def types(self) -> dict[str, str]:
        """Return the classes of what can be found, with their labels."""
        named = {self.context.name(iri): self._text(iri, _LABEL) for iri in self.index.kinds()}
        return {name: label or name for name, label in sorted(named.items())}

    def suggestions(self, prefix: str, after: int = 0) -> list[dict[str, Any]]:
        """Return entities that a name may become that begins with *prefix*, without *after*."""
        hits = self._found(prefix)[after : after + MOST]
        return [
            {
                "id": self.context.curie(hit.entity.iri),
                "name": hit.entity.label,
                "description": self.description(hit.entity),
                "notable": self._kinds(hit.entity),
            }
            for hit in hits
        ]

    def entity(self, curie: str) -> Entity | None:
        """Return the entity that *curie* names, if there is one."""
        return self.index.get(self.context.expand(curie))

    def description(self, entity: Entity) -> str:
        """Return the definition of *entity*, or else its class."""
        kinds = (str(kind["name"]) for kind in self._kinds(entity))
        return self._text(entity.iri, _DEFINITION) or ", ".join(kinds)

    def _candidates(self, key: str, query: object) -> list[dict[str, Any]]:
        asked: Mapping[str, Any] = query if isinstance(query, dict) else {}
        match asked:
            case {"query": str() as text}:
                pass
            case {"properties": [{"v": value}, *_]}:
                text = " ".join(_texts(value))
            case _:
                raise ParameterError("queries", f"{key} has neither a query nor properties")
        kinds = asked.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        limit = asked.get("limit", MOST)
        if unknown := asked.keys() - _KEYS:
            raise ParameterError("queries", f"{key} has {', '.join(sorted(unknown))}")
        if asked.get("type_strict", "any") not in ("any", "all", "should"):
            raise ParameterError("queries", f"{key} has a type_strict that is not known")
        conditions = asked.get("properties", [])
        if not _are_texts(kinds) or not _are_conditions(conditions) or not _is_count(limit):
            raise ParameterError("queries", f"{key} has a wrong type, limit or properties")
        hits = self._found(text, [self.context.expand(kind) for kind in kinds])
        scored = sorted(
            ((self._weighed(hit, conditions), hit) for hit in hits[:_FEW]),
            key=lambda each: -each[0],
        )[: min(int(limit), MOST)]
        certain = sum(score == _CERTAIN for score, _ in scored) == 1
        return [
            {
                "id": self.context.curie(hit.entity.iri),
                "name": hit.entity.label,
                "description": self.description(hit.entity),
                "type": self._kinds(hit.entity),
                "score": score,
                "match": certain and score == _CERTAIN,
            }
            for score, hit in scored
        ]

    def _found(self, text: str, types: Sequence[str] = ()) -> list[Hit]:
        """Return what *text* names; first what it is the id of (§4.4 and §5.4 expect that)."""
        hits = self.index.find(text, types)
        itself = self.entity(text) if ":" in text else None
        if itself is None or (types and itself.types.isdisjoint(types)):
            return hits
        return [Hit(itself, text, _CERTAIN), *(hit for hit in hits if hit.entity != itself)]

    def _weighed(self, hit: Hit, conditions: Iterable[Mapping[str, Any]]) -> float:
        score = hit.score
        for each in conditions:
            values = self._values(self.context.curie(hit.entity.iri), each["pid"])
            known = {fold(str(value)) for every in values for value in every.values()}
            if known.isdisjoint(map(fold, _texts(each["v"]))):
                score *= _OTHER_VALUE
        return round(score, 2)

    def _kinds(self, entity: Entity) -> list[dict[str, str]]:
        names = ((self.context.name(kind), kind) for kind in entity.kinds)
        return [{"id": name, "name": self._text(kind, _LABEL) or name} for name, kind in names]

    def _values(self, curie: str, name: str) -> Iterator[dict[str, Any]]:
        try:
            subject = ox.NamedNode(self.context.expand(curie))
            predicate = ox.NamedNode(self.context.expand(name))
        except ValueError:
            return
        values = {str(quad.object): quad.object for quad in self.store.quads(subject, predicate)}
        for _, value in sorted(values.items()):
            if isinstance(value, ox.NamedNode):
                curie = self.context.curie(value.value)
                yield {"id": curie, "name": self._text(value.value, _LABEL) or curie}
            elif isinstance(value, ox.Literal):
                yield _cell(value)

    def _text(self, iri: str, predicate: ox.NamedNode) -> str:
        found = [quad.object for quad in self.store.quads(ox.NamedNode(iri), predicate)]
        return min((each.value for each in found if isinstance(each, ox.Literal)), default="")


def _cell(value: ox.Literal) -> dict[str, Any]:
    match value.datatype.value.removeprefix(XSD):
        case "integer":
            return {"int": int(value.value)}
        case "decimal":
            return {"float": float(value.value)}
    return {"str": value.value}  # the protocol has no dates without a time


def _texts(value: object) -> list[str]:
    match value:
        case list():
            return [text for each in value for text in _texts(each)]
        case {"id": identifier, **rest}:
            return [str(identifier), str(rest.get("name", identifier))]
    return [str(value)]


def _are_texts(kinds: object) -> bool:
    return isinstance(kinds, list) and all(isinstance(kind, str) for kind in kinds)


def _are_conditions(conditions: object) -> bool:
    return isinstance(conditions, list) and all(
        isinstance(each, dict) and isinstance(each.get("pid"), str) and _is_value(each.get("v"))
        for each in conditions
    )


def _is_value(value: object) -> bool:
    """Return whether *value* is what a property may have: one value or several."""
    match value:
        case list():
            return not any(isinstance(each, list) for each in value) and all(map(_is_value, value))
        case {"id": str(), **rest}:
            return isinstance(rest.get("name", ""), str)
    return isinstance(value, bool | int | float | str)


def _is_count(limit: object) -> bool:
    whole = isinstance(limit, int) or (isinstance(limit, float) and limit.is_integer())
    return whole and not isinstance(limit, bool) and limit >= 1  # type: ignore[operator]
