"""All pages of confidential reports, put together, and the one on which a handler reads a report and works on it (P13)."""

from collections.abc import Callable

from aiohttp import web

from bot.listeners import Listeners, Unsure
from bot.ports import Absent, Changed, Recorder, Unavailable
from bot.web.answers import CHANGED, Written, render_page
from bot.web.confidential import MISSING, KeptAudio, Opened, Over, read_and_keep_form
from bot.web.limits import Limits, Pacing
from bot.web.reporting import OwnPages, ReportingPages
from handlers.acting import WEB, Intent
from handlers.breach import steps
from handlers.breach.filing import LONGEST
from handlers.breach.readers import find_reader
from handlers.door import Door
from handlers.rules import Refused


def report_routes(
    door: Door, recorder: Recorder, public_url: str, limits: Limits, listeners: Listeners, pacing: Pacing
) -> list[web.RouteDef]:
    """Return the routes of `/report` and below; `listeners` know who is still a member."""
    audio = KeptAudio(door, recorder, listeners, pacing)
    return [
        *ReportingPages(door, public_url, limits).routes(),
        *HandlingPages(door, audio, public_url, limits).routes(),
        *OwnPages(door, public_url, limits).routes(),
    ]


AWAY = "The call recording system can’t be reached right now. Please try again in a minute."
ON_THE_PAGE = "Please listen on the report’s page, where each listen is noted."


class HandlingPages:
    """`/report/handle` and below. Everyone without sight of a report gets the same page, for any cause."""

    def __init__(self, door: Door, audio: KeptAudio, public_url: str, limits: Limits) -> None:
        self.door, self.audio = door, audio
        self.opened = Opened(door, "/report/handle", public_url, limits)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the pages."""
        return [
            *self.opened.routes(),
            web.get("/report/handle/{report}", self._show_report, allow_head=False),
            web.get("/report/handle/{report}/audio/{name}", self._play_call, allow_head=False),
            web.post("/report/handle/{report}/{action}", self._take_action),
        ]

    async def _show_report(self, request: web.Request) -> web.Response:
        return await self._draw_report(*await self._admit_reader(request))

    async def _admit_reader(self, request: web.Request) -> tuple[str, str]:
        """Return the report and the session, if its reader is still a member. Raises `Over`, `TooMuch` and `Unsure`."""
        report, session = await self.opened.session(request)
        reader = await self._reader_of(report, session)
        try:
            await self.audio.listeners.check(reader, fresh=True, in_confidence=True)
        except Unsure:
            await self._reader_of(report, session)  # the check may just have found that the person has left
            raise
        return report, session

    async def _reader_of(self, report: str, session: str) -> int:
        """Return the person who reads in this session; raises `Over` if there is none."""
        reader = await self.door.look(WEB, lambda ctx: find_reader(ctx, report, session))
        if reader is None:
            raise Over
        return reader

    async def _draw_report(
        self, report: str, session: str, failed: str = "", typed: Written | None = None, refused: Refused | None = None
    ) -> web.Response:
        """Return the report's page; the form that `failed` is as it was `typed`, with why it was `refused`. Raises `Over`."""
        try:
            view = await self.door.enter(steps.read_report(report, session), WEB)
        except Refused:
            raise Over from None
        return render_page(
            "handle.html", 422 if failed else 200, view=view, failed=failed, typed=typed or Written(),
            sentence=str(refused) if refused else "", errors=refused.fields if refused else {}, where=self.opened.where,
        )  # fmt: skip

    async def _take_action(self, request: web.Request) -> web.Response:
        """Do what a form asks for, then show the report again; if it's refused, with what was typed."""
        if (action := request.match_info["action"]) not in FORMS:
            raise web.HTTPNotFound
        typed = await read_and_keep_form(request)
        report, session = await self._admit_reader(request)
        try:
            await self._do_action(action, report, session, typed)
        except Refused as refused:
            return await self._draw_report(report, session, action, typed, refused)
        return self.opened.back(report, PLACES.get(action, ""))

    async def _do_action(self, action: str, report: str, session: str, typed: Written) -> None:
        """Do what a form asks for. Raises `Refused`."""
        if action != "keep":
            await self.door.enter(wanted_action(action, report, session, typed), WEB)
            return
        try:
            await self.audio.keep(report, session, typed.number("recording"))
        except Changed:
            raise Refused(CHANGED) from None
        except Absent:
            raise Refused(MISSING) from None
        except Unavailable:
            raise Refused(AWAY) from None

    async def _play_call(self, request: web.Request) -> web.StreamResponse:
        """Stream a copy of a call to the report's page. Raises `Refused` outside the page, and `Over`."""
        if request.headers.get("Sec-Fetch-Dest") == "document":
            raise Refused(ON_THE_PAGE)
        report, session = await self._admit_reader(request)
        try:
            return await self.audio.play(request, report, session, request.match_info["name"][:100])
        except Refused:
            raise Over from None


