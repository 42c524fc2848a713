"""How fast forms are acknowledged: ours beside Bolt's sample with one row."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from bot.rehearsal.slack import payloads
from bot.rehearsal.slack.outbound import encoded
from bot.settings.config import read_policy
from bot.slack import render
from handlers.access.forms import AccessForm
from tests.bench.letters import Letter
from tests.bench.load import Order, Told, carry_out
from tests.bench.town import CLIENT, Server, a_server, tie
from tests.stories.house import ANNA, ROOT, company

CONNECTIONS = (1, 16)
SECONDS, MOST, WARM_UP = 1.2, 6000, 200
MODES = ("sample", "ours")


@dataclass(slots=True)
class Found:
    """What all rounds found for one mode: by connections, and answers that weren't good."""

    cells: dict[int, list[Told]] = field(default_factory=lambda: {number: [] for number in CONNECTIONS})
    errors: int = 0

    def rate(self, connections: int) -> float:
        return median(told.rate for told in self.cells[connections])

    def p99(self, connections: int) -> float:
        return median(told.p99 for told in self.cells[connections])


def form() -> Letter:
    """A form for access as Slack sends it back, with the whole view in it."""
    workspace = company(0, lambda: datetime.now(UTC))
    sheet = AccessForm.sheet(read_policy(ROOT / "policy.yaml"))
    view = workspace.views.open(ANNA, render.render_modal(sheet))
    label = {"type": "plain_text", "text": "Tue 24 Nov, 13:15 Sydney · Bram Tolliver"}
    view.fill({
        "reason": {"redraw": {"selected_option": {"text": label, "value": "complaint"}}},
        "recordings": {"lookup:recordings": {"selected_options": [{"text": label, "value": "XCALLX"}]}},
        "crm": {"text": {"value": "CS-XNUMBERX"}},
        "purpose": {"text": {"value": "The customer complains about what was said."}},
    })  # fmt: skip
    body, _ = encoded("interactive", payloads.submitted(workspace, ANNA, view))
    return Letter(body.decode().replace(ANNA, "XUSERX").replace(view.id, "V0XNUMBERX"))


def command() -> Letter:
    """`/recording-request` as Slack sends it."""
    told = {
        "token": "x", "team_id": "T0BENCH", "team_domain": "bench", "channel_id": "D0BENCH", "channel_name": "directmessage",
        "user_id": "XUSERX", "user_name": "asker", "command": "/recording-request", "text": "", "api_app_id": "A0STEWARD",
        "is_enterprise_install": "false", "response_url": "https://hooks.slack.com/commands/T0BENCH/1/x",
        "trigger_id": "XNUMBERX",
    }  # fmt: skip
    return Letter(urlencode(told))


@contextmanager
def a_client() -> Iterator[ProcessPoolExecutor]:
    """A process for the load alone, on the other processor."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=tie, initargs=(CLIENT,)) as pool:
        yield pool


class Acks:
    """Rounds over all modes, one server at a time, so that a noisy minute hits all of them."""

    def __init__(self, folder: Path, sink: int, client: ProcessPoolExecutor) -> None:
        self.folder, self.sink, self.client = folder, sink, client
        self.form, self.command = form(), command()
        self.found = {mode: Found() for mode in MODES}
        self._next = 1

    def round(self) -> None:
        for mode in MODES:
            with a_server(mode, self.folder, self.sink) as server:
                self.send(server, self.form, 16, WARM_UP, 20)
                for number, cells in self.found[mode].cells.items():
                    told = self.send(server, self.form, number, MOST, SECONDS)
                    cells.append(told)
                    self.found[mode].errors += told.errors

    def send(self, server: Server, letter: Letter, connections: int, most: int, seconds: float, first: int = 0) -> Told:
        """Send at most so many, numbered from `first` if given; begin none after `seconds`, and wait for the answers."""
        if not first:
            first, self._next = self._next, self._next + most
        return self.client.submit(carry_out, Order(server.port, letter, connections, first, most, seconds)).result()
