"""Who may read a report now, and the codes and sessions of its pages (P13).

To seat readers is to ask the rule who they are, and to give each a key of their own to the report: their sight of it.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from handlers.acting import Context, Result, handler, seated
from handlers.breach import cards
from handlers.breach.state import DECIDER, Entry, Known, Reader
from handlers.breach.vault import Opened, Vault
from handlers.matters.asking import who_is_there
from handlers.policy import Policy, PolicyError, load_policy
from handlers.rules import Refused, working_days
from handlers.rules.breach import FALLBACK, Circumstances, Handling, title_of, who_handles, would_be_readers
from handlers.sealing import Unseen, new_secret
from storage.breaches import CODE, SESSION
from storage.records import AMBIGUOUS, LIVING
from storage.tables.breaches import ReportPart


class Today(NamedTuple):
    """What is the same for every report at one moment: the policy, who isn't there, and who is new."""

    policy: Policy
    not_there: frozenset[int]
    new: frozenset[int]


def find_todays_readers(ctx: Context) -> Today:
    """Return what is the same for every report now, so that it is asked once for many."""
    readers = frozenset(seat.person for seat in would_be_readers(ctx.policy))
    return Today(ctx.today, readers - ctx.store.people.there(readers), find_newcomers(ctx))


def find_circumstances(ctx: Context, known: Known, todays: Today | None = None) -> Circumstances:
    """Return one report as the rule sees it today; its present handlers aren't new to it."""
    todays = todays or find_todays_readers(ctx)
    new = todays.new - {one.person for one in known.handlers}
    return Circumstances(
        policy=todays.policy, today=ctx.policy.company_day(ctx.now), out=find_would_be_readers(ctx, known.out),
        not_there=todays.not_there | new, let_in=known.let_in,
    )  # fmt: skip


def find_would_be_readers(ctx: Context, named: Collection[int]) -> frozenset[int]:
    """Return those would-be readers who are, or may be, among the people named."""
    return ctx.store.people.among((seat.person for seat in would_be_readers(ctx.policy)), named)


def seat_readers(ctx: Context, one: Opened, todays: Today | None = None) -> Handling:
    """Ask the rule who reads a report now, give them sight and end that of others.

    New readers get the alert; a reader whose sight ends is told nothing.
    """
    handling, before = who_handles(find_circumstances(ctx, one.known, todays)), one.known.readers
    seats = [Reader(person=seat.person, role=seat.role, deputy=seat.deputy) for seat in handling.readers]
    begun, ended = one.vault.give_sight(one, [*seats, *_seated_deciders(one.known, handling)])
    if begun or ended or one.known.fired != handling.fired:
        at = ctx.policy.company_day(ctx.now).isoformat()  # a minute could be that of the filing
        one.known.fired = handling.fired
        words = ", ".join(str(seat.person) for seat in one.known.handlers)
        one.save(Entry(kind="readers", by="rule", at=at, words=words, about=handling.fired))
        for reader in begun if one.known.open else ():
            cards.queue_message(ctx, one, reader.person, "hearing" if reader.role == DECIDER else "alert")
    elif one.known.readers != before:
        one.save()  # the same people, as something else
    return handling


def bring_files_to(ctx: Context, handling: Handling) -> str:
    """Return whom to bring files to, by title, since names aren't for everybody; empty if the report is sealed."""
    return f"the {title_of(ctx.policy, handling.readers[0])}" if handling.readers else ""


def find_newcomers(ctx: Context) -> frozenset[int]:
    """Return the people whom a changed policy brought closer to reports, and whose notice isn't over yet (P13, P14).

    Every change of roles has this notice, whether there are reports or not; a text that no start has recorded counts as
    not announced.
    """
    texts = ctx.store.policy_texts.all()
    # As far as we know, a text that can't be read any more changed no one.
    known = [
        (_ranks_by_policy(seated(ctx.store, policy, make=False)), one)
        for one in texts
        if (policy := _load_policy_text(one.text)) is not None
    ]
    calendar, today = working_days.calendar_of(ctx.policy, ctx.policy.company.home_line), _ranks_by_policy(ctx.policy)
    found: set[int] = set()
    for (before, _), (now, one) in pairwise(known):
        if working_days.due_after(calendar, one.since, 1).at > ctx.now:
            found |= _newly_nearer(before, now)
    if known and texts[-1].digest != ctx.policy.digest:
        found |= _newly_nearer(known[-1][0], today)
    return frozenset(found & today.keys())


def _newly_nearer(before: Mapping[int, int], now: Mapping[int, int]) -> set[int]:
    """Return the people who may read more than before, such as a newcomer, or a deputy who became the holder."""
    return {person for person, rank in now.items() if rank > before.get(person, 0)}


@lru_cache(maxsize=64)
def _load_policy_text(text: str) -> Policy | None:
    """Load a policy's text; None if this version can't read it."""
    try:
        return load_policy(text)
    except PolicyError:
        return None


def _ranks_by_policy(policy: Policy) -> dict[int, int]:
    """Rank people: 3 reads every report, 2 reads while a holder is away, 1 reads if no one else is left."""
    return {seat.person: 1 if seat.role == FALLBACK else 2 if seat.deputy else 3 for seat in would_be_readers(policy)}


def _seated_deciders(known: Known, handling: Handling) -> list[Reader]:
    """Return the seats of people who are asked whether a call may be heard and don't read the report."""
    reading = {seat.person for seat in handling.readers} | known.out
    asked = dict.fromkeys(one.decider for one in known.hearings if one.state == "asked")
    return [Reader(person=one, role=DECIDER, deputy=False) for one in asked if one not in reading]


CODE_LASTS, IDLE = timedelta(seconds=60), timedelta(minutes=15)
NONE = "I can’t find this."
OVER = "This page is no longer open to you. Please open it again from your chat."
SPENT = "This link has already been used, or is more than a minute old. Please press the button in your chat again."


