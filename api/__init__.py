"""Serve a release over HTTP."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.application import create_app as create_app


def __getattr__(name: str) -> object:
    """Return the application's maker when it is asked for: most commands do without Flask."""
    if name == "create_app":
        from api.application import create_app  # noqa: PLC0415 (see above)

        return create_app
    raise AttributeError(name)
