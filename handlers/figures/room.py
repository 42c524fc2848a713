"""The month at a glance: its tables of deadlines and erasures, a page in words, and a one-time link to the page with charts (P3 to P12)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import home, sealing
from handlers.acting import Context, Result, handler
from handlers.cards import Actions, Button, Facts, Heading, Line, Page, Part, Row, Sign, Small
from handlers.figures import tables
from handlers.figures.tables import Deadline, Gathering, Missed, gather_month
from handlers.phrases import months_after, quantity_words, trouble_words, zone_city
from handlers.room import Hands, Lists, Room, Shows
from handlers.rules import Refused, notices
from handlers.rules import figures as rule
from handlers.rules.figures import Cell, Column, ErasureCourse, Month, Table
from storage.erasures import CONTINUED
from storage.figures import KeptSpan
from storage.records import LIVING, Pass, Person
from storage.tables.calls import Erasure, ErasurePause, Hold, UnregisteredFile

WHAT = "The month at a glance"
LEFT_OUT = (
    "Confidential reports are never counted. Investigations, and holds that name people, are counted {months_after} they end. "
    "Everyone sees these numbers and this note."
)
DEADLINES = (
    Column("Deadline"), Column("Met", drawn=True), Column("Missed", drawn=True), Column("Yet to come", drawn=True),
)  # fmt: skip
MISSED = (Column("What"), Column("Which"), Column("Was due"), Column("Why it was missed"))

WHICH_MONTH = "Everything due in the month is counted, whenever it was answered. A staff request is counted when it is decided or lapses; until then, it is “yet to come”."
MOST_ROWS = 8
"""Rows of a table that a page in chat shows; the web page has them all."""
SO_FAR = "This month isn’t over yet: these are the numbers so far."
PICTURES = "Charts, full tables and files for a spreadsheet are on a web page."
OPENS = "The page opens in your browser. Open the link within a minute; it works once."
NONE = "none"
LONGEST = 160
"""Characters of a row in chat."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A month's tables, in reading order; their times are told in `zone` (IANA)."""

    month: Month
    tables: tuple[Table, ...]
    zone: str
    note: str = ""

    def table(self, key: str) -> Table | None:
        """Return the table with this key; None if there is none."""
        return next((one for one in self.tables if one.key == key), None)


def month_figures(ctx: Context, month: Month, *, named: bool = True) -> Figures:
    """Return a month's tables; `named` shows people by name, otherwise by id."""
    of = gather_month(ctx, month, named=named)
    allowed, stories, reviews = of.policy.retention.most_minutes_late, erasure_stories(of), tables.Reviews(of)
    deadlines = [
        tables.customers_answered(of), tables.staff_decided(of), erased_in_time(stories, allowed),
        reviews.deadline(),
    ]  # fmt: skip
    every_table = (
        tables.requests_table(of), _deadlines_table(deadlines), _missed_table(of, deadlines), erasures_table(stories, allowed),
        exceptions_table(of, stories), holds_table(of), tables.declines_table(of), tables.listening_table(of), reviews.table(),
        tables.notices_table(of),
    )  # fmt: skip
    note = LEFT_OUT.format(months_after=months_after(of.policy.records.investigation_hidden_months))
    return Figures(month, every_table, of.zone, note)


def _deadlines_table(deadlines: list[Deadline]) -> Table:
    """Return one row for each kind of deadline: how many were met, missed and are yet to come."""
    rows = tuple((one.what, one.met, len(one.missed), one.coming) for one in deadlines)
    empty = "There were no deadlines."
    return Table(
        "deadlines", "Deadlines", "P7 · P8 · P10 · P12", DEADLINES, rows, empty, WHICH_MONTH, each_row_whole=True
    )


