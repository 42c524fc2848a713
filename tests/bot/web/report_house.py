"""The pages of confidential reports in front of a real door, with a stand-in that answers everything asked of reports."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from aiohttp import web

from bot.listeners import Listeners
from bot.web.answers import HERE as FOLDER
from bot.web.answers import answer_faults, own_pages_only, response_headers
from bot.web.confidential import sorry_page
from bot.web.limits import REAL, Limits, Networks, Pace, Pacing
from bot.web.reports import report_routes
from handlers.acting import WEB, Context, Handler, Intent, Result
from handlers.breach import filing, steps
from handlers.breach import readers as breach_sessions
from handlers.breach.readers import Holder
from handlers.breach.state import CallView, Filed, HandlerView, ReporterView, Said, Statement, StepView
from handlers.breach.steps import gather_calls, read_report
from handlers.door import Door
from handlers.rules import Refused
from handlers.sealing import new_id, new_receipt, new_secret
from storage.database.store import Database
from storage.tables.breaches import Report, ReportPart
from tests.bot.web.player import everybody
from tests.bot.web.serving import Asking, served
from tests.clocks import Seconds
from tests.handlers.builders import NAMES, POLICY, Clock, email
from tests.memory_recorder import MemoryRecorder

HERE = "http://localhost:3000"
DAY = date(2026, 11, 27)


@dataclass
class StandIn:
    """Answers the intents as the handlers promise; `told` and `done` are what came through the door."""

    recording: int = 1
    told: list[Statement] = field(default_factory=list)
    done: list[Intent[Any]] = field(default_factory=list)
    added: list[Intent[ReporterView]] = field(default_factory=list)
    receipts: dict[str, list[str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    kept: dict[tuple[str, int], bytes] = field(default_factory=dict)
    filed: dict[str, Filed] = field(default_factory=dict)
    refuse: str = ""
    at: str = ""
    resort: str = ""
    fault: Exception | None = None
    view: HandlerView = field(init=False)
    reporter: ReporterView = field(init=False)

    def __post_init__(self) -> None:
        self.view, self.reporter = a_view(self.recording), an_own_view()

    def handlers(self) -> dict[Handler[..., Any], Callable[[Context, Any], object]]:
        found: dict[Handler[..., Any], Callable[[Context, Any], object]] = {
            filing.file_report: self._file, filing.follow_report: self._follow, filing.add_words: self._add,
            filing.add_own_words: self._add_own,
            breach_sessions.exchange_code: self._exchange, read_report: self._read, filing.read_own_report: self._read_own,
            steps.begin_copy: self._keep, steps.add_piece: self._keeping, steps.finish_copy: self._act,
        }  # fmt: skip
        kinds: tuple[Handler[..., Any], ...] = (
            steps.acknowledge_report, steps.ask_reporter, steps.write_note, steps.accuse_person, steps.take_step, gather_calls, steps.write_outcome,
            steps.close_report, steps.ask_to_hear, steps.decide_hearing,
        )  # fmt: skip
        found |= dict.fromkeys(kinds, self._act)
        return found

    def code(self, ctx: Context, report: str) -> str:
        return self._pass(ctx, "code", report)

    def _file(self, ctx: Context, intent: Intent[Filed]) -> Filed:
        if self.fault:
            raise self.fault
        if self.refuse:
            raise Refused(self.refuse, field=self.at or None)
        if intent.given["once"] in self.filed:
            return self.filed[intent.given["once"]]
        self.filed[intent.given["once"]] = self._filed(ctx, intent.given["told"])
        return self.filed[intent.given["once"]]

    def _filed(self, ctx: Context, told: Statement) -> Filed:
        receipt = new_receipt()
        self.told.append(told)
        self.receipts[receipt] = []
        row = Report(
            id=new_id("B"), receipt=ctx.keys.mark_of_pass("receipt", receipt), own=new_secret(), rule_wrap=b"", sealed=b""
        )  # fmt: skip
        ctx.store.insert(row)
        return Filed(receipt, DAY, DAY + timedelta(12), self.resort, "Ruth Adeyemi, in person")

    def _follow(self, ctx: Context, intent: Intent[ReporterView]) -> ReporterView:
        if intent.given["receipt"] not in self.receipts:
            raise Refused("There is no such report.")
        more = tuple(Said("You", "Tue 24 Nov", words) for words in self.receipts[intent.given["receipt"]])
        return replace(self.reporter, conversation=(*self.reporter.conversation, *more))

    def _add(self, ctx: Context, intent: Intent[ReporterView]) -> ReporterView:
        if self.fault:
            raise self.fault
        if self.refuse:
            raise Refused(self.refuse)
        self.added.append(intent)
        self.receipts[intent.given["receipt"]].append(intent.given["words"])
        return self._follow(ctx, filing.follow_report(intent.given["receipt"]))

    def _pass(self, ctx: Context, kind: str, report: str) -> str:
        [ruth] = ctx.store.people.resolve([email(NAMES["ruth"])]).values()
        secret, holder = new_secret(), Holder(part="reader", who=str(ruth))
        mark = ctx.keys.mark_of_pass("report", secret)
        sealed = ctx.keys.seal(holder.model_dump_json().encode(), mark, "breach pass")
        ends_at = ctx.now + timedelta(minutes=1 if kind == "code" else 15)
        ctx.store.insert(ReportPart(name=mark, kind=kind, report_id=report, sealed=sealed, due_at=ends_at))
        self.sessions[secret] = f"{kind} {report}"
        return secret

    def _exchange(self, ctx: Context, intent: Intent[tuple[str, str]]) -> tuple[str, str]:
        kind, _, report = self.sessions.get(intent.given["code"], "none").partition(" ")
        if kind != "code":
            for one in [one for one, what in self.sessions.items() if what == f"session {report}"]:
                self.sessions[one] = f"over {report}"
            raise Refused("This link has already been used.")
        self.sessions[intent.given["code"]] = f"spent {report}"
        return report, self._pass(ctx, "session", report)

    def _within(self, intent: Intent[Any]) -> None:
        if self.fault:
            raise self.fault
        if self.sessions.get(intent.given["session"]) != f"session {intent.given['report']}":
            raise Refused("This page is over.")

    def _read(self, ctx: Context, intent: Intent[HandlerView]) -> HandlerView:
        self._within(intent)
        return replace(self.view, report=intent.given["report"])

    def _read_own(self, ctx: Context, intent: Intent[ReporterView]) -> ReporterView:
        self._within(intent)
        return self.reporter

    def _act(self, ctx: Context, intent: Intent[Any]) -> None:
        self._within(intent)
        if self.refuse:
            raise Refused(self.refuse)
        self.done.append(intent)

    def _add_own(self, ctx: Context, intent: Intent[ReporterView]) -> ReporterView:
        self._act(ctx, intent)
        return self.reporter

    def _keep(self, ctx: Context, intent: Intent[str]) -> str:
        self._within(intent)
        return "kept-1"

    def _keeping(self, ctx: Context, intent: Intent[None]) -> None:
        self._within(intent)
        self.kept[intent.given["name"], intent.given["part"]] = intent.given["data"]


@contextmanager
def _standing_in(stand: StandIn) -> Iterator[None]:
    """Put the stand-in in the handlers' place."""
    with ExitStack() as patched:
        for handler, answer in stand.handlers().items():
            patched.enter_context(patch.object(handler, "do", partial(_answered, handler, answer)))
        yield


