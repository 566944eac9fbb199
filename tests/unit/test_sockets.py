"""Are connections found without leaving anything open?"""

import os
import socket
from pathlib import Path

from api.sockets import connections


def opened() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_only_tcp_connections_are_found_and_nothing_stays_open() -> None:
    pipe = os.pipe()
    pair = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        server, _ = listening.accept()
        before = opened()
        names = {client.getsockname(), server.getsockname()}
        found = [each for each, peer in connections() if peer == "127.0.0.1"]
        assert names <= {each.getsockname() for each in found}
        for each in found:
            each.close()
        assert opened() == before
        for end in (client, server):
            end.close()
    for each in pair:
        each.close()
    for number in pipe:
        os.close(number)
