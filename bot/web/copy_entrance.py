"""Where a customer logs in: link code and passcode, sent by a press and never by loading a page, give a session in a cookie (P8)."""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress

from aiohttp import web

from bot.measures import COPIES
from bot.web import answers
from bot.web.limits import PASSCODES, Limit, Limits, Pace
from handlers.acting import WEB
from handlers.customers import links
from handlers.customers import serving as customers_serving
from handlers.customers.links import Admitted, judge_passcode
from handlers.door import Door
from handlers.rules import Refused

ASSETS = {"copy.css": "text/css", "copy.js": "text/javascript", "copy_open.js": "text/javascript"}
EVEN = 0.5  # seconds: a mismatch is answered after a whole multiple of this
SHORTEST, DIGITS = 20, 6
LABELS = {"code": "The link from our e-mail.", "passcode": "Passcode."}
NO_LINK = "Please paste the whole link from our e-mail. It ends with a long row of letters and digits."
NO_PASSCODE = "A passcode has six digits."
NOT_FIT = (
    "That passcode or link isn’t right. Compare the passcode with what we read to you, and use the link in our newest e-mail. "
    "If it still doesn’t open, please phone us."
)
"""For every mismatch: it doesn't reveal whether a link exists, is locked, or has no passcode yet."""
SESSIONS = Limit(customers_serving.NO_SESSION)


class Entrance:
    """`GET /copy`, opening a link, leaving, and the session that a request carries."""

    def __init__(self, door: Door, public_url: str, limits: Limits, pace: Pace) -> None:
        self.door, self.limits, self.pace = door, limits, pace
        self.cookie = answers.SessionCookie("copy", public_url)

    def routes(self) -> list[web.RouteDef]:
        """Return the way in and out, and what the pages are made of."""
        return [
            web.get("/copy", self._show_entrance),
            answers.asset_route("/copy", ASSETS),
            web.get("/copy/open", self._go_back),
            web.post("/copy/open", self._open_link),
            web.post("/copy/{link}/leave", self._leave_page),
        ]

    async def serving(self, request: web.Request) -> customers_serving.Serving:
        """Return what the session of this request may have now. Raises `Refused`, and `TooMuch` for strangers."""
        visit = self.visit(request)
        try:
            return await self.door.look(WEB, lambda ctx: customers_serving.serve_as_released(ctx, *visit))
        except Refused:
            self.limits.count(SESSIONS, request)
            raise

    def visit(self, request: web.Request) -> tuple[str, str]:
        """Return the link in the address, and the session that the request carries."""
        return request.match_info["link"][:40], self.cookie.of(request)

    def page(self, name: str, status: int = 200, **values: object) -> web.Response:
        """Return a page for customers."""
        return answers.render_page(name, status, company=self.door.policy.company.name, **values)

    def sorry(self, _: web.Request, fault: answers.Fault) -> web.Response:
        """Return a page that says what is wrong, and where to go from there."""
        ring = customers_serving.phone_numbers(self.door.policy)
        return self.page("copy_sorry.html", fault.status, sentence=fault.sentence, ring=ring)

    async def _show_entrance(self, _: web.Request) -> web.Response:
        return self._entrance_page("", {}, 200)

    async def _go_back(self, _: web.Request) -> web.Response:
        """Start again for a person who goes back in the browser."""
        return answers.go_to("/copy")

    def _entrance_page(self, code: str, errors: Mapping[str, str], status: int, notice: str = "") -> web.Response:
        """Return the page that asks for link and passcode; `errors` are sentences by field."""
        policy = self.door.policy
        return self.page(
            "copy_open.html", status, code=code, errors=errors, notice=notice, labels=LABELS, ring=customers_serving.phone_numbers(policy),
            privacy=policy.company.privacy,
        )  # fmt: skip

    async def _open_link(self, request: web.Request) -> web.Response:
        """Let in a customer with the right link and passcode, whatever others are trying.

        Every mismatch gets the same answer, after an even time.
        """
        began, typed = self.pace.monotonic(), await answers.read_form(request)
        code, passcode = _link_code(typed), _passcode_digits(typed)
        errors = {
            name: words
            for name, words, wrong in (("code", NO_LINK, len(code) < SHORTEST), ("passcode", NO_PASSCODE, not passcode))
            if wrong
        }
        if errors:
            return self._entrance_page(code, errors, 422)
        verdict = (await self.door.look(WEB, lambda ctx: judge_passcode(ctx, code, passcode)))[1]
        is_counted = verdict in ("open", "wrong")
        entered = (
            await self.door.enter(links.open_link(code, passcode), WEB)
            if is_counted
            else Admitted(over=verdict == "over")
        )
        if entered.secret:
            return self._let_in(entered)
        await self._wait_evenly(began)
        if entered.over:
            COPIES.labels("over").inc()
            return self.page("copy_over.html", 403, ring=customers_serving.phone_numbers(self.door.policy))
        return self._not_fitting(request, code)

    def _not_fitting(self, request: web.Request, code: str) -> web.Response:
        """Return the one answer to every mismatch; a caller with too many of them is told to wait."""
        COPIES.labels("not_fitting").inc()
        try:
            self.limits.count(PASSCODES, request)
        except answers.TooMuch as error:
            return answers.with_retry_after(self._entrance_page(code, {}, 429, str(error)), error.seconds)
        return self._entrance_page(code, {}, 403, NOT_FIT)

    async def _wait_evenly(self, began: float) -> None:
        """Wait until a whole multiple of `EVEN`, so that the time of the answer doesn't reveal why it failed."""
        passed = self.pace.monotonic() - began
        await self.pace.sleep(EVEN - passed % EVEN)

    def _let_in(self, entered: Admitted) -> web.Response:
        """Send the customer to the page of their calls, with the session in a cookie."""
        COPIES.labels("opened").inc()
        where = f"/copy/{entered.link}"
        return self.cookie.give(answers.go_to(where), entered.secret, where)

    async def _leave_page(self, request: web.Request) -> web.Response:
        """End the session, and say so on a page."""
        visit = self.visit(request)
        with suppress(Refused):  # without a session there is nothing to end
            await self.serving(request)
            await self.door.enter(customers_serving.leave_page(*visit), WEB)
        return self.cookie.take(self.page("copy_left.html"), f"/copy/{visit[0]}")


def _link_code(typed: answers.Written) -> str:
    """Return the code of a link, even if its whole address or text around it was pasted."""
    return re.sub(r"[^A-Za-z0-9_-]", "", typed.words("code").rpartition("#")[2])[: answers.LONGEST]


def _passcode_digits(typed: answers.Written) -> str:
    """Return the six digits, without spacing; empty if it can't be a passcode, which doesn't count as a try."""
    typed_text = unicodedata.normalize("NFKC", typed.words("passcode")[: answers.LONGEST])
    digits = re.sub(r"[\s.·-]", "", typed_text)
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else ""