def _missed_table(of: Gathering, deadlines: list[Deadline]) -> Table:
    """Return one row for each missed deadline: what it was, when it was due, and why it was missed."""
    missed = sorted((one for deadline in deadlines for one in deadline.missed), key=lambda one: (one.due, one.id))
    rows = tuple((one.what, one.id, of.local(one.due), one.why) for one in missed)
    return Table("missed", "Deadlines that were missed", "", MISSED, rows, "No deadline was missed.")


def figures_page(figures: Figures) -> Page:
    """Return the month's page for a chat: its tables in words, and the way to other months and to the web page."""
    month = figures.month
    so_far = "" if month.is_over else f". {SO_FAR}"
    parts: list[Part] = [Line(f"{month.words}, in {zone_city(figures.zone)} time{so_far}")]
    for table in figures.tables:
        parts += _table_parts(table)
    empty = " ".join(table.empty for table in figures.tables if not table.rows)
    parts += (Line(empty),) if empty else ()
    turns = [Button("figures", "Month before", rule.adjacent_month(month.name, -1))]
    if month.is_over:
        turns.append(Button("figures", "Month after", rule.adjacent_month(month.name, 1)))
    opens = Button("figures_open", "Open the charts", month.name, "primary")
    parts += [Line(PICTURES), Actions((opens, *turns)), Small(figures.note)]
    return Page(WHAT, tuple(parts), f"{WHAT}: {month.words}.")


def figures_link_page(code: str, public_url: str, month: str) -> Page:
    """Return the small dialog with the link; the code is in the fragment, which no server sees."""
    button = Button("open", "Open the page", "open", "primary", url=f"{public_url}/figures/{month}#{code}")
    return Page(WHAT, (Line(OPENS), Actions((button,))))


def _table_parts(table: Table) -> Iterator[Part]:
    """Yield a table's heading and first rows, and how many more the web page has; nothing for an empty table."""
    if not table.rows:
        return
    yield Heading(f"{table.title} ({table.clause})" if table.clause else table.title)
    yield Facts(tuple((rule.cell_as_text(row[0]), _row_numbers(table, row)) for row in table.rows[:MOST_ROWS]))
    if (more := len(table.rows) - MOST_ROWS) > 0:
        yield Line(f"And {more} more on the web page.")
    if table.note:
        yield Small(table.note)


def _row_numbers(table: Table, row: tuple[Cell, ...]) -> str:
    """Return a row without its first cell, as words such as “met 4 · missed 1”; zeros are left out."""
    numbers = (
        cell
        if isinstance(cell, str)
        else f"{column.name.lower() if len(row) > 2 else ''} {rule.cell_as_text(cell)}".strip()
        for column, cell in zip(table.columns[1:], row[1:], strict=True)
        if cell
    )
    words = " · ".join(one for one in numbers if one) or NONE
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


