"""Answer from an engine elsewhere, by the SPARQL 1.1 Protocol, as from a store of our own."""

from dataclasses import replace

from kg.engines import literals, question
from kg.engines.address import Address, is_address, read
from kg.engines.endpoint import Endpoint
from kg.engines.remote import NO_LIMITS, RemoteStore
from kg.engines.writable import WritableRemoteStore
from kg.executors.limits import Limits

__all__ = [
    "Address",
    "Endpoint",
    "RemoteStore",
    "WritableRemoteStore",
    "is_address",
    "literals",
    "open_engine",
    "open_writable_engine",
    "question",
    "read",
]


def open_engine(text: str, limits: Limits = NO_LIMITS) -> RemoteStore:
    """Open the engine at the address *text*; it need not answer yet.

    Raises:
        AddressError: *text* is no such address.
    """
    return RemoteStore(_endpoint(text, limits), limits)


def open_writable_engine(
    text: str, limits: Limits = NO_LIMITS, *, writable_all: bool = False
) -> WritableRemoteStore:
    """Open the engine at the address *text* to be written to; errors as for ``open_engine``."""
    return WritableRemoteStore(_endpoint(text, limits), limits, writable_all=writable_all)


def _endpoint(text: str, limits: Limits) -> Endpoint:
    """Return the engine at *text*, which is waited for as long as both allow."""
    address = read(text)
    return Endpoint(replace(address, seconds=min(address.seconds, limits.deadline)))