Wanted = Callable[[str, str, Written], Intent[None]]
SHORT = 200  # characters of a reference, of a call, of a name
NEEDS = {
    "ask": "Please write what you want to ask or say.",
    "note": "Please write the note first.",
    "accuse": "Please say in a sentence why.",
    "gather": "Please say which call: its number, its reference, or part of either.",
    "outcome": "Please write down the outcome.",
    "close": "Please write what to tell the reporter.",
}
"""Forms with a field of words, and what is said where it is empty."""
PLACES = {
    "ask": "conversation", "gather": "calls", "keep": "calls", "ask-to-hear": "calls", "decide-hearing": "calls",
    "step": "steps", "note": "notes", "accuse": "accuse", "outcome": "outcome", "close": "close",
}  # fmt: skip
"""Where on the page a person is after a form."""


def wanted_action(action: str, report: str, session: str, form: Written) -> Intent[None]:
    """Return what one of `FORMS` asks for. Raises `Refused` for a field that has to be corrected."""
    want = _ACTIONS[action]
    if action in NEEDS:
        _require_words(form, "words", NEEDS[action], SHORT if action == "gather" else LONGEST)
    return want(report, session, form)


def _accuse_person(report: str, session: str, form: Written) -> Intent[None]:
    """Return how to record whom the report accuses, and why; from then on that person can't read it."""
    person = form.within("person", SHORT)
    if not person:
        raise Refused("Please choose who it is.", field="person")
    return steps.accuse_person(report, session, person, form.words("words"))


def _write_outcome(report: str, session: str, form: Written) -> Intent[None]:
    """Return how to write down what came of the report, with the reference of the process that it led to."""
    _require_words(form, "reference", "Please give the reference of the Code of Conduct’s process.", SHORT)
    return steps.write_outcome(report, session, form.words("reference"), form.words("words"))


def _decide_hearing(report: str, session: str, form: Written) -> Intent[None]:
    """Return how to allow or refuse another reader to hear a copied call; `by` is that reader's id, 0 for none."""
    allowed, asker = form.words("allowed") == "yes", form.within("asker", SHORT)
    asker_id = int(asker) if asker.isascii() and asker.isdigit() else 0
    return steps.decide_hearing(report, session, form.within("name", SHORT), asker_id, allowed=allowed)


def _require_words(form: Written, name: str, missing: str, most: int) -> None:
    """Raise `Refused` at this field if it's empty, with the sentence `missing`, or has more than `most` characters."""
    words = form.words(name)
    if not words:
        raise Refused(missing, field=name)
    if len(words) > most:
        raise Refused(f"This has {len(words):,} characters; the limit is {most:,}. Please shorten it.", field=name)


_ACTIONS: dict[str, Wanted] = {
    "acknowledge": lambda report, session, _: steps.acknowledge_report(report, session),
    "ask": lambda report, session, told: steps.ask_reporter(report, session, told.words("words")),
    "note": lambda report, session, told: steps.write_note(report, session, told.words("words")),
    "accuse": _accuse_person,
    "step": lambda report, session, told: steps.take_step(
        report, session, told.number("number"), done=told.words("taken") == "yes"
    ),
    "gather": lambda report, session, told: steps.gather_calls(report, session, told.words("words")),
    "ask-to-hear": lambda report, session, told: steps.ask_to_hear(report, session, told.within("name", SHORT)),
    "decide-hearing": _decide_hearing,
    "outcome": _write_outcome,
    "close": lambda report, session, told: steps.close_report(report, session, told.words("words")),
}
FORMS = frozenset({*_ACTIONS, "keep"})
"""Every form of the page, by the end of its address."""
