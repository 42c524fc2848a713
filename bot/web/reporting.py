"""The pages on which anyone can report a breach and return to it, without login, script, cookie or a word in an address
(P13).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.ports import Unavailable
from bot.web.answers import DOWN, TooMuch, Written, asset_route, render_page, with_retry_after
from bot.web.confidential import Opened, Over, read_and_keep_form
from bot.web.limits import LINKS, RECEIPTS, REPORTS, Limits
from handlers.acting import WEB
from handlers.breach import filing
from handlers.breach.filing import FORM, LONGEST, OVER, PATH, make_token, read_token, receipt_exists
from handlers.breach.filing import LONGEST as LONGEST_TOKEN
from handlers.breach.room import receipt_groups
from handlers.breach.state import ReporterView, Statement
from handlers.door import Door
from handlers.policy import Policy
from handlers.policy.terms import Role
from handlers.rules import Refused
from handlers.sealing import hashed_name
from storage.database.store import DatabaseDown

ASSETS = {"report.css": "text/css", "report.js": "text/javascript"}
RECEIPT = 32  # letters and digits
NONE = "There is no report with this receipt. Please compare it with what you wrote down, letter by letter."
NO_WORDS = "Please write something first."
LONG = f"That is more than {LONGEST:,} characters. Please send it in two parts."


class ReportingPages:
    """`/report` and below: where anyone files a report, and follows it by its receipt.

    The addresses below `/report/handle` and `/report/mine` are in other classes.
    """

    def __init__(self, door: Door, public_url: str, limits: Limits) -> None:
        self.door, self.limits = door, limits
        self.public_url, self.secure = public_url.rstrip("/"), public_url.startswith("https://")

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the pages."""
        return [
            web.get("/report", self._show_form),
            web.post("/report", self._file_report),
            web.get(PATH, self._show_start),
            web.post(PATH, self._exchange_link),
            web.get("/report/follow", self._show_follow),
            web.post("/report/follow", self._follow_report),
            web.post("/report/add", self._add_words),
            asset_route("/report", ASSETS),
        ]

    async def _show_start(self, _: web.Request) -> web.Response:
        """Show the page that a link from chat opens; a press there exchanges the link for the form."""
        return render_page("start.html", over="")

    async def _exchange_link(self, request: web.Request) -> web.Response:
        """Exchange a link from chat for the form, which only the bot can trace to its account. Good links aren't counted."""
        token = (await read_and_keep_form(request)).words("code").rpartition("#")[2][:LONGEST_TOKEN]
        now, keys = self.door.now(), self.door.keys
        try:
            link = read_token(keys, token, now)
        except Refused:
            link = None
        if link is None or self.limits.was_done("start", link.id):
            self.limits.count(LINKS, request)
            return render_page("start.html", 403, over=OVER)
        self.limits.note_done("start", link.id)
        return self._form_page(Written({"start": [make_token(keys, link.account, now, FORM)]}), {}, 200)

    def _account_of(self, written: Written) -> str:
        """Return the account whose link led to the form, empty without one; raises `Refused` if the link has expired."""
        token = written.within("start", LONGEST_TOKEN)
        return read_token(self.door.keys, token, self.door.now(), FORM).account if token else ""

    async def _show_form(self, _: web.Request) -> web.Response:
        return self._form_page(Written(), {}, 200)

    def _form_page(self, typed: Written, errors: dict[str, str], status: int, notice: str = "") -> web.Response:
        """Return the form, as it was typed so far and with errors by field; `notice` is a sentence above it."""
        once, policy = typed.words("once") or secrets.token_urlsafe(32), self.door.policy
        return render_page(
            "report.html", status, typed=typed, errors=errors, notice=notice, labels=LABELS, once=once, usual=usual_reader_titles(policy),
            readers=pickable_readers(policy), longest=LONGEST, secure=self.secure, company=policy.company.name,
            last_resort=policy.breach.last_resort,
        )  # fmt: skip

    async def _file_report(self, request: web.Request) -> web.Response:
        """File the report and show its receipt; if anything is wrong, return the form as it was filled in."""
        typed = await read_and_keep_form(request)
        try:
            filled = read_report_form(typed, self.door.policy, self._account_of(typed))
        except Refused as refusal:
            fields = {name: words for name, words in typed.fields.items() if name != "start"}
            return self._form_page(Written(fields), {}, 422, str(refusal))
        if filled.errors:
            return self._form_page(filled.written, dict(filled.errors), 422)
        try:
            self.limits.count(REPORTS, request)
            answer = await self.door.enter(filing.file_report(filled.statement, _submission_key(filled.written)), WEB)
        except TooMuch as error:
            return with_retry_after(self._form_page(filled.written, {}, 429, str(error)), error.seconds)
        except Refused as refusal:
            errors = {name: words for name, words in refusal.fields.items() if name in LABELS}
            return self._form_page(filled.written, errors, 422, "" if errors else str(refusal))
        except (DatabaseDown, Unavailable):
            return self._form_page(filled.written, {}, 503, f"Nothing has been sent yet. {DOWN}")
        return render_page(
            "filed.html", filed=answer, groups=receipt_groups(answer.receipt), follow=f"{self.public_url}/report/follow"
        )

    async def _show_follow(self, _: web.Request) -> web.Response:
        """Show the page that asks for a receipt."""
        return render_page("follow.html", typed="", error="")

    async def _follow_report(self, request: web.Request) -> web.Response:
        """Show the report of a receipt. Raises `TooMuch` after too many wrong ones."""
        typed = await read_and_keep_form(request)
        receipt = plain_receipt(typed.words("receipt"))
        if not await self._is_good_receipt(request, receipt):
            return render_page("follow.html", 422, typed=typed.words("receipt")[:200], error=NONE)
        return self._report_page(await self.door.enter(filing.follow_report(receipt), WEB), receipt)

    async def _add_words(self, request: web.Request) -> web.Response:
        """Add words to the report of a receipt; sent twice, as by a reload, they are added once."""
        typed = await read_and_keep_form(request)
        receipt, words = plain_receipt(typed.words("receipt")), typed.words("words")
        if not await self._is_good_receipt(request, receipt):
            return render_page("follow.html", 422, typed=typed.words("receipt")[:200], error=NONE)
        error, submission = flaw_of_words(words), (receipt, typed.words("once"), words)
        if not error and not (submission[1] and self.limits.was_done(*submission)):
            try:
                view = await self.door.enter(filing.add_words(receipt, words), WEB)
            except Refused as refusal:
                error = str(refusal)
            else:
                self.limits.note_done(*submission)
                return self._report_page(view, receipt)
        return self._report_page(
            await self.door.enter(filing.follow_report(receipt), WEB), receipt, words if error else "", error
        )

    def _report_page(self, view: ReporterView, receipt: str, typed: str = "", error: str = "") -> web.Response:
        """Return the reporter's page of a report; with an `error`, also the words that were typed."""
        return render_page(
            "own.html", 422 if error else 200, view=view, receipt=receipt, typed=typed, error=error,
            once=secrets.token_urlsafe(16), action="/report/add", leave="",
        )  # fmt: skip

    async def _is_good_receipt(self, request: web.Request, receipt: str) -> bool:
        """Return True if a report has this receipt; only wrong ones are counted. Raises `TooMuch`."""
        is_good = await self.door.look(WEB, lambda ctx: len(receipt) >= RECEIPT // 2 and receipt_exists(ctx, receipt))
        if not is_good:
            self.limits.count(RECEIPTS, request)
        return is_good


def plain_receipt(typed: str) -> str:
    """Return the receipt in the typed text: letters, in capitals, and digits."""
    return "".join(one for one in typed[:400].upper() if one.isascii() and one.isalnum())[:200]


def flaw_of_words(words: str) -> str:
    """Return what is wrong with added words, as a sentence; empty if nothing is."""
    return "" if words and len(words) <= LONGEST else LONG if words else NO_WORDS


def _submission_key(written: Written) -> str:
    """Return the same key for the same form with the same words; a changed form is another report."""
    parts = [
        written.within("once", 200),
        *(f"{name}={words}" for name, values in written.fields.items() for words in values),
    ]
    return hashed_name("\0".join(parts)) if parts[0] else secrets.token_urlsafe(32)


SHORT = 200  # characters of a field that takes a line
MOST = {"what": LONGEST, "when": SHORT, "which": SHORT, "concerned": SHORT, "name": SHORT}
LABELS = {
    "what": "What happened?", "when": "When?", "which": "Which recording or request?",
    "concerned": "Who is it about?", "name": "Your name",
}  # fmt: skip
NOTHING = "Please say in a sentence or two what happened."


@dataclass(frozen=True, slots=True)
class Readers:
    """Would-be readers of a report by their title; no names are on a public page."""

    key: str
    title: str
    people: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FilledReport:
    """The form as it was filled in, and as a statement to be filed.

    `errors` has a sentence for each field that has to be corrected.
    """

    written: Written
    statement: Statement
    errors: Mapping[str, str]


def pickable_readers(policy: Policy) -> list[Readers]:
    """Return all would-be readers of a report, the usual ones first; addresses in normal form."""
    roles = policy.roles
    found = (
        ("human_resources", roles.manager_human_resources),
        ("head", roles.head_of_customer_success),
        ("fallback", roles.breach_fallback),
    )
    return [one for key, role in found for one in _readers_of_role(key, role)]


def usual_reader_titles(policy: Policy) -> tuple[str, str]:
    """Return the titles of the usual readers."""
    return policy.roles.manager_human_resources.title, policy.roles.head_of_customer_success.title


def read_report_form(written: Written, policy: Policy, account: str = "") -> FilledReport:
    """Return what the form says, and what has to be corrected. A reader may name themselves as a conflict, like any other.

    `account` is the account whose link led here, or empty: then a name can be typed.
    """
    people_of = {one.key: one.people for one in pickable_readers(policy)}
    picked = {*written.ticked("conflicts"), written.words("own")}
    conflicts = frozenset[str]().union(*(people for key, people in people_of.items() if key in picked))
    what, when, which, concerned, name = (written.words(one) for one in MOST)
    named = written.words("named") == "named" if account else bool(name)
    statement = Statement(
        "link" if account else "page", what, when, which, concerned=concerned, conflicts=tuple(sorted(conflicts)), named=named,
        account=account, name="" if account else name,
    )  # fmt: skip
    return FilledReport(written, statement, _length_errors(written))


def _length_errors(written: Written) -> dict[str, str]:
    """Return a sentence for each field that is too long, and one if it isn't said what happened."""
    found = {
        name: f"This has {len(words):,} characters; the limit is {most:,}. Please shorten it; you can add more once it is filed."
        for name, most in MOST.items()
        if len(words := written.words(name)) > most
    }
    return found if written.words("what") else {"what": NOTHING, **found}


def _readers_of_role(key: str, role: Role) -> list[Readers]:
    """Return the role's holder, and all its deputies together."""
    deputies = [Readers(f"{key}_deputy", f"A deputy of the {role.title}", frozenset(role.deputies))]
    return [Readers(key, role.title, frozenset({role.holder})), *(deputies if role.deputies else [])]


class OwnPages:
    """`/report/mine` and below: where people who came from chat and gave their name return to their report."""

    def __init__(self, door: Door, public_url: str, limits: Limits) -> None:
        self.door = door
        self.opened = Opened(door, "/report/mine", public_url, limits)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the pages."""
        return [
            *self.opened.routes(),
            web.get("/report/mine/{report}", self._show_own_report, allow_head=False),
            web.post("/report/mine/{report}/add", self._add_words),
        ]

    async def _show_own_report(self, request: web.Request) -> web.Response:
        """Show the person the report of their session. Raises `Over` and `TooMuch`."""
        return await self._own_report_page(*await self.opened.session(request))

    async def _own_report_page(self, report: str, session: str, typed: str = "", error: str = "") -> web.Response:
        """Show the person's own report; raises `Over` if it isn't theirs."""
        try:
            view = await self.door.enter(filing.read_own_report(report, session), WEB)
        except Refused:
            raise Over from None
        return render_page(
            "own.html", 422 if error else 200, view=view, receipt="", typed=typed, error=error, once="",
            action=f"/report/mine/{report}/add", leave=f"/report/mine/{report}/leave",
        )  # fmt: skip

    async def _add_words(self, request: web.Request) -> web.Response:
        """Add words to the person's own report; if that is refused, show the page with what was typed."""
        typed = await read_and_keep_form(request)
        report, session = await self.opened.session(request)
        words = typed.words("words")
        if error := flaw_of_words(words):
            return await self._own_report_page(report, session, words, error)
        try:
            await self.door.enter(filing.add_own_words(report, session, words), WEB)
        except Refused as refusal:
            return await self._own_report_page(report, session, words, str(refusal))
        return self.opened.back(report, "conversation")
