"""Find the scripts that ``web/`` is built into, if they were built; no page needs them."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from api.pages.assets import ADDRESS, STATIC

_BUILT: Final = "built"


@dataclass(frozen=True)
class Bundle:
    """Name the addresses of one script and of the styles that belong to it."""

    script: str
    styles: tuple[str, ...]


def bundle(name: str, directory: Path = STATIC) -> Bundle | None:
    """Return the bundle made from ``web/src/<name>.js``, or None if nothing was built here."""
    entries = _read(directory / _BUILT / "manifest.json")
    key = f"src/{name}.js"
    if key not in entries:
        return None
    styles: dict[str, None] = {}
    waiting = [key]
    for each in waiting:
        waiting += [other for other in entries[each].get("imports", ()) if other not in waiting]
        styles |= dict.fromkeys(entries[each].get("css", ()))
    return Bundle(_address(entries[key]["file"]), tuple(map(_address, styles)))


def packages(directory: Path = STATIC) -> list[dict[str, str]]:
    """Return name, version, licence and its text of each package that bundles contain."""
    found: list[dict[str, str]] = _read(directory / _BUILT / "licences.json") or []
    return found


def _address(file: str) -> str:
    return f"{ADDRESS}{_BUILT}/{file}"


@lru_cache(8)
def _read(path: Path) -> Any:  # noqa: ANN401 (any JSON)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
