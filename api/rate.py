"""Bound the requests of one client, by the generic cell rate algorithm, in shared memory."""

import hashlib
import math
import mmap
import struct
from typing import Final

_SLOT: Final = struct.Struct("<Qd")  # a client, and the time at which it has used up nothing
_SLOTS: Final = 65536
_NEIGHBOURS: Final = 8


class Rates:
    """Let each client ask so many times *per_second*, and so many at once; 0 is no bound.

    All processes that are forked after it was made count together. A slot is free again as soon
    as its client could ask at full rate.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._memory = mmap.mmap(-1, _SLOT.size * _SLOTS) if per_second else None

    def seconds_to_wait(self, client: str, now: float) -> int:
        """Return 0, and count the request of *client*; or after how many seconds it may ask."""
        if self._memory is None:
            return 0
        digest = hashlib.blake2b(client.encode(), digest_size=8).digest()
        name = int.from_bytes(digest, "little") or 1
        tolerance = max(1.0, 1 / self._per_second)  # a second's worth at once
        for neighbour in range(_NEIGHBOURS):
            place = (name + neighbour) % _SLOTS * _SLOT.size
            owner, used_up = _SLOT.unpack_from(self._memory, place)
            if owner not in {0, name} and used_up > now:
                continue
            due = max(used_up if owner == name else now, now) + 1 / self._per_second
            if due - now > tolerance + 1e-9:
                return max(1, math.ceil(due - now - tolerance))
            _SLOT.pack_into(self._memory, place, name, due)
            return 0
        return 0