class Holder(Unseen):
    """Whose a code or a session is: a reader (an address in normal form), or a reporter who gave a name (a chat account)."""

    part: Literal["reader", "reporter"]
    who: str


@handler("breach.link", clause="P13", about="report", private=True)
def make_code(ctx: Context, report: str) -> Result[str]:
    """Make a one-time code for a reader or the reporter; anyone else is refused as if there were no such report."""
    vault, account = Vault(ctx), ctx.who.account
    # An account of no known person can't read any report, but may have made one.
    person = ctx.me.id if ctx.who.person_id is not None else 0
    if vault.has_sight(report, person):
        holder = Holder(part="reader", who=str(person))
    elif vault.is_own(report, account):
        holder = Holder(part="reporter", who=account)
    else:
        raise Refused(NONE, clause="P13", code="no_report")
    return Result(_add_pass(ctx, vault, CODE, report, holder))


def pass_exists(ctx: Context, secret: str) -> bool:
    """Return True if this code or session is stored; it only reads, so that it can be asked before an intent."""
    return Vault(ctx).find_pass(secret) is not None


@handler("breach.exchange", clause="P13", private=True)
def exchange_code(ctx: Context, code: str) -> Result[tuple[str, str]]:
    """Exchange a code for a session, once and within a minute; return the report's id and the session's secret."""
    vault = Vault(ctx)
    row = vault.find_pass(code)
    if row is None or row.kind != CODE or not _is_in_time(row, ctx):
        raise Refused(SPENT, clause="P13", code="code_spent")
    vault.rows.forget(row)
    return Result((row.report_id, _add_pass(ctx, vault, SESSION, row.report_id, _open_holder(ctx, row))))


@handler("breach.leave", clause="P13", about="report", private=True)
def end_session(ctx: Context, report: str, session: str) -> Result[None]:
    """End the session, so that no copy of its cookie opens anything."""
    vault = Vault(ctx)
    row = vault.find_pass(session)
    if row is not None and (row.kind, row.report_id) == (SESSION, report):
        vault.rows.forget(row)
    return Result(None)


def open_for_reader(ctx: Context, report: str, session: str) -> Opened:
    """Open the report for the reader of this session, after seating readers again; every refusal reads the same."""
    vault = Vault(ctx)
    who = _extend_session(ctx, vault, report, session, "reader")
    row = vault.by_rule(report) if who else None
    if row is not None:
        seat_readers(ctx, row)
    one = vault.for_reader(report, int(who)) if who and who_is_there(ctx, [int(who)]) else None
    if one is None:
        raise Refused(OVER, clause="P13", code="over")
    return one


def find_reader(ctx: Context, report: str, session: str) -> int | None:
    """Return who reads a report in this session, without extending it; None if it's invalid or they may not act."""
    row = _find_session(ctx, Vault(ctx), report, session)
    holder = _open_holder(ctx, row) if row is not None else None
    if holder is None or holder.part != "reader":
        return None
    person = ctx.store.people.get(int(holder.who))
    return person.id if person.standing == LIVING else None


def first_look(vault: Vault, session: str) -> bool:
    """Return True the first time a session opens the report, and note that, so that each opening is logged once."""
    row = vault.find_pass(session)
    if row is None or row.number:
        return False
    row.number = 1
    return True


def open_for_reporter(ctx: Context, report: str, session: str) -> Opened:
    """Return the report for the reporter who gave a name and whose session this is; raises `Refused`."""
    vault = Vault(ctx)
    who = _extend_session(ctx, vault, report, session, "reporter")
    one = vault.by_rule(report) if who and _still_there(ctx, who) else None
    if one is None or one.known.account != who:
        raise Refused(OVER, clause="P13", code="over")
    return one


def _still_there(ctx: Context, account: str) -> bool:
    """Return True if a chat account may still act; one that isn't stored was never shut out."""
    platform, _, name = account.partition(":")
    found = ctx.store.people.account(platform, name)
    return found is None or found.standing in (LIVING, AMBIGUOUS)


def _extend_session(ctx: Context, vault: Vault, report: str, session: str, part: str) -> str:
    """Return whose session it is, and extend it by a quarter of an hour; empty if it has ended or is of another kind."""
    row = _find_session(ctx, vault, report, session)
    if row is None:
        return ""
    row.due_at = ctx.now + IDLE
    holder = _open_holder(ctx, row)
    return holder.who if holder.part == part else ""


def _find_session(ctx: Context, vault: Vault, report: str, session: str) -> ReportPart | None:
    """Return a session of this report if it hasn't ended."""
    row = vault.find_pass(session)
    return row if row and (row.kind, row.report_id) == (SESSION, report) and _is_in_time(row, ctx) else None


def _is_in_time(row: ReportPart, ctx: Context) -> bool:
    """Return True if a code or session hasn't ended."""
    return row.due_at is not None and ctx.now < row.due_at


def _add_pass(ctx: Context, vault: Vault, kind: str, report: str, holder: Holder) -> str:
    """Store a code or session, sealed with whose it is; return its secret."""
    secret, lasts = new_secret(), CODE_LASTS if kind == CODE else IDLE
    mark = vault.pass_mark(secret)
    sealed = ctx.keys.seal(holder.model_dump_json().encode(), mark, "breach pass")
    vault.rows.insert(ReportPart(name=mark, kind=kind, report_id=report, sealed=sealed, due_at=ctx.now + lasts))
    return secret


def _open_holder(ctx: Context, row: ReportPart) -> Holder:
    """Return whose a code or session is, which its row keeps sealed."""
    return Holder.model_validate_json(ctx.keys.open(row.sealed, row.name, "breach pass"))
