"""Let what was made from a store be made anew when the store has changed."""

from collections.abc import Callable
from functools import partial

from flask import Flask

from kg.store import Store


def watch(app: Flask, store: Store, *forget: Callable[[], None]) -> None:
    """Call each of *forget* before the first request that follows a change of *store*.

    A store that can be changed names its state in ``version``; one without that never changes.
    """
    state = version(store)
    seen = [state()]

    @app.before_request
    def compare() -> None:
        now = state()
        if now != seen[0]:
            seen[0] = now
            for each in forget:
                each()


def version(store: Store) -> Callable[[], str | None]:
    """Return a function that names the state of *store* cheaply, or None if it cannot be known."""
    if not hasattr(store, "version"):
        return lambda: ""
    return partial(getattr, store, "version")
