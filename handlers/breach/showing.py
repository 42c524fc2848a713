"""What a handler and the reporter see of a report (P13)."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import finding, phrases
from handlers.acting import Actor, Context
from handlers.breach.readers import bring_files_to
from handlers.breach.state import DECIDER, CallView, Entry, HandlerView, Hearing, Known, ReporterView, Said, StepView
from handlers.breach.vault import Opened
from handlers.matters import showing
from handlers.matters.asking import involved_people
from handlers.policy import RoleName
from handlers.rules import Refused, breach
from storage.records import Recording

MOST_CALLS = 20
_ID = re.compile(r"[A-Z]-[0-9A-Z]{8}")
MOST_PEOPLE = 5000
_CONVERSATION = ("fact", "question", "acknowledged", "closed")
_DID = {
    "filed": "The report came in.", "fact": "The reporter wrote more.", "question": "Wrote to the reporter.",
    "note": "Wrote a note.", "opened": "Opened it.", "acknowledged": "Acknowledged it.",
    "accused": "Named someone else as accused.", "readers": "The people who read it changed.", "step": "A step of the process:",
    "gathered": "Gathered calls.", "outcome": "Wrote down the outcome.", "audio_kept": "Kept the audio of a call.",
    "asked_to_hear": "Asked to hear a call.", "may_hear": "Allowed a call to be heard.",
    "may_not_hear": "Refused to let a call be heard.", "heard": "Heard a call.", "agreed": "Agreed to close it.",
    "closed": "Closed it.", "stalled": "It was overdue, so everyone who reads it was reminded.",
}  # fmt: skip
_LATE: dict[breach.Overdue, str] = {
    "acknowledged": "It is overdue: no one has acknowledged it yet.",
    "answered": "It is overdue: you have had no answer yet.",
}
_FIRED = {
    "both": "Both roles handle it.", "manager_alone": "The Manager, Human Resources, handles it alone: the other role has a conflict or is away.",
    "head_alone": "The Head of Customer Success handles it alone: the other role has a conflict or is away.",
    "fallback": "Neither of the two roles is free to handle it, so it came to the person who steps in.",
    "sealed": "No one may read it at the moment.",
}  # fmt: skip


def handler_view(ctx: Context, one: Opened) -> HandlerView:
    """Return the report as its reader sees it; a person who only decides about a hearing sees that question alone."""
    known, me = one.known, next(who for who in one.known.readers if who.person == one.reader)
    as_reader = context_of_reader(ctx, one.reader)
    if me.role == DECIDER:
        return _decider_view(as_reader, one)
    return HandlerView(
        report=one.id, state=_state_words(known), role=_title_of_role(ctx, me.role, deputy=me.deputy),
        others=tuple(f"{name_of(ctx, who.person)}, {_title_of_role(ctx, who.role, deputy=who.deputy)}" for who in known.handlers if who.person != one.reader),
        fired=_FIRED.get(known.fired, ""), day=phrases.day_words(known.day, None) + (", after hours" if known.late else ""),
        **_deadline_words(ctx, known),
        facts=_report_facts(ctx, known), conversation=_entry_lines(ctx, known, _CONVERSATION),
        history=_entry_lines(ctx, known, tuple(_DID)), notes=_entry_lines(ctx, known, ("note",)),
        steps=tuple(StepView(number, text, name_of(ctx, known.steps.get(text, 0))) for number, (text, _) in enumerate(breach.steps_checklist(ctx.policy, known.steps), 1)),
        calls=call_views(as_reader, known, one.reader), people=_people_to_name(ctx), may=_allowed_actions(one),
        reference=known.reference, outcome=known.outcome, closing=_closing_words(ctx, known),
    )  # fmt: skip


def reporter_view(ctx: Context, one: Opened, handling: breach.Handling) -> ReporterView:
    """Return the report as its reporter sees it: its state, never who reads it or what they note."""
    known = one.known
    said = tuple(
        Said("You" if entry.by == "reporter" else entry.about or "Those who handle it", _entry_day(ctx, entry.at), _reporter_words(entry), entry.kind)
        for entry in known.log if entry.kind in _CONVERSATION
    )  # fmt: skip
    last = next((entry.kind for entry in reversed(known.log) if entry.kind in ("fact", "question")), "")
    late = "" if handling.sealed else _LATE.get(known.overdue(ctx.now), "")
    resort = ctx.policy.breach.last_resort
    return ReporterView(
        state=_reporter_state(known, handling), day=phrases.day_words(known.day, None), **_deadline_words(ctx, known),
        conversation=said, question=known.open and last == "question",
        open=known.open, told="" if known.open else known.told,
        last_resort=resort if late else phrases.until_then(resort) if handling.sealed and known.open else "", late=late,
        evidence=bring_files_to(ctx, handling),
    )  # fmt: skip


def _decider_view(ctx: Context, one: Opened) -> HandlerView:
    """Return the page of a person who only decides whether calls may be heard."""
    return HandlerView(
        report=one.id, state="a question for you", role="the person who decides whether a call is heard", others=(), fired="", day="",
        acknowledge_by="", answer_by="", facts=(), conversation=(), history=(), steps=(),
        calls=hearings_to_decide(ctx, one.known, one.reader), people=(), may=frozenset({"decide"}),
    )  # fmt: skip


def _allowed_actions(one: Opened) -> frozenset[str]:
    """Return what this handler may do now, by the words of `HandlerView.may`."""
    if not one.known.open:
        return frozenset()
    always = {"ask", "note", "accuse", "step", "gather", "keep", "outcome"}
    acknowledge = set() if one.known.acknowledged_by else {"acknowledge"}
    waits = one.reader in one.known.agreed and not one.known.may_be_closed
    close = {"close"} if one.known.outcome and not waits else set()
    return frozenset(always | acknowledge | close)


def _report_facts(ctx: Context, known: Known) -> tuple[tuple[str, str], ...]:
    """List what the reporter wrote, whom it is about, and how it came; empty facts are left out."""
    sources = {
        "chat": "in chat", "link": "on the page, by a link from chat", "page": "on the page without login",
        "bot": "by the bot itself, as facts only",
    }  # fmt: skip
    about = ", ".join([*(name_of(ctx, one) for one in known.accused), *([known.concerned] if known.concerned else [])])
    added = ", ".join(f"{name_of(ctx, one.person)} (named by {name_of(ctx, one.by)})" for one in known.accusations)
    typed = f"{known.reporter_name} (typed on the page; no one checked it)" if known.reporter_name else ""
    who = typed or name_of(ctx, known.reporter) or _account_owner_name(ctx, known.account)
    facts = (
        ("What happened", known.what), ("When", known.when), ("Recording or request", known.which), ("Who it is about", about),
        ("Accused since", added), ("Name of the reporter", "" if known.source == "bot" else who if known.named else "not given"), ("Sent", sources[known.source]),
    )  # fmt: skip
    return tuple((label, words) for label, words in facts if words)


def _entry_lines(ctx: Context, known: Known, kinds: tuple[str, ...]) -> tuple[Said, ...]:
    """Return the log's entries of these kinds, in words."""
    return tuple(
        Said(_writer_name(ctx, known, entry.by), _day_or_moment(ctx, entry.at), _entry_words(ctx, entry), entry.kind)
        for entry in known.log if entry.kind in kinds
    )  # fmt: skip


