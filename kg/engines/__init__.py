"""Answer from an engine elsewhere, by the SPARQL 1.1 Protocol, as from a store of our own."""

from kg.engines import literals, question
from kg.engines.address import Address, is_address, read
from kg.engines.endpoint import Endpoint
from kg.engines.remote import RemoteStore

__all__ = [
    "Address",
    "Endpoint",
    "RemoteStore",
    "is_address",
    "literals",
    "open_engine",
    "question",
    "read",
]


def open_engine(text: str) -> RemoteStore:
    """Open the engine at the address *text*; it need not answer yet.

    Raises:
        AddressError: *text* is no such address.
    """
    return RemoteStore(Endpoint(read(text)))
