"""Let what was made from a store be made anew when the store has changed."""

from collections.abc import Callable

from flask import Flask

from kg.store import Store


def watch(app: Flask, store: Store, *forget: Callable[[], None]) -> None:
    """Call each of *forget* before the first request that follows a change of *store*.

    A store that can be changed names its state in ``version``; another one never changes.
    """
    seen = [_version(store)]

    @app.before_request
    def compare() -> None:
        now = _version(store)
        if now != seen[0]:
            seen[0] = now
            for each in forget:
                each()


def _version(store: Store) -> str:
    return str(getattr(store, "version", ""))
