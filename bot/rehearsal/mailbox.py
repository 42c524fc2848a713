"""`/rehearsal/mail`: the mailbox of the sample company's customers, which no letter leaves (P8)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.ports import Letter, Mailer
from bot.rehearsal.company import COMPANY, SYDNEY
from bot.rehearsal.fake_mail import FakeMail
from handlers.phrases import moment_words

WHERE = "/rehearsal/mail"
TITLE = "Customers’ mailbox"
DIST = Path(__file__).parent / "page" / "dist"
ASSETS = ("mail.css", "mail.js", "icon.svg")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
WITHIN = HEADERS | {
    "Content-Security-Policy": "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
"""A letter is a stranger's page: it runs no script and fetches nothing, and its links open beside it."""
_BESIDE = '<base target="_blank">'
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
Form = Literal["looks", "plain"]


@dataclass(slots=True)
class Kept:
    """A letter that arrived; `number` counts from 1, `at` is aware."""

    number: int
    letter: Letter
    at: datetime
    read: bool = False

    @property
    def day(self) -> str:
        """Return when it arrived, by the company's home clock."""
        return moment_words(self.at, SYDNEY, self.at)

    @property
    def beside(self) -> str:
        """Return the letter's HTML, with every link opening in its own window, as in mail programs."""
        html = self.letter.html
        found = _HEAD.search(html)
        at = found.end() if found else 0
        return f"{html[:at]}{_BESIDE}{html[at:]}"


class Mailbox(Mailer):
    """The mailer, and the page on which letters are read; `now` is the company's clock, `told` is called at each
    change. A letter lost to a fault of `mail` doesn't arrive.
    """

    def __init__(
        self, now: Callable[[], datetime], told: Callable[[], None] = lambda: None, mail: FakeMail | None = None
    ) -> None:
        self.now, self.told, self.mail = now, told, mail or FakeMail()
        self.letters: list[Kept] = []

    @property
    def unread(self) -> int:
        """Return how many letters are unread."""
        return sum(not one.read for one in self.letters)

    def summary(self) -> dict[str, str | int]:
        """Return what a page that links here needs: the address, how many letters there are, and how many are unread."""
        return {"url": WHERE, "letters": len(self.letters), "unread": self.unread}

    async def send(self, letter: Letter) -> str:
        """See the port."""
        try:
            return await self.mail.send(letter)
        finally:
            self._take()

    async def examine(self) -> None:
        """See the port."""
        await self.mail.examine()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        one = f"{WHERE}/{{number:[0-9]{{1,6}}}}"
        return [
            web.get(WHERE, self._list),
            web.get(f"{WHERE}/state", self._state),
            web.get(f"{WHERE}/assets/{{file}}", self._asset),
            web.get(one, self._looks),
            web.get(f"{one}/plain", self._plain),
            web.get(f"{one}/letter", self._letter),
        ]

    def _take(self) -> None:
        """Take in letters that have arrived by now, also those whose sender never learns of it."""
        fresh = self.mail.sent[len(self.letters) :]
        self.letters += [Kept(len(self.letters) + place, one, self.now()) for place, one in enumerate(fresh, 1)]
        if fresh:
            self.told()

    async def _list(self, _: web.Request) -> web.Response:
        return self._page(None)

    async def _looks(self, request: web.Request) -> web.Response:
        return self._opened(request, "looks")

    async def _plain(self, request: web.Request) -> web.Response:
        return self._opened(request, "plain")

    async def _letter(self, request: web.Request) -> web.Response:
        kept = self._kept(request)
        if kept is None:
            raise web.HTTPNotFound
        return web.Response(text=kept.beside, content_type="text/html", headers=WITHIN)

    async def _state(self, _: web.Request) -> web.Response:
        return web.json_response(self.summary(), headers=HEADERS)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        if (name := request.match_info["file"]) not in ASSETS:
            raise web.HTTPNotFound
        return web.FileResponse(DIST / name, headers={"Cache-Control": "no-cache"})

    def _opened(self, request: web.Request, form: Form) -> web.Response:
        kept = self._kept(request)
        if kept is None:
            return self._page(None, missing=True)
        if not kept.read:
            kept.read = True
            self.told()
        return self._page(kept, form)

    def _kept(self, request: web.Request) -> Kept | None:
        number = int(request.match_info["number"])
        return self.letters[number - 1] if 0 < number <= len(self.letters) else None

    def _page(self, opened: Kept | None, form: Form = "looks", *, missing: bool = False) -> web.Response:
        newest: Sequence[Kept] = self.letters[::-1]
        text = _PAGES.get_template("mailbox.html").render(
            title=TITLE, company=COMPANY, where=WHERE, letters=newest, unread=self.unread, opened=opened, form=form,
            missing=missing,
        )  # fmt: skip
        return web.Response(text=text, content_type="text/html", headers=HEADERS, status=404 if missing else 200)