def _entry_words(ctx: Context, entry: Entry) -> str:
    """Return an entry's words; for gathered calls only which, never what was typed: that may name a hidden matter (P9)."""
    about, words = entry.about if entry.kind in ("step", "outcome") else "", entry.words
    if entry.kind == "accused":
        about = name_of(ctx, int(entry.about))
    elif entry.kind == "readers":
        words = ", ".join(name_of(ctx, int(one)) for one in words.split(", ") if one)
    elif entry.kind == "gathered":
        words = "; ".join(call_text(ctx, one) for one in ctx.store.recordings.all_of(map(int, entry.about.split())))
    return " ".join(one for one in (_DID[entry.kind], about, words) if one)


def _reporter_words(entry: Entry) -> str:
    """Return an entry as its reporter reads it; an acknowledgement says in which role it was made, and names no one."""
    if entry.kind == "acknowledged":
        return f"{entry.about or 'Someone'} has read your report."
    return entry.words


def _reporter_state(known: Known, handling: breach.Handling) -> str:
    """Return the report's state as its reporter reads it, which doesn't name a reader."""
    if not known.open:
        return "closed"
    if handling.sealed:
        return "kept, and no one may read it at the moment"
    return "being handled" if known.acknowledged_by else "waiting for someone to read it"


def _state_words(known: Known) -> str:
    """Return the report's state as those who handle it read it."""
    if not known.open:
        return "closed"
    return "acknowledged" if known.acknowledged_by else "waiting to be acknowledged"