def _answered(
    handler: Handler[..., Any], answer: Callable[[Context, Any], object], ctx: Context, **given: Any
) -> Result[Any]:
    return Result(answer(ctx, handler(**given)))


@dataclass
class House(Asking):
    """The pages on loopback; `secret` is that of the session opened."""

    door: Door
    stand: StandIn
    recorder: MemoryRecorder
    seconds: Seconds

    async def a_code(self, report: str = "B-7F3KQ2XM") -> str:
        return await self.door.database.write(lambda store: self.stand.code(self.door.context(store, WEB), report))

    async def a_session(self, report: str = "B-7F3KQ2XM", where: str = "/report/handle") -> str:
        """Return the cookie of a page that a reader opened by a press."""
        answer, _ = await self.post(f"{where}/open", {"code": await self.a_code(report)})
        assert answer.status == 303, answer.status
        return answer.headers["Set-Cookie"].partition(";")[0]


@asynccontextmanager
async def a_house(
    database: Database,
    public_url: str = HERE,
    trusted: Networks = (),
    *,
    door: Door | None = None,
    listeners: Listeners | None = None,
    pace: Pace = REAL,
) -> AsyncIterator[House]:
    """Serve the pages; `door` is a company's own, to show them with the real handlers."""
    stand = StandIn()
    answering = nullcontext() if door else _standing_in(stand)
    door = door or Door(database, POLICY, Clock())
    house = House(door, stand, MemoryRecorder(), Seconds())
    walls = [answer_faults({"/report": sorry_page}), own_pages_only(public_url)]
    app = web.Application(middlewares=walls)
    app.on_response_prepare.append(response_headers(public_url))
    limits, listeners, pacing = Limits(trusted, house.seconds), listeners or Listeners(everybody), Pacing(pace)
    routes = report_routes(door, house.recorder, public_url, limits, listeners, pacing)
    app.add_routes([*routes, web.get("/listen/assets/{name}", _sheet)])
    async with served(app) as house.port:
        with answering:
            yield house


