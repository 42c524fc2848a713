"""The pages on which anybody reports a breach and comes back to it, without login, script, cookie or a word in an address (P13)."""

from __future__ import annotations

import secrets

from aiohttp import web

from bot.ports import Unavailable
from bot.web.answers import TooMuch, wait
from bot.web.confidential import read
from bot.web.drawn import DOWN, assets, page
from bot.web.limits import LINKS, RECEIPTS, REPORTS, Limit, Limits, Networks, caller
from bot.web.report_form import LABELS, filled, readers, usual
from bot.web.written import Written
from handlers.acting import WEB
from handlers.breach.forms import LONGEST
from handlers.breach.intents import Add, File, Filed, Follow
from handlers.breach.reporting import receipt_stands
from handlers.breach.room import groups
from handlers.breach.start import FORM, OVER, PATH, begun, token
from handlers.breach.start import LONGEST as LONGEST_TOKEN
from handlers.breach.view import ReporterView
from handlers.door import Door
from handlers.ids import hashed
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown

ASSETS = {"report.css": "text/css", "report.js": "text/javascript"}
RECEIPT = 32  # letters and digits
NONE = "There is no report with this receipt. Please compare it with what you wrote down, letter by letter."
NO_WORDS = "Please write something first."
LONG = f"That is more than {LONGEST:,} characters. Please send it in two parts."


class ReportingPages:
    """`/report` and below, but for what stands behind `/report/handle` and `/report/mine`; `trusted` are our own proxies."""

    def __init__(self, door: Door, public_url: str, trusted: Networks = (), limits: Limits | None = None) -> None:
        self.door, self.trusted = door, trusted
        self.public_url, self.secure = public_url.rstrip("/"), public_url.startswith("https://")
        self.limits = limits or Limits()

    def routes(self) -> list[web.RouteDef]:
        """Where the pages stand."""
        return [
            web.get("/report", self._begin),
            web.post("/report", self._file),
            web.get(PATH, self._start),
            web.post(PATH, self._started),
            web.get("/report/follow", self._enter),
            web.post("/report/follow", self._follow),
            web.post("/report/add", self._add),
            assets("/report", ASSETS),
        ]

    async def _start(self, _: web.Request) -> web.Response:
        return page("start.html", over="")

    async def _started(self, request: web.Request) -> web.Response:
        """The link is for one page; that says whose it is to the bot alone, while somebody writes. A good one is never counted."""
        told = (await read(request)).words("code").rpartition("#")[2][:LONGEST_TOKEN]
        now, keys = self.door.now(), self.door.keys
        try:
            link = begun(keys, told, now)
        except Refused:
            link = None
        if link is None or self.limits.was_done("start", link.id):
            self._take(LINKS, request)
            return page("start.html", 403, over=OVER)
        self.limits.done("start", link.id)
        return self._form(Written({"start": [token(keys, link.account, now, FORM)]}), {}, 200)

    def _account(self, written: Written) -> str:
        """Whose link led to the form; raises `Refused` where that is over."""
        told = written.within("start", LONGEST_TOKEN)
        return begun(self.door.keys, told, self.door.now(), FORM).account if told else ""

    async def _begin(self, _: web.Request) -> web.Response:
        return self._form(Written(), {}, 200)

    def _form(self, typed: Written, errors: dict[str, str], status: int, notice: str = "") -> web.Response:
        once, policy = typed.words("once") or secrets.token_urlsafe(32), self.door.policy
        return page(
            "report.html", status, typed=typed, errors=errors, notice=notice, labels=LABELS, once=once, usual=usual(policy),
            readers=readers(policy), longest=LONGEST, secure=self.secure, company=policy.company.name,
            last_resort=policy.breach.last_resort,
        )  # fmt: skip

    async def _file(self, request: web.Request) -> web.Response:
        typed = await read(request)
        try:
            found = filled(typed, self.door.policy, self._account(typed))
        except Refused as refusal:
            fields = {name: words for name, words in typed.fields.items() if name != "start"}
            return self._form(Written(fields), {}, 422, str(refusal))
        if found.errors:
            return self._form(found.written, dict(found.errors), 422)
        try:
            self._take(REPORTS, request)
            answer = await self.door.enter(File(found.told, _once(found.written)), WEB)
        except TooMuch as error:
            return wait(self._form(found.written, {}, 429, str(error)), error.seconds)
        except Refused as refusal:
            at = {name: words for name, words in refusal.fields.items() if name in LABELS}
            return self._form(found.written, at, 422, "" if at else str(refusal))
        except (DatabaseDown, Unavailable):
            return self._form(found.written, {}, 503, f"Nothing was sent yet. {DOWN}")
        return self._after(answer)

    def _after(self, answer: Filed) -> web.Response:
        return page(
            "filed.html", filed=answer, groups=groups(answer.receipt), follow=f"{self.public_url}/report/follow"
        )

    async def _enter(self, _: web.Request) -> web.Response:
        return page("follow.html", typed="", error="")

    async def _follow(self, request: web.Request) -> web.Response:
        typed = await read(request)
        receipt = plain(typed.words("receipt"))
        if not await self._stands(request, receipt):
            return page("follow.html", 422, typed=typed.words("receipt")[:200], error=NONE)
        return self._own(await self.door.enter(Follow(receipt), WEB), receipt)

    async def _add(self, request: web.Request) -> web.Response:
        """The same sent again, as by a reload, is added once."""
        typed = await read(request)
        receipt, words = plain(typed.words("receipt")), typed.words("words")
        if not await self._stands(request, receipt):
            return page("follow.html", 422, typed=typed.words("receipt")[:200], error=NONE)
        error, this = flaw(words), (receipt, typed.words("once"), words)
        if not error and not (this[1] and self.limits.was_done(*this)):
            try:
                view = await self.door.enter(Add(receipt, words), WEB)
            except Refused as refusal:
                error = str(refusal)
            else:
                self.limits.done(*this)
                return self._own(view, receipt)
        return self._own(await self.door.enter(Follow(receipt), WEB), receipt, words if error else "", error)

    def _own(self, view: ReporterView, receipt: str, typed: str = "", error: str = "") -> web.Response:
        return page(
            "own.html", 422 if error else 200, view=view, receipt=receipt, typed=typed, error=error,
            once=secrets.token_urlsafe(16), action="/report/add", leave="",
        )  # fmt: skip

    async def _stands(self, request: web.Request, receipt: str) -> bool:
        """Before the door only reads; who has a receipt is never counted. Raises `TooMuch`."""
        stands = await self.door.look(WEB, lambda act: len(receipt) >= RECEIPT // 2 and receipt_stands(act, receipt))
        if not stands:
            self._take(RECEIPTS, request)
        return stands

    def _take(self, limit: Limit, request: web.Request) -> None:
        self.limits.take(limit, caller(request, self.trusted))


def plain(told: str) -> str:
    """A receipt as it was given, from what somebody copies: only letters and digits count, in any case."""
    return "".join(one for one in told[:400].upper() if one.isascii() and one.isalnum())[:200]


def flaw(words: str) -> str:
    """What is wrong with something that is added; empty where nothing is."""
    return "" if words and len(words) <= LONGEST else LONG if words else NO_WORDS


def _once(written: Written) -> str:
    """The same for the same form with the same words: a page that goes back and is changed sends something else."""
    told = [
        written.within("once", 200),
        *(f"{name}={words}" for name, some in written.fields.items() for words in some),
    ]
    return hashed("\0".join(told)) if told[0] else secrets.token_urlsafe(32)
