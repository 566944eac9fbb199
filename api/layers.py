"""Put around the application what makes it fast: a lane, rewrites, a short path, a cache."""

import math
from typing import TYPE_CHECKING, Final

from flask import Flask

from api import freshness
from api.cache import Cache
from api.config import Settings
from api.packing import Packing
from api.quick import Quick
from kg.lanes import LaneStore
from kg.rewriting import RewritingStore
from kg.store import Store

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


_NEAR_BYTES: Final = 64 * 1024 * 1024  # no answer near by is longer


def nearest(settings: Settings, store: Store) -> Store:
    """Return *store* as it is best asked: near by where that is safe, else in the best form.

    An engine elsewhere plans queries in its own way, and is asked what was asked.
    """
    near: Store | None = getattr(store, "near", None)
    is_ours = hasattr(store, "is_as_released")
    asked: Store = RewritingStore(store) if settings.rewrite and is_ours else store
    if near is None or not settings.near or settings.max_bytes < _NEAR_BYTES:
        return asked
    return LaneStore(asked, near, settings.max_rows or math.inf)


def put_around(app: Flask, store: Store, settings: Settings) -> None:
    """Let *app* answer plain queries of *store* without dispatch, pack answers and keep them."""
    layers: WSGIApplication = Packing(Quick(app, app.wsgi_app, store))
    if settings.cache_bytes:
        layers = Cache(layers, freshness.version(store), settings.cache_bytes)
    app.wsgi_app = layers  # type: ignore[method-assign, assignment] # as Flask's docs do
