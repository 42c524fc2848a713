"""The pages of confidential reports in front of a real door, behind which a stand-in answers what can be wanted of reports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from aiohttp import ClientResponse, ClientSession, DummyCookieJar, web

from bot.listeners import Listeners
from bot.web.confidential import faults_as_pages
from bot.web.drawn import HERE as FOLDER
from bot.web.drawn import errors_as_sentences
from bot.web.limits import Limits, Networks
from bot.web.outside import headers, own_pages_only
from bot.web.pacing import REAL, Pace
from bot.web.reports import ReportPages
from handlers import HANDLERS
from handlers.acting import WEB, Act, Done, Handler, Intent
from handlers.breach import intents
from handlers.breach.intents import Filed, Told, Within
from handlers.breach.sessions import Holder
from handlers.breach.view import HandlerView, ReporterView, Said
from handlers.door import Door
from handlers.ids import new_id, new_receipt, new_secret
from handlers.rules.refusal import Refused
from storage.breaches import Breaches
from storage.database.store import Database
from storage.tables.breaches import Report, ReportPass
from tests.bot.web.report_views import a_view, an_own_view
from tests.clocks import Seconds
from tests.handlers.builders import NAMES, POLICY, Clock, email
from tests.memory_recorder import MemoryRecorder

HERE = "http://localhost:3000"
DAY = date(2026, 11, 27)
HEAD = "Head of Customer Success"


@dataclass
class StandIn:
    """Answers the intents as the handlers promise to; `told` and `done` are what came through the door."""

    recording: int = 1
    told: list[Told] = field(default_factory=list)
    done: list[Within[Any]] = field(default_factory=list)
    added: list[intents.Add] = field(default_factory=list)
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

    def handlers(self) -> dict[type[Intent[Any]], Handler]:
        found: dict[type[Intent[Any]], Callable[[Act, Any], object]] = {
            intents.File: self._file, intents.Follow: self._follow, intents.Add: self._add,
            intents.AddOwn: self._add_own,
            intents.Exchange: self._exchange, intents.Read: self._read, intents.ReadOwn: self._read_own,
            intents.Keep: self._keep, intents.Keeping: self._keeping, intents.Kept: self._act,
        }  # fmt: skip
        for kind in (
            intents.Acknowledge, intents.Ask, intents.Note, intents.Accuse, intents.TakeStep, intents.Gather, intents.Outcome,
            intents.Close, intents.AskToHear, intents.DecideHearing,
        ):  # fmt: skip
            found[kind] = self._act
        return {kind: _done(answer) for kind, answer in found.items()}

    def code(self, act: Act, report: str) -> str:
        return self._pass(act, "code", report)

    def _file(self, act: Act, intent: intents.File) -> Filed:
        if self.fault:
            raise self.fault
        if self.refuse:
            raise Refused(self.refuse, field=self.at or None)
        if intent.once in self.filed:
            return self.filed[intent.once]
        self.filed[intent.once] = self._filed(act, intent.told)
        return self.filed[intent.once]

    def _filed(self, act: Act, told: Told) -> Filed:
        receipt = new_receipt()
        self.told.append(told)
        self.receipts[receipt] = []
        row = Report(
            id=new_id("B"), receipt=act.keys.mark_of_pass("receipt", receipt), own=new_secret(), rule_wrap=b"", sealed=b""
        )  # fmt: skip
        Breaches(act.store.session).add(row)
        return Filed(receipt, DAY, DAY + timedelta(12), self.resort, "Ruth Adeyemi, in person")

    def _follow(self, act: Act, intent: intents.Follow) -> ReporterView:
        if intent.receipt not in self.receipts:
            raise Refused("There is no such report.")
        more = tuple(Said("You", "Tue 24 Nov", words) for words in self.receipts[intent.receipt])
        return replace(self.reporter, conversation=(*self.reporter.conversation, *more))

    def _add(self, act: Act, intent: intents.Add) -> ReporterView:
        if self.fault:
            raise self.fault
        if self.refuse:
            raise Refused(self.refuse)
        self.added.append(intent)
        self.receipts[intent.receipt].append(intent.words)
        return self._follow(act, intents.Follow(intent.receipt))

    def _pass(self, act: Act, kind: str, report: str) -> str:
        secret, holder = new_secret(), Holder(part="reader", who=email(NAMES["ruth"]))
        act.store.people.ids_for([holder.who])
        mark = act.keys.mark_of_pass("report", secret)
        sealed = act.keys.seal(holder.model_dump_json().encode(), mark, "breach pass")
        ends_at = act.now + timedelta(minutes=1 if kind == "code" else 15)
        Breaches(act.store.session).add(
            ReportPass(hash=mark, kind=kind, report_id=report, sealed=sealed, ends_at=ends_at)
        )
        self.sessions[secret] = f"{kind} {report}"
        return secret

    def _exchange(self, act: Act, intent: intents.Exchange) -> tuple[str, str]:
        kind, _, report = self.sessions.get(intent.code, "none").partition(" ")
        if kind != "code":
            for one in [one for one, what in self.sessions.items() if what == f"session {report}"]:
                self.sessions[one] = f"over {report}"
            raise Refused("This link was used already.")
        self.sessions[intent.code] = f"spent {report}"
        return report, self._pass(act, "session", report)

    def _within(self, intent: Within[Any]) -> None:
        if self.fault:
            raise self.fault
        if self.sessions.get(intent.session) != f"session {intent.report}":
            raise Refused("This page is over.")

    def _read(self, act: Act, intent: intents.Read) -> HandlerView:
        self._within(intent)
        return replace(self.view, report=intent.report)

    def _read_own(self, act: Act, intent: intents.ReadOwn) -> ReporterView:
        self._within(intent)
        return self.reporter

    def _act(self, act: Act, intent: Within[Any]) -> None:
        self._within(intent)
        if self.refuse:
            raise Refused(self.refuse)
        self.done.append(intent)

    def _add_own(self, act: Act, intent: intents.AddOwn) -> ReporterView:
        self._act(act, intent)
        return self.reporter

    def _keep(self, act: Act, intent: intents.Keep) -> str:
        self._within(intent)
        return "kept-1"

    def _keeping(self, act: Act, intent: intents.Keeping) -> None:
        self._within(intent)
        self.kept[intent.name, intent.part] = intent.data


def _done(answer: Callable[[Act, Any], object]) -> Handler:
    return lambda act, intent: Done(answer(act, intent))


@dataclass
class House:
    """The pages on loopback; `secret` is the session that was opened."""

    door: Door
    stand: StandIn
    recorder: MemoryRecorder
    seconds: Seconds
    port: int = 0
    end: Callable[[], object] = bool

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def get(self, path: str, **sent: str) -> tuple[ClientResponse, str]:
        return await self.ask("GET", path, b"", **sent)

    async def post(self, path: str, fields: object, **sent: str) -> tuple[ClientResponse, str]:
        """A plain form, as a browser sends it without any script; nothing follows a redirection."""
        return await self.ask("POST", path, fields, **sent)

    async def ask(self, method: str, path: str, data: Any, **sent: str) -> tuple[ClientResponse, str]:
        answer, body = await self.raw(method, path, data, **sent)
        return answer, body.decode(errors="replace")

    async def raw(self, method: str, path: str, data: Any = b"", **sent: str) -> tuple[ClientResponse, bytes]:
        told = {name.replace("_", "-"): value for name, value in sent.items()}
        async with ClientSession(cookie_jar=DummyCookieJar()) as http:
            async with http.request(
                method, f"{self.url}{path}", data=data, headers=told, allow_redirects=False
            ) as answer:
                return answer, await answer.read()

    async def a_code(self, report: str = "B-7F3KQ2XM") -> str:
        return await self.door.database.write(lambda store: self.stand.code(self.door.act(store, WEB), report))

    async def a_session(self, report: str = "B-7F3KQ2XM", where: str = "/report/handle") -> str:
        """The cookie of a page that somebody opened by a press."""
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
    """`door` is a company's own, for what is shown with the handlers themselves."""
    stand = StandIn()
    door = door or Door(database, POLICY, {**HANDLERS, **stand.handlers()}, Clock())
    house = House(door, stand, MemoryRecorder(), Seconds())
    walls = [errors_as_sentences, faults_as_pages, own_pages_only(public_url)]
    app = web.Application(middlewares=walls)
    app.on_response_prepare.append(headers(public_url))
    pages = ReportPages(door, house.recorder, public_url, trusted, Limits(house.seconds), listeners, pace)
    app.add_routes([*pages.routes(), web.get("/listen/assets/{name}", _sheet)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    house.port, house.end = runner.addresses[0][1], pages.end
    try:
        yield house
    finally:
        await runner.cleanup()


async def _sheet(request: web.Request) -> web.FileResponse:
    return web.FileResponse(FOLDER / request.match_info["name"])
