"""Check FHIR resources against the elements and the required codes of R5.

The table is made from hl7.fhir.r5.core 5.0.0 (see vocabularies.py). ``fhir.resources`` checks
cardinalities and types, and accepts any code; this checks what it does not.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_TABLE: Final = json.loads((Path(__file__).parent / "data" / "fhir-r5.json").read_bytes())
TYPES: Final[dict[str, list[str]]] = _TABLE["types"]
REQUIRED: Final[dict[str, list[str] | None]] = _TABLE["required"]


def faults(resource: dict[str, Any]) -> list[str]:
    """Return what is wrong with *resource*: elements that R5 does not have, and wrong codes."""
    return list(_walk(resource["resourceType"], resource, resource["resourceType"]))


def _walk(kind: str, node: dict[str, Any], place: str) -> Iterator[str]:
    for key, value in node.items():
        if key in {"resourceType", "id"}:
            continue
        here = f"{place}.{key}"
        found = _element(kind, key)
        if found is None:
            yield f"{here}: R5 has no such element"
            continue
        path, types = found
        for one in value if isinstance(value, list) else [value]:
            yield from _value(path, types, one, here)


def _element(kind: str, key: str) -> tuple[str, list[str]] | None:
    path = f"{kind}.{key}"
    if path in TYPES:
        return path, TYPES[path]
    for choice, types in TYPES.items():  # value[x] as valueString
        for each in types:
            if path == f"{choice}{each[0].upper()}{each[1:]}":
                return choice, [each]
    return None


def _value(path: str, types: list[str], value: Any, place: str) -> Iterator[str]:  # noqa: ANN401
    codes = REQUIRED.get(path)
    if codes is not None:
        given = _codes(value)
        if not given:
            yield f"{place}: has no code, and one of {codes} is required"
        yield from (
            f"{place}: {each!r} is not one of {codes}" for each in given if each not in codes
        )
    if not isinstance(value, dict):
        return
    if "resourceType" in value:
        yield from _walk(value["resourceType"], value, f"{place}/{value['resourceType']}")
    elif types in (["BackboneElement"], ["Element"]):
        yield from _walk(path, value, place)
    elif types:
        yield from _walk(types[0], value, place)


def _codes(value: Any) -> list[str]:  # noqa: ANN401
    match value:
        case str():
            return [value]
        case {"coding": list(codings)}:
            return [each.get("code", "") for each in codings]
        case {"code": str(code)}:
            return [code]
    return []