async def _sheet(request: web.Request) -> web.FileResponse:
    return web.FileResponse(FOLDER / request.match_info["name"])


def an_own_view() -> ReporterView:
    said = (
        Said("You", "Tue 24 Nov", "Bram played CS-10442 to friends at the pub.", "filed"),
        Said("Ruth Adeyemi", "Wed 25 Nov", "Thank you. Do you remember who else was there?", "question"),
    )
    return ReporterView(
        "Acknowledged. You are asked something.", "Tue 24 Nov", "Wed 25 Nov, in time", "by Tue 8 Dec", said, question=True,
        open=True, evidence="Ruth Adeyemi, in person",
    )  # fmt: skip


def a_view(recording: int) -> HandlerView:
    everything = (
        "acknowledge", "ask", "note", "accuse", "step", "gather", "keep", "outcome", "close",
    )  # fmt: skip
    calls = (
        CallView(recording, "CS-10442 · Tue 24 Nov, 13:04 Sydney · from …678 · 1 min 3 s", ("Anna Quill, Wed 25 Nov, 0:00 to 1:03, by approval of Tara Lindqvist",)),
        CallView(2, "CS-10443 · Mon 23 Nov, 09:12 Sydney · to …211 · 4 min 8 s", (), "kept-1", "hear"),
        CallView(3, "CS-10444 · Fri 20 Nov, 16:40 Sydney · from …902 · 12 min", (), "kept-2", "decide", "Helena Marsh", 7),
        CallView(4, "CS-10445 · Fri 20 Nov, 10:02 Sydney · from …118 · 2 min", (), "kept-3", "ask"),
    )  # fmt: skip
    return HandlerView(
        "B-7F3KQ2XM", "Open. No one has acknowledged it yet.", "Manager, Human Resources", ("Helena Marsh, Head of Customer Success",),
        "Both of those who normally read a report read this one.", "Tue 24 Nov", "by Thu 26 Nov, 17:00 Sydney", "by Tue 8 Dec, 17:00 Sydney",
        (("What happened", "Bram played a customer’s call to friends.\nThey laughed about her."), ("When", "Saturday night"), ("Who it is about", "Bram, from Sales")),
        (Said("Reporter", "Tue 24 Nov", "It was CS-10442."), Said("Ruth Adeyemi", "Wed 25 Nov, 10:02", "Thank you. Who else was there?")),
        (Said("Rule", "Tue 24 Nov", "Read by both."), Said("Ruth Adeyemi", "Wed 25 Nov, 10:00", "Opened it.")),
        (StepView(1, "Secure what can be lost", "Ruth Adeyemi, Wed 25 Nov"), StepView(2, "Hear whoever is accused"), StepView(3, "Write down the outcome")),
        calls, (("bram.tolliver@fernhill.example", "Bram Tolliver"), ("anna.quill@fernhill.example", "Anna Quill")), frozenset(everything),
        reference="", outcome="", closing="", notes=(Said("Helena Marsh", "Wed 25 Nov, 11:00", "I speak to his team leader on Friday."),),
    )  # fmt: skip
