"""How a report is shown: to a handler all that is theirs to know, to the reporter how it stands (P13)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers import role_people
from handlers.acting import Act, Visitor
from handlers.breach.around import Rooms
from handlers.breach.evidence import as_reader, call_views, name_of, to_be_decided, words_of_all
from handlers.breach.known import DECIDER, READERS, REPORTER, Known, Noted
from handlers.breach.seating import whom_to_bring_it
from handlers.breach.silence import overdue
from handlers.breach.vault import Opened, Vault
from handlers.breach.view import HandlerView, ReporterView, Said, StepView
from handlers.policy.values import RoleName
from handlers.rules.breach import Handling, checklist, would_be_readers
from handlers.rules.breach import title_of as seat_title
from handlers.rules.breach_clock import Overdue
from handlers.words import day_words, moment_words

EVIDENCE = (
    "Files can’t be sent here. Please keep them, and say what you have; those who handle it tell you where to bring it."
)
MOST_PEOPLE = 5000
_CONVERSATION = ("fact", "question", "acknowledged", "closed")
_DID = {
    "filed": "The report came in.", "fact": "The reporter wrote more.", "question": "Wrote to the reporter.",
    "note": "Wrote a note.", "opened": "Opened it.", "acknowledged": "Acknowledged it.",
    "used_twice": "A link was used a second time, so the page that it had opened was closed.",
    "accused": "Named somebody else as accused.", "readers": "Who reads it changed.", "step": "A step of the process:",
    "gathered": "Gathered calls.", "outcome": "Wrote down the outcome.", "audio_kept": "Kept the audio of a call.",
    "asked_to_hear": "Asked to hear a call.", "may_hear": "Allowed that a call is heard.",
    "may_not_hear": "Did not allow that a call is heard.", "heard": "Heard a call.", "agreed": "Agrees to closing it.",
    "closed": "Closed it.", "stalled": "Nobody did what was due, so others were told.",
    "reminded": "It will be erased in 30 days.",
}  # fmt: skip
_STALLED = {
    READERS: "Nobody did what was due, so everybody who reads it was reminded.",
    REPORTER: "Nobody did what was due, so whoever reported it was told.",
}
_LATE: dict[Overdue, str] = {
    "acknowledged": "Nobody has acknowledged it yet, and the time for that is over.",
    "answered": "Nobody has answered you yet, and the time for that is over.",
}
_FIRED = {
    "both": "Both roles handle it.", "manager_alone": "The Manager, Human Resources, handles it alone: the other role is not free to.",
    "head_alone": "The Head of Customer Success handles it alone: the other role is not free to.",
    "with_fallback": "A handler accused the other, so whoever steps in has to agree before it is closed.",
    "accuser_alone": "A handler accused the other, and nobody who steps in is there: it may be closed by one alone.",
    "fallback": "Neither of the two roles is free to handle it, so it came to whoever steps in.",
    "sealed": "Nobody may read it as things are.",
}  # fmt: skip


def to_handler(act: Act, rooms: Rooms, vault: Vault, one: Opened) -> HandlerView:
    """The report as its reader sees it; whoever only decides whether a call is heard sees that question alone."""
    known, me = one.known, next(who for who in one.known.readers if who.email == one.reader)
    asking = as_reader(act, one.reader)
    if me.role == DECIDER:
        return _question(asking, one)
    entries, due = vault.noted(one), vault.rows.steps(one.id)
    return HandlerView(
        report=one.id, state=_state(one), role=_title(act, me.role, deputy=me.deputy),
        others=tuple(f"{name_of(act, who.email)}, {_title(act, who.role, deputy=who.deputy)}" for who in known.handlers if who.email != one.reader),
        fired=_FIRED.get(known.fired, ""), day=day_words(one.report.day, None) + (", after hours" if one.report.late else ""),
        acknowledge_by=_moment(act, due["acknowledge"].due_at), answer_by=_moment(act, due["feedback"].due_at),
        facts=_facts(act, known), conversation=_said(act, known, entries, _CONVERSATION),
        history=_said(act, known, entries, tuple(_DID)), notes=_said(act, known, entries, ("note",)),
        steps=tuple(StepView(number, text, name_of(act, known.steps.get(text, ""))) for number, (text, _) in enumerate(checklist(act.policy, known.steps), 1)),
        calls=call_views(asking, rooms, known, one.reader), people=_people(act), may=_may(one),
        reference=known.reference, outcome=known.outcome, closing=_closing(act, known),
    )  # fmt: skip


def to_reporter(act: Act, vault: Vault, one: Opened, handling: Handling) -> ReporterView:
    """How it stands: never who reads it, and never what they note."""
    entries, due = vault.noted(one), vault.rows.steps(one.id)
    said = tuple(
        Said("You" if entry.by == "reporter" else "Those who handle it", _day(entry.at), _to_reporter(entry), entry.kind)
        for entry in entries if entry.kind in _CONVERSATION
    )  # fmt: skip
    last = next((entry.kind for entry in reversed(entries) if entry.kind in ("fact", "question")), "")
    is_open = one.report.state == "open"
    late = "" if handling.sealed else _LATE.get(overdue(act, vault, one), "")
    return ReporterView(
        state=_told_state(one, handling), day=day_words(one.report.day, None), acknowledge_by=_moment(act, due["acknowledge"].due_at),
        answer_by=_moment(act, due["feedback"].due_at), conversation=said, question=is_open and last == "question",
        open=is_open, told=one.known.told if not is_open else "",
        last_resort=act.policy.breach.last_resort if late or (handling.sealed and is_open) else "", late=late,
        evidence=whom_to_bring_it(act, handling), report=one.id,
    )  # fmt: skip


def _question(act: Act, one: Opened) -> HandlerView:
    return HandlerView(
        report=one.id, state="a question for you", role="whoever decides whether a call is heard", others=(), fired="", day="",
        acknowledge_by="", answer_by="", facts=(), conversation=(), history=(), steps=(),
        calls=to_be_decided(act, one.known, one.reader), people=(), may=frozenset({"decide"}),
    )  # fmt: skip


def _may(one: Opened) -> frozenset[str]:
    if one.report.state != "open":
        return frozenset()
    always = {"ask", "note", "accuse", "step", "gather", "keep", "outcome"}
    acknowledge = set() if one.known.acknowledged_by else {"acknowledge"}
    waits = one.reader in one.known.agreed and not one.known.may_be_closed
    close = {"close"} if one.known.outcome and not waits else set()
    return frozenset(always | acknowledge | close)


def _facts(act: Act, known: Known) -> tuple[tuple[str, str], ...]:
    sources = {
        "chat": "in chat", "link": "on the page, by a link from chat", "page": "on the page without login",
        "bot": "by the bot itself: facts, no verdict",
    }  # fmt: skip
    about = ", ".join([*(name_of(act, one) for one in known.accused), *([known.concerned] if known.concerned else [])])
    added = ", ".join(f"{name_of(act, one.key)} (named by {name_of(act, one.by)})" for one in known.accusations)
    typed = f"{known.reporter_name} (typed on the page; nobody checked it)" if known.reporter_name else ""
    who = (typed or name_of(act, known.reporter) or _owner(act, known.account)) if known.named else "not given"
    told = (
        ("What happened", known.what), ("When", known.when), ("Recording or request", known.which), ("Who it is about", about),
        ("Accused since", added), ("Name of the reporter", "" if known.source == "bot" else who), ("Sent", sources[known.source]),
    )  # fmt: skip
    return tuple((label, words) for label, words in told if words)


def _said(act: Act, known: Known, entries: list[Noted], kinds: tuple[str, ...]) -> tuple[Said, ...]:
    return tuple(
        Said(_who(act, known, entry.by), _at(act, entry.at), _words(act, entry), entry.kind)
        for entry in entries if entry.kind in kinds
    )  # fmt: skip


def _words(act: Act, entry: Noted) -> str:
    told = _told(act, entry)
    who = (
        name_of(act, entry.about)
        if entry.kind == "accused"
        else entry.about
        if entry.kind in ("step", "outcome")
        else ""
    )
    did = _STALLED.get(entry.about, _DID[entry.kind]) if entry.kind == "stalled" else _DID[entry.kind]
    return " ".join(one for one in (did, who, told) if one)


def _told(act: Act, entry: Noted) -> str:
    """Of calls that were gathered it says which, and never what was typed: that may name a matter which this reader may not know of (P9)."""
    if entry.kind == "gathered":
        return words_of_all(act, entry.about)
    return ", ".join(name_of(act, one) for one in entry.words.split(", ")) if entry.kind == "readers" else entry.words


def _to_reporter(entry: Noted) -> str:
    if entry.kind == "acknowledged":
        return "A person has read your report and takes care of it."
    return entry.words


def _told_state(one: Opened, handling: Handling) -> str:
    if one.report.state != "open":
        return "closed"
    if handling.sealed:
        return "kept, and nobody may read it as things are"
    return "being handled" if one.known.acknowledged_by else "waiting for somebody to read it"


def _state(one: Opened) -> str:
    if one.report.state != "open":
        return "closed"
    return "acknowledged" if one.known.acknowledged_by else "waiting to be acknowledged"


def _closing(act: Act, known: Known) -> str:
    if not known.agreed or not known.told:
        return known.told
    return f"{known.told} (agreed by {', '.join(name_of(act, one) for one in known.agreed)})"


def _people(act: Act) -> tuple[tuple[str, str], ...]:
    titles = {seat.email: seat_title(act.policy, seat) for seat in would_be_readers(act.policy)}
    everybody = sorted(act.policy.roles.everybody(), key=lambda one: (one not in titles, one))
    roles = tuple(
        (role_people.value_of(one), ", ".join(filter(None, (name_of(act, one), titles.get(one, "")))))
        for one in everybody
    )
    others = (one for one in act.store.people.called((), MOST_PEOPLE) if one.email_key not in everybody)
    return (*roles, *((str(one.id), one.name) for one in others))


def _title(act: Act, role: str, *, deputy: bool) -> str:
    found: dict[RoleName, str] = {name: held.title for name, held in act.policy.roles.held().items()}
    title = next((words for name, words in found.items() if name == role), role)
    return f"deputy of the {title}" if deputy else title


def _who(act: Act, known: Known, by: str) -> str:
    words = {"reporter": "The reporter", "bot": "The bot", "rule": "The rule"}
    return words.get(by) or name_of(act, by)


def _owner(act: Act, account: str) -> str:
    """Whose account it is, as far as that became known since: for a report nobody is looked up."""
    found = act.store.people.account(*Visitor(account).address) if account else None
    named = name_of(act, found.email_key) if found is not None and found.email_key else ""
    return named or f"whoever has the account {account}: I was never told whose it is, and the chat can tell you"


def _at(act: Act, told: str) -> str:
    return _day(told) if len(told) <= len("2026-11-24") else _moment(act, datetime.fromisoformat(told))


def _day(told: str) -> str:
    return day_words(date.fromisoformat(told[:10]), None)


def _moment(act: Act, at: datetime) -> str:
    zone = act.policy.lines[act.policy.company.home_line].time_zone
    return moment_words(at.astimezone(ZoneInfo(zone)), zone, act.now)
