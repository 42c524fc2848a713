"""The client: so many connections, each sending its next request once it has the answer to the last."""

import asyncio
import gc
import re
from collections import deque
from dataclasses import dataclass, field
from time import monotonic

from tests.bench.letters import Letter

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True, slots=True)
class Order:
    """Send `most` letters, numbered from `first`, to a port of this machine, but begin none after `seconds`."""

    port: int
    letter: Letter
    connections: int
    first: int
    most: int
    seconds: float


@dataclass(slots=True)
class Told:
    """The result: seconds of each answer, the letters sent and when (monotonic), and answers that weren't good."""

    took: list[float] = field(default_factory=list)
    sent: dict[int, float] = field(default_factory=dict)
    errors: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.took) / self.seconds if self.seconds else 0.0

    @property
    def p99(self) -> float:
        """Milliseconds that one answer in a hundred took longer than."""
        ordered = sorted(self.took)
        return 1000 * ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))] if ordered else float("nan")


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, told: Told, queue: deque[tuple[int, bytes]], until: float) -> None:
        self.told, self.queue, self.until = told, queue, until
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.got, self.began, self.waits = b"", 0.0, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def begin(self) -> None:
        if not self.queue or monotonic() >= self.until:
            self.transport.close()
            return
        number, request = self.queue.popleft()
        self.waits, self.began = True, monotonic()
        self.told.sent[number] = self.began
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.got += data
        end = self.got.find(b"\r\n\r\n")
        length = _LENGTH.search(self.got, 0, end) if end > 0 else None
        if length is None or len(self.got) < end + 4 + int(length[1]):
            return
        now = monotonic()
        if self.got[9:12] == b"200" and int(length[1]) == 0:  # Slack's only good answer to a form
            self.told.took.append(now - self.began)
        else:
            self.told.errors += 1
        self.told.seconds = now
        self.got, self.waits = b"", False
        self.begin()

    def connection_lost(self, _: Exception | None) -> None:
        self.told.errors += self.waits
        self.closed.set_result(None)


async def _carried_out(order: Order) -> Told:
    letters = deque((number, order.letter.post(number)) for number in range(order.first, order.first + order.most))
    told, loop = Told(), asyncio.get_running_loop()
    lines: list[_Line] = []
    for _ in range(order.connections):
        _, line = await loop.create_connection(lambda: _Line(told, letters, float("inf")), "127.0.0.1", order.port)
        lines.append(line)
    gc.collect()
    began = monotonic()
    for line in lines:
        line.until = began + order.seconds
        line.begin()
    await asyncio.gather(*(line.closed for line in lines))
    told.seconds = max(told.seconds - began, 0.0)
    return told


def carry_out(order: Order) -> Told:
    """Send an order's letters and wait for every answer."""
    gc.disable()
    return asyncio.run(_carried_out(order))
