"""Are the documents of medicines ready when the first one is asked for?"""

from flask import Flask

from api import create_app
from api.config import Settings
from api.warm import warm_meanwhile
from kg.store import Store


class Counting:
    """Be a store that counts how often it is looked into."""

    def __init__(self, store: Store) -> None:
        self.manifest, self.query = store.manifest, store.query
        self._store = store
        self.looked_up = 0

    def quads(self, *pattern: object) -> object:
        self.looked_up += 1
        return self._store.quads(*pattern)  # type: ignore[arg-type]


def first(app: Flask, store: Counting) -> int:
    """Return how many look-ups the first document takes."""
    before = store.looked_up
    assert app.test_client().get("/drugs/testomab").status_code == 200
    return store.looked_up - before


def test_the_first_document_is_there_when_a_worker_has_warmed_up(small_store: Store) -> None:
    cold, warmed = Counting(small_store), Counting(small_store)
    app = create_app(Settings(), cold)  # type: ignore[arg-type]
    alone = first(app, cold)
    app = create_app(Settings(), warmed)  # type: ignore[arg-type]
    warm_meanwhile(app).join()
    assert first(app, warmed) < alone / 4


def test_a_store_that_fails_does_not_keep_a_worker_from_starting(small_store: Store) -> None:
    app = create_app(Settings(), small_store)
    app.view_functions.clear()
    warm_meanwhile(app).join()
