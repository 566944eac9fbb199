"""Does each worker have a socket of its own, at an address that no other server has?"""

import socket
from collections.abc import Iterator

import pytest

from api.server import listening

WORKERS = 3


@pytest.fixture
def listeners() -> Iterator[list[socket.socket]]:
    found = listening("127.0.0.1", 0, WORKERS)
    yield found
    for each in found:
        each.close()


def test_connections_are_shared_out_among_the_sockets(listeners: list[socket.socket]) -> None:
    address = listeners[0].getsockname()
    assert [each.getsockname() for each in listeners] == [address] * WORKERS
    for each in listeners:
        each.listen(100)
    clients = [socket.create_connection(address) for _ in range(60)]
    accepted = [taken(each) for each in listeners]
    assert sum(accepted) == len(clients)
    assert all(accepted)  # by chance one gets none in 1 of 10 billion runs
    for client in clients:
        client.close()


def test_only_the_first_listens_until_the_others_are_ready(listeners: list[socket.socket]) -> None:
    clients = [socket.create_connection(listeners[0].getsockname()) for _ in range(10)]
    assert taken(listeners[0]) == len(clients)
    for client in clients:
        client.close()


def test_an_address_that_is_taken_is_refused(listeners: list[socket.socket]) -> None:
    with pytest.raises(OSError, match="in use"):
        listening("127.0.0.1", listeners[0].getsockname()[1], 1)


def taken(listener: socket.socket) -> int:
    """Accept what waits, and return how many connections that were."""
    number = 0
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return number
        connection.close()
        number += 1
