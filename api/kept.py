"""Keep answers, and drop those that were not asked for longest when room is wanted."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

from api import codings

Headers: TypeAlias = list[tuple[str, str]]
Fields: TypeAlias = Mapping[str, str]  # the same by name in small letters
Key: TypeAlias = tuple[str | bytes | None, ...]

_REMEMBERED: Final = 20_000  # keys
_OVERHEAD: Final = 2_000  # bytes that the headers and objects of an answer take beside its body
_OF_CONTENT: Final = frozenset({"content-length", "content-type", "content-encoding"})
_REPLACED: Final = frozenset({"content-length", "date", "etag"})  # the server says when


class Kept(NamedTuple):
    """Hold an answer of status 200 as it is sent, and the headers of the 304 in its place."""

    headers: Headers
    unchanged: Headers
    etag: str
    body: bytes


def made(headers: Headers, known: Fields, body: bytes, coding: str) -> Kept:
    """Return *body* in *coding*, if it gains by that, with a length and a strong entity tag."""
    etag = known.get("etag") or f'"{hashlib.sha256(body).hexdigest()}"'
    rest = [each for each in headers if each[0].lower() not in _REPLACED]
    if codings.is_text(known):
        rest = [each for each in rest if each[0].lower() != "vary"]
        rest.append(("Vary", codings.varying(known.get("vary", ""))))
        if coding in codings.CODINGS and len(body) >= codings.WORTH_IT:
            body = codings.CODINGS[coding](body)
            etag = f'{etag[:-1]}-{coding}"'  # strong tags differ with the bytes (RFC 9110 §8.8.1)
            rest.append(("Content-Encoding", coding))
    whole = [*rest, ("ETag", etag), ("Content-Length", str(len(body)))]
    unchanged = [each for each in whole if each[0].lower() not in _OF_CONTENT]
    return Kept(whole, unchanged, etag, body)


class Shelf:
    """Keep answers by key while they take no more than *room* bytes together.

    While there is room every answer is kept. After that, one takes the room of those that were
    not asked for longest only if it was asked for before: what is asked once must not drive out
    what is asked again (Einziger et al., "TinyLFU", ACM Transactions on Storage 13(4), 2017).
    """

    def __init__(self, room: int) -> None:
        self.taken = 0
        self._room = room
        self._lock = threading.Lock()
        self._answers: OrderedDict[Key, Kept] = OrderedDict()
        self._once: set[int] = set()  # hashes of keys that found no room

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: Key) -> Kept | None:
        """Return what is kept under *key*."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, key: Key, answer: Kept) -> bool:
        """Keep *answer* if there is room, or it was asked for before; return whether it is kept."""
        size = _size(key, answer)
        with self._lock:
            before = self._answers.pop(key, None)
            if before is not None:
                self.taken -= _size(key, before)
            elif self.taken + size > self._room and not self._is_known(hash(key)):
                return False
            self._answers[key] = answer
            self.taken += size
            while self.taken > self._room:
                self.taken -= _size(*self._answers.popitem(last=False))
            return True

    def _is_known(self, name: int) -> bool:
        """Return whether *name* found no room before, and remember it."""
        if name in self._once:
            self._once.remove(name)
            return True
        if len(self._once) >= _REMEMBERED:
            self._once.clear()
        self._once.add(name)
        return False

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._answers.clear()
            self._once.clear()
            self.taken = 0


def _size(key: Key, answer: Kept) -> int:
    return sum(len(part) for part in key if part) + len(answer.body) + _OVERHEAD