def _closing_words(ctx: Context, known: Known) -> str:
    """Return what the reporter is told at the end, with who has agreed to it so far."""
    if not known.agreed or not known.told:
        return known.told
    return f"{known.told} (agreed by {', '.join(name_of(ctx, one) for one in known.agreed)})"


def _people_to_name(ctx: Context) -> tuple[tuple[str, str], ...]:
    """Return the people who can be accused, as pairs of id and name; those with a role come first."""
    titles = {seat.person: breach.title_of(ctx.policy, seat) for seat in breach.would_be_readers(ctx.policy)}
    everybody = sorted(ctx.policy.seats.in_roles, key=lambda one: (one not in titles, one))
    roles = tuple((str(one), ", ".join(filter(None, (name_of(ctx, one), titles.get(one, ""))))) for one in everybody)
    others = (one for one in ctx.store.people.called((), MOST_PEOPLE) if one.id not in everybody)
    return (*roles, *((str(one.id), one.name) for one in others))


def _title_of_role(ctx: Context, role: str, *, deputy: bool) -> str:
    """Return a role's title; a role that the policy no longer has keeps its key."""
    found: dict[RoleName, str] = {name: held.title for name, held in ctx.policy.roles.held().items()}
    title = next((words for name, words in found.items() if name == role), role)
    return f"deputy of the {title}" if deputy else title


def _writer_name(ctx: Context, known: Known, by: str) -> str:
    """Name who made an entry of the report's log; `by` is as in `Entry`."""
    words = {"reporter": "The reporter", "bot": "The bot", "rule": "The policy"}
    return words.get(by) or name_of(ctx, int(by))


def _account_owner_name(ctx: Context, account: str) -> str:
    """Name the account's owner if known by now; no one is looked up for a report."""
    found = ctx.store.people.account(*Actor(account).address) if account else None
    named = name_of(ctx, found.person_id) if found is not None and found.person_id else ""
    return named or f"the holder of the account {account} (your chat’s administrator knows who that is)"


def _day_or_moment(ctx: Context, iso: str) -> str:
    """Return an entry's time in words: a day for what the reporter did, else a moment."""
    return _entry_day(ctx, iso) if len(iso) <= len("2026-11-24") else _home_moment(ctx, datetime.fromisoformat(iso))


def _entry_day(ctx: Context, iso: str) -> str:
    """Return an entry's day in words, by the company's clock; a reporter's entry has a day alone."""
    at = datetime.fromisoformat(iso)
    return phrases.day_words(ctx.policy.company_day(at) if at.tzinfo else at.date(), None)


def _deadline_words(ctx: Context, known: Known) -> dict[str, str]:
    """Return the day on which it was acknowledged, and the deadlines that still run."""
    entry, due, open_still = known.acknowledgement, known.promised, known.open
    return {
        "acknowledged": _entry_day(ctx, entry.at) if entry else "",
        "acknowledge_by": _home_moment(ctx, due.acknowledge) if open_still and entry is None else "",
        "answer_by": _home_moment(ctx, due.feedback) if open_still and not known.answered else "",
    }


def _home_moment(ctx: Context, at: datetime) -> str:
    """Return a moment in words, by the clock of the company's home line."""
    zone = ctx.policy.lines[ctx.policy.company.home_line].time_zone
    return phrases.moment_words(at.astimezone(ZoneInfo(zone)), zone, ctx.now)


def may_know(ctx: Context, matter: str, reader: int) -> bool:
    """Return True if a reader may know that there is such a matter; a person who was on a call of it may not, unless
    they have its card (P9).
    """
    found = ctx.store.matters.get(matter)
    if found is None or not showing.may_know(ctx, matter, reader):
        return False
    calls = [*ctx.store.recordings.of_request(matter), *ctx.store.declines.calls(matter)]
    was_on = involved_people(ctx.store, operators=were_on_any(calls)).why(reader)
    return was_on is None or reader in ctx.store.matters.holders(found)[matter]


def were_on_any(calls: Iterable[Recording]) -> frozenset[int]:
    """Return the people who were on these calls."""
    return frozenset(one.operator_id for one in calls if one.operator_id)


