"""Tells open pages what has changed, so that they can fetch it again."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Change = dict[str, Any]


class Feed:
    """One queue for each open page; a page that doesn't listen loses its oldest changes."""

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._queues: list[tuple[str, asyncio.Queue[Change | None]]] = []

    @contextmanager
    def listening(self, person: str) -> Iterator[asyncio.Queue[Change | None]]:
        queue: asyncio.Queue[Change | None] = asyncio.Queue(self._most)
        self._queues.append((person, queue))
        try:
            yield queue
        finally:
            self._queues.remove((person, queue))

    def tell(self, people: Iterable[str] | None, kind: str, **more: str) -> None:
        """Tell these people's pages (None: everyone's) about a change of this kind."""
        readers = None if people is None else set(people)
        for person, queue in self._queues:
            if readers is None or person in readers:
                self._put(queue, {"type": kind, **more})

    def close(self) -> None:
        for _, queue in self._queues:
            self._put(queue, None)

    @staticmethod
    def _put(queue: asyncio.Queue[Change | None], change: Change | None) -> None:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(change)