WHY: Mapping[str, str] = {
    "retention": "Twelve months were up", "declined": "The caller declined", "came_back": "It came back",
    "known_again": "It was recognised again",
}  # fmt: skip
KEPT: Mapping[str, str] = {
    "hold": "Calls kept past their time by a hold",
    "request": "Calls kept past their time for an open request",
    "copy": "Calls kept past their time for a customer’s copy",
}
UNCLOSED = "not locked yet"
HOLDS = (Column("What became of holds"), Column("Holds", drawn=True))
EXCEPTIONS = (Column("What"), Column("How many", drawn=True))
ERASED = (
    Column("Why"), Column("In time", drawn=True), Column("Kept first", drawn=True), Column("Paused first", drawn=True),
    Column("Late", drawn=True), Column("Gone before", drawn=True), Column("Yet to come"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ErasureStory:
    """How an erasure due in the month (at `moment`, aware) went; `kept` says what kept it, without hidden matters."""

    id: str
    why: str
    moment: datetime
    went: ErasureCourse
    vanished: bool
    trouble: str
    kept: frozenset[str] = frozenset()


def erasure_stories(of: Gathering) -> list[ErasureStory]:
    """Return the story of each erasure due in the month, including calls that aren't closed yet or were kept by a hidden hold."""
    store, month = of.ctx.store, of.month
    in_month = (Erasure.moment >= month.since, Erasure.moment < month.until)
    due = store.rows(Erasure, *in_month, by=(Erasure.moment, Erasure.id))
    keeps = _by_call(store.figures.kept((one.recording_id for one in due), month.now))
    pauses = {name: store.matters.of_kind(ErasurePause, name) for name in {one.pause for one in due if one.pause}}
    stories = [_erasure_story(of, one, keeps.get(one.recording_id, []), pauses.get(one.pause)) for one in due]
    return [*stories, *_unclosed_stories(of)]


def erasures_table(stories: Iterable[ErasureStory], allowed: int) -> Table:
    """Count the erasures due this month by reason and outcome; `allowed` is how many minutes each may take."""
    every_story = list(stories)
    order = [*WHY, *sorted({one.why for one in every_story} - set(WHY))]
    rows = tuple(_erasure_row(why, [one for one in every_story if one.why == why]) for why in order)
    note = (
        f"“In time” means within {quantity_words(allowed, 'minute')} of the call’s time, and proved by a second look."
    )
    filled = tuple(row for row in rows if any(row[1:]))
    return Table("erasures", "Erasures", "P12", ERASED, filled, "No call’s time ran out.", note, each_row_whole=True)


def erased_in_time(stories: Iterable[ErasureStory], allowed: int) -> Deadline:
    """P12: count calls erased in time, missed and still due; one that was rightly kept or paused isn't a miss."""
    not_vanished = [one for one in stories if not one.vanished]
    missed = tuple(Missed("Erasure", one.id, one.moment, one.trouble) for one in not_vanished if one.went == "late")
    met, coming = (sum(one.went == how for one in not_vanished) for how in ("in_time", "coming"))
    return Deadline(f"Audio erased within {quantity_words(allowed, 'minute')} of its time (P12)", met, missed, coming)


def exceptions_table(of: Gathering, stories: Iterable[ErasureStory]) -> Table:
    """Count erasures that were not routine.

    Those are calls kept, paused, vanished, reappeared (`came_back`), or already erased but with no certificate in this
    database (`known_again`).
    """
    every_story, store, month = list(stories), of.ctx.store.figures, of.month
    kept = Counter(why for one in every_story for why in one.kept)
    pauses = sum(month.has(one.asked_at) for one in store.matters(ErasurePause, month.since, month.until))
    files = (UnregisteredFile.first_seen >= month.since, UnregisteredFile.first_seen < month.until)
    rows: list[tuple[str, int]] = [
        *((words, kept[why]) for why, words in KEPT.items()),
        ("Times that erasures were paused until someone decided", pauses),
        ("Calls gone before they could be erased, without a certificate", sum(one.vanished for one in every_story)),
        ("Calls that came back after they were erased", sum(one.why == "came_back" for one in every_story)),
        ("Erased calls that were recognised again", sum(one.why == "known_again" for one in every_story)),
        ("Files that couldn’t be registered", of.ctx.store.number(*files)),
    ]
    filled = tuple(row for row in rows if row[1])
    return Table("exceptions", "Exceptions", "P4 · P12", EXCEPTIONS, filled, "There were no exceptions.")


def holds_table(of: Gathering) -> Table:
    """Count the holds asked for, set, ended and in force in the month, and the calls kept at its end; hidden holds are left out."""
    store, month = of.ctx.store.figures, of.month
    holds = [one for one in store.matters(Hold, month.since, month.until) if of.counts(one.id)]
    in_force = [one.id for one in holds if one.closed_at is None or one.closed_at >= month.until]
    ended = Counter(one.state for one in holds if month.has(one.closed_at))
    rows: list[tuple[str, int]] = [
        ("Asked for", sum(one.begun == "asked" and month.has(one.asked_at) for one in holds)),
        ("Set or confirmed", sum(month.has(one.set_at) for one in holds)),
        ("Released", ended["released"]),
        ("Decided against", ended["let_go"]),
        ("Ended by themselves", ended["ended"]),
        ("In force at the month’s end", len(in_force)),
    ]
    kept = len(store.held_by(in_force, month.ends))
    note = f"They keep {quantity_words(kept, 'call')} at the month’s end." if in_force else ""
    filled = tuple(row for row in rows if row[1])
    return Table("holds", "Holds", "P12", HOLDS, filled, "There were no holds.", note)


def _erasure_story(of: Gathering, one: Erasure, keeps: Iterable[KeptSpan], pause: ErasurePause | None) -> ErasureStory:
    """Judge how an erasure went by what kept or paused it; one that only hidden matters kept counts as in time."""
    now, late = of.month.now, timedelta(minutes=of.policy.retention.most_minutes_late)
    # A keep counts only if it outlasted the due moment; it can't excuse an erasure done on time.
    valid = [keep for keep in keeps if keep.until is None or keep.until > one.moment]
    kept_until = max((keep.until or now for keep in valid), default=None)
    paused = None if pause is None else pause.closed_at if pause.state == CONTINUED else now
    went = rule.how_erasure_went(
        one.moment, one.erased_at or one.vanished_at, kept=kept_until, paused=paused, late=late, now=now
    )
    causes = frozenset(keep.why for keep in valid if of.counts(keep.matter)) if went == "kept" else frozenset[str]()
    if went == "kept" and not causes:
        went = "in_time"
    return ErasureStory(one.id, one.why, one.moment, went, one.vanished_at is not None, _why_late(one), causes)


def _unclosed_stories(of: Gathering) -> Iterable[ErasureStory]:
    """Yield a story for each call due this month that isn't closed yet: its time is still ahead, or the bot was down."""
    late = timedelta(minutes=of.policy.retention.most_minutes_late)
    for call, moment in of.ctx.store.figures.unbegun(of.month.since, of.month.until):
        went = rule.how_erasure_went(moment, None, kept=None, paused=None, late=late, now=of.month.now)
        yield ErasureStory(f"call {call}", "retention", moment, went, vanished=False, trouble=UNCLOSED)


def _why_late(one: Erasure) -> str:
    """Say why an erasure was late, for the table of missed deadlines."""
    if one.trouble:
        return f"{trouble_words(one.trouble, 1)}; still trying"
    if one.erased_at is None and one.vanished_at is None:
        return "still waiting its turn"
    return f"it took {quantity_words(one.tries + 1, 'try', 'tries')}" if one.tries else "the bot got to it late"


def _erasure_row(why: str, each: list[ErasureStory]) -> tuple[Cell, ...]:
    """Return the row of one reason; calls that vanished are counted only in their own column."""
    went = Counter(one.went for one in each if not one.vanished)
    numbers = (went["in_time"], went["kept"], went["paused"], went["late"])
    return (WHY.get(why, why), *numbers, sum(one.vanished for one in each), went["coming"])


def _by_call(keeps: Iterable[KeptSpan]) -> dict[int, list[KeptSpan]]:
    """Group what kept calls by the call's id."""
    by_call: dict[int, list[KeptSpan]] = {}
    for one in keeps:
        by_call.setdefault(one.recording, []).append(one)
    return by_call


SESSION_LASTS = timedelta(hours=1)
SPENT = "This link has already been used, or is more than a minute old. Press Open the charts again."
CLOSED = "This page is no longer open to you. Press Open the charts in your chat again."


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time code for the page, and the month that it opens with."""

    code: str
    month: str


def for_reader(ctx: Context, reader: Person, name: str) -> Figures:
    """Return the figures of a month (“2027-03”, or the last whole month if empty).

    Raises `Refused` if the reader may not see them, or for a month that is invalid or yet to come.
    """
    rule.may_see(ctx.today, reader.id, ctx.now)
    return month_figures(ctx, rule.month_named(ctx.policy, name, ctx.now))


@handler("figures.code", about="month_id")
def open_month(ctx: Context, month_id: str) -> Result[Link]:
    """Make a code for a person who may see the month, valid for one use within a minute."""
    rule.may_see(ctx.today, ctx.me.id, ctx.now)
    month, code = rule.month_named(ctx.policy, month_id, ctx.now), f"{ctx.me.id}.{sealing.new_secret()}"
    mark = _pass_mark(ctx, "code", code)
    until = ctx.now + timedelta(seconds=ctx.policy.access.code_seconds)
    ctx.store.insert(Pass(kind="code", hash=mark, made_at=ctx.now, ends_at=until))
    return Result(Link(code, month.name), subject=f"person:{ctx.me.id}", detail={"code": mark, "month": month.name})


@handler("figures.open")
def exchange_code(ctx: Context, code: str) -> Result[str]:
    """Exchange a code for an hour's session; each request checks again whether its reader may see the month."""
    found = _find_pass(ctx, "code", code)
    if found is None:
        raise Refused(SPENT, code="code_spent")
    reader = _require_reader(ctx, code)
    found.used_at, session = ctx.now, f"{reader.id}.{sealing.new_secret()}"
    mark = _pass_mark(ctx, "session", session)
    ctx.store.insert(Pass(kind="session", hash=mark, made_at=ctx.now, ends_at=ctx.now + SESSION_LASTS))
    return Result(session, subject=f"person:{reader.id}", detail={"code": found.hash, "session": mark})


def is_pass_open(ctx: Context, kind: str, secret: str) -> bool:
    """Return True if a code or a session of this page is valid now; it only reads, so that it can be asked before an intent."""
    return _find_pass(ctx, kind, secret) is not None


def reader_of_session(ctx: Context, session: str) -> Person:
    """Return who reads by this session; raises `Refused` once it has ended, or if they may not see the month any more."""
    if _find_pass(ctx, "session", session) is None:
        raise Refused(CLOSED, code="no_session")
    return _require_reader(ctx, session)


def _find_pass(ctx: Context, kind: str, secret: str) -> Pass | None:
    """Return the stored code or session of this secret; None if there is none or its time is over."""
    found = ctx.store.row(Pass, _pass_mark(ctx, kind, secret))
    return found if found is not None and found.opens(ctx.now) else None


def _pass_mark(ctx: Context, kind: str, secret: str) -> str:
    """Return the mark by which a code or session is stored, made of its secret, which begins with its owner's id: a
    forged or moved row opens nothing.
    """
    return ctx.keys.mark_of_pass(kind, secret, "month")


def _require_reader(ctx: Context, secret: str) -> Person:
    """Return the person whose code or session this is; raises `Refused` unless they are still a member and hold or
    stand in for one of the two roles.
    """
    person = ctx.store.people.get(int(secret.partition(".")[0]))
    if person.standing != LIVING:
        raise Refused(CLOSED, code="not_member")
    rule.may_see(ctx.today, person.id, ctx.now)
    return person


def _month_page(ctx: Context, value: str) -> Page:
    """Return the page of the month that a button names; raises `Refused` like `for_reader`."""
    return figures_page(for_reader(ctx, ctx.me, value))


def _figure_lists(ctx: Context) -> Lists:
    """Return the figures row for the two officers and their stand-ins; none for others."""
    if not notices.oversees_notices(ctx.today, ctx.me.id, ctx.policy.company_day(ctx.now)):
        return {}
    month = rule.month_named(ctx.policy, "", ctx.now)
    row = Row(f"{Sign.NOTE} {month.words} in numbers", Button("figures", WHAT, month.name))
    return {"figures": lambda: home.short_list(WHAT, [row])}


ROOM = Room(
    "figures",
    buttons={
        "figures": Shows(_month_page, WHAT, turns=True),
        "figures_open": Hands(
            open_month, lambda link, url: figures_link_page(link.code, url, link.month), "Open the charts", back="home"
        ),
    },
    lists=_figure_lists,
)