def calls_found_by(ctx: Context, words: str) -> list[int]:
    """Find calls by the id of a request, or by number, operator, day or CRM reference; raises `Refused` for none, or too many.

    A request that the asker may not know of is answered like one that doesn't exist (P9).
    """
    name = _ID.search(words.upper())
    if name is not None:
        found = _calls_of_request(ctx, name.group())
    else:
        found = [int(option.value) for option in finding.look_for_calls(ctx, words).exactly]
    if not found:
        raise Refused.at({"words": "I found no call. Try the request’s number, part of the phone number or a day."})
    if len(found) > MOST_CALLS:
        raise Refused.at({"words": f"That matches more than {MOST_CALLS} calls. Please be more specific."})
    return found


def _calls_of_request(ctx: Context, request: str) -> list[int]:
    """Return the calls of a request that the actor may know of; none if they may not know of the request."""
    if not may_know(ctx, request, ctx.me.id):
        return []
    return [one.id for one in ctx.store.recordings.of_request(request) if finding.may_know(ctx, one)]


def context_of_reader(ctx: Context, person: int) -> Context:
    """Return the context as if this reader acted in it, so that they find only calls that they may know of."""
    return replace(ctx, who=Actor("web", person))


def call_views(ctx: Context, known: Known, reader: int) -> tuple[CallView, ...]:
    """Return every call of the report as one reader sees it: who listened only in matters that the reader may know of (P9)."""
    calls = ctx.store.recordings.all_of(known.calls)
    return tuple(_call_view(ctx, known, one, reader, _listener_lines(ctx, one)) for one in calls)


def hearings_to_decide(ctx: Context, known: Known, reader: int) -> tuple[CallView, ...]:
    """Return the calls that this person decides on, without who listened."""
    asked = {one.recording for one in known.hearings if one.decider == reader and one.state == "asked"}
    calls = ctx.store.recordings.all_of(one for one in known.calls if one in asked)
    return tuple(_call_view(ctx, known, one, reader, ()) for one in calls)


def call_text(ctx: Context, recording: Recording) -> str:
    """Describe one call in a line, in the time of its phone line."""
    return "".join(
        one if isinstance(one, str) else phrases.moment_words(one.at, one.zone or "UTC", ctx.now)
        for one in phrases.call_line(recording, ctx.policy, ctx.now)
    )


def _call_view(ctx: Context, known: Known, recording: Recording, reader: int, listened: tuple[str, ...]) -> CallView:
    """Show a call of a report. A kept copy says what the call was, even once the original is erased."""
    kept = next((one for one in known.audio if one.recording == recording.id and one.parts), None)
    hearing = _reader_hearing(known, recording.id, reader)
    state = _hearing_state(ctx, hearing, reader) if hearing else ("ask" if kept else "nothing")
    asks = hearing.by if hearing and state == "decide" else 0
    return CallView(
        recording.id, kept.words if kept else call_text(ctx, recording), listened, kept.name if kept else "", state,
        name_of(ctx, asks), asks,
    )  # fmt: skip


def _reader_hearing(known: Known, recording: int, reader: int) -> Hearing | None:
    """Return the hearing that concerns this reader: one to decide, else the last they asked for; None if there is none."""
    these = [one for one in known.hearings if one.recording == recording]
    decide = (one for one in these if one.decider == reader and one.state == "asked")
    return next(decide, next((one for one in reversed(these) if one.by == reader), None))


def _hearing_state(ctx: Context, hearing: Hearing, reader: int) -> str:
    """Return a hearing's state for this reader, as in `CallView.state`."""
    if hearing.state == "asked":
        return "decide" if hearing.decider == reader else "asked"
    if hearing.state == "refused":
        return "refused"
    return "hear" if hearing.until and ctx.now <= hearing.until else "ask"


def _listener_lines(ctx: Context, recording: Recording) -> tuple[str, ...]:
    """P9, P11: say who listened in matters that the reader may know of; any other leaves no line and no gap."""
    me = ctx.me.id
    heard = sorted(ctx.store.whose_data.heard(Recording.id == recording.id), key=lambda one: one.span.first)
    known = {one for one in {each.request for each in heard} if may_know(ctx, one, me)}
    found = [one for one in heard if one.request in known]
    people = ctx.store.people.named({one.person for one in found} | {one.decided_by for one in found if one.decided_by})
    return tuple(
        f"{people[one.person].name} listened {_home_moment(ctx, one.span.first)}"
        + (f", approved by {people[one.decided_by].name}" if one.decided_by in people else "")
        + f" ({one.request})"
        for one in found
    )


def name_of(ctx: Context, person: int) -> str:
    """Name a person; empty for none."""
    return ctx.store.people.get(person).name if person else ""
