"""How fast Teams is answered: ours, with a token verified each time, beside Microsoft's sample, which verifies nobody."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.activities import PEOPLE, press, reaction, word
from tests.bench.load import Letters, Order, Told, carry_out
from tests.bench.teams_sink import CONNECTOR, settings
from tests.bench.town import Server, a_server, told_by

CONNECTIONS = (1, 16)
SECONDS, MOST = 0.8, 5000
TASKS = {
    ("teams", "acks"): "ours: acknowledged, token verified", ("echo_acks", "acks"): "sample: acknowledged, no one verified",
    ("teams", "cards"): "ours: a press answered with the home", ("echo_acks", "cards"): "sample: a press (its 500s are errors)",
    ("teams", "replies"): "ours: a reply each, ms to the ack", ("echo", "replies"): "sample: a reply each, ms to the ack",
}  # fmt: skip
REPLIES = {"teams": 600, "echo": 100}  # about a second of each


@dataclass(slots=True)
class Task:
    """What all rounds told of one task: answers by connections, and replies a second as the sink counted them."""

    cells: dict[int, list[Told]] = field(default_factory=lambda: {number: [] for number in CONNECTIONS})
    replies: dict[int, list[float]] = field(default_factory=lambda: {number: [] for number in CONNECTIONS})

    def rate(self, connections: int) -> float:
        """Replies a second where those were counted, else good answers a second."""
        return median(self.replies[connections] or [told.rate for told in self.cells[connections]])

    def quantile(self, connections: int, share: float) -> float:
        """Milliseconds to the answer."""
        return median(told.quantile(share) for told in self.cells[connections])

    @property
    def errors(self) -> int:
        return sum(told.errors for cells in self.cells.values() for told in cells)


class TeamsRounds:
    """Rounds over all servers, one at a time."""

    def __init__(self, folder: Path, sink: int, client: ProcessPoolExecutor) -> None:
        self.folder, self.sink, self.client = folder, sink, client
        self.found = {task: Task() for task in TASKS}
        self._next = 1

    def round(self) -> None:
        for mode in dict.fromkeys(mode for mode, _ in TASKS):
            with a_server(mode, self.folder, settings(self.sink)) as server:
                self._measure(mode, server)

    def _measure(self, mode: str, server: Server) -> None:
        told = told_by(self.sink)
        place, token = f"http://127.0.0.1:{self.sink}{CONNECTOR}", told["token"] if mode == "teams" else ""
        # Everybody says a first word, so that nobody is new to the bot.
        self._replied(server, word(place, token), 16, PEOPLE if mode == "teams" else 16, silent=mode == "echo_acks")
        for (other, task), found in self.found.items():
            for connections in CONNECTIONS if other == mode else ():
                if task == "replies":
                    self._reply(server, found, word(place, token), connections, REPLIES[mode])
                else:
                    letter = (reaction if task == "acks" else press)(place, token)
                    found.cells[connections].append(self._send(server, letter, connections, MOST, SECONDS))

    def _reply(self, server: Server, found: Task, letter: Letters, connections: int, most: int) -> None:
        sent, rate = self._replied(server, letter, connections, most)
        found.cells[connections].append(sent)
        found.replies[connections].append(rate)

    def _replied(
        self, server: Server, letter: Letters, connections: int, most: int, *, silent: bool = False
    ) -> tuple[Told, float]:
        """Send so many, wait until each has its reply, and say how many came in a second."""
        before = told_by(self.sink)["replies"]
        sent = self._send(server, letter, connections, most, 20)
        deadline = time.monotonic() + 20
        while (told := told_by(self.sink))["replies"] - before < (0 if silent else most):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{told['replies'] - before} replies to {most} messages")
            time.sleep(0.02)
        return sent, (told["replies"] - before) / max(told["last"] - min(sent.sent.values()), 0.001)

    def _send(self, server: Server, letter: Letters, connections: int, most: int, seconds: float) -> Told:
        first, self._next = self._next, self._next + most
        return self.client.submit(carry_out, Order(server.port, letter, connections, first, most, seconds)).result()


def teams_table(found: dict[tuple[str, str], Task]) -> str:
    """A line a task: rates and milliseconds to the answer at each number of connections."""
    head = f"{'Teams':<38}" + "".join(f"{f'{number} conn: /s':>14}{'p50':>7}{'p99 ms':>8}" for number in CONNECTIONS)
    return "\n".join([f"{head}{'errors':>8}", *(_line(label, found[task]) for task, label in TASKS.items())])


def _line(label: str, task: Task) -> str:
    cells = (
        f"{task.rate(one):>14.0f}{task.quantile(one, 0.5):>7.1f}{task.quantile(one, 0.99):>8.1f}" for one in CONNECTIONS
    )
    return f"{label:<38}{''.join(cells)}{task.errors:>8}"


def teams_lines(found: dict[tuple[str, str], Task]) -> list[tuple[bool, str]]:
    """Whether each aim holds, and a line that says so."""
    lines = []
    for task, mode, aim in (("acks", "echo_acks", 20), ("replies", "echo", 5)):
        for number in CONNECTIONS:
            times = found["teams", task].rate(number) / found[mode, task].rate(number)
            what = f"Teams, {number} connections: {times:.1f} times the sample's {task} a second (aim {aim})"
            lines.append((times >= aim, what))
    errors = sum(task.errors for (mode, _), task in found.items() if mode == "teams")
    return [*lines, (errors == 0, f"Teams: {errors} errors in all of ours")]
