"""Open a store in this process, for a program that embeds the application and for tests."""

from api.config import Settings
from kg.store import Store, open_store
from kg.writable import open_writable


def opened(settings: Settings) -> Store:
    """Return the store that *settings* ask for; what is written to it ends with the process.

    Raises:
        NoReleaseError: there is no release where *settings* say.
    """
    if not (settings.update_token or settings.empty or settings.default_graph == "standard"):
        return open_store(settings.release, settings.store)
    return open_writable(
        None if settings.empty else settings.release,
        union=settings.default_graph == "union",
        writable_all=settings.writable_all,
    )
