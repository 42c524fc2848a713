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
from handlers.phrases import quantity_words, trouble_words, zone_city
from handlers.room import Hands, Room, Rows, Shows
from handlers.rules import Refused, notices
from handlers.rules import figures as rule
from handlers.rules.figures import Cell, Column, ErasureCourse, Month, Table
from storage.erasures import CONTINUED
from storage.figures import KeptSpan
from storage.records import LIVING, Pass, Person
from storage.tables.calls import Erasure, ErasurePause, Hold, UnregisteredFile

WHAT = "The month at a glance"
LEFT_OUT = (
    "Confidential reports are never counted. Investigations, and holds that name people, are counted from {months} after they end. "
    "Everyone sees these numbers and this note."
)
DEADLINES = (
    Column("Deadline"), Column("Met", drawn=True), Column("Missed", drawn=True), Column("Yet to come", drawn=True),
)  # fmt: skip
MISSED = (Column("What"), Column("Which"), Column("Was due"), Column("Why it was missed"))

WHICH_MONTH = (
    "What falls due in the month counts, whenever it was answered. A request of staff counts when it was decided or lapsed, and as"
    " yet to come while it is open."
)
MOST_ROWS = 8
"""Rows of a table that a page in chat shows; the web page has them all."""
SO_FAR = "This month isn’t over yet: these are the numbers so far."
WHOLE = "It is over."
PICTURES = "Charts, full tables and files for a spreadsheet are on a web page."
OPENS = "The page opens in your browser. Open the link within a minute; it works once."
NONE = "none"
LONGEST = 160
"""Characters of a row in chat."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A month in tables, in the order in which they are read; `zone` (IANA) is the one in which its moments are told."""

    month: Month
    tables: tuple[Table, ...]
    zone: str
    note: str = ""

    def table(self, key: str) -> Table | None:
        """Return the table of this name, if there is one."""
        return next((one for one in self.tables if one.key == key), None)


def month_figures(ctx: Context, month: Month, *, named: bool = True) -> Figures:
    """Return everything that is counted of a month; `named` shows people by name, otherwise by id."""
    of = gather_month(ctx, month, named=named)
    late, told, reviews = of.policy.retention.most_minutes_late, erasure_stories(of), tables.Reviews(of)
    kept = [
        tables.customers_answered(of), tables.staff_decided(of), erased_in_time(told, late),
        reviews.deadline(),
    ]  # fmt: skip
    each = (
        tables.requests_table(of), _deadlines_table(kept), _missed_table(of, kept), erasures_table(told, late),
        exceptions_table(of, told), holds_table(of), tables.declines_table(of), tables.listening_table(of), reviews.table(),
        tables.notices_table(of),
    )  # fmt: skip
    note = LEFT_OUT.format(months=quantity_words(of.policy.records.investigation_hidden_months, "month"))
    return Figures(month, each, of.zone, note)


def _deadlines_table(kept: list[Deadline]) -> Table:
    rows = tuple((one.what, one.met, len(one.missed), one.coming) for one in kept)
    empty = "There was no deadline."
    return Table("deadlines", "Deadlines", "P7 · P8 · P10 · P12", DEADLINES, rows, empty, WHICH_MONTH, shares=True)


def _missed_table(of: Gathering, kept: list[Deadline]) -> Table:
    each = sorted((one for deadline in kept for one in deadline.missed), key=lambda one: (one.due, one.id))
    rows = tuple((one.what, one.id, of.local(one.due), one.why) for one in each)
    return Table("missed", "Deadlines that were missed", "", MISSED, rows, "No deadline was missed.")


def figures_page(told: Figures) -> Page:
    """Return all of it in words, for chat."""
    month = told.month
    parts: list[Part] = [Line(f"{month.words}, by {zone_city(told.zone)} time. {WHOLE if month.is_over else SO_FAR}")]
    for table in told.tables:
        parts += _table_parts(table)
    empty = " ".join(table.empty for table in told.tables if not table.rows)
    parts += (Line(empty),) if empty else ()
    turned = [Button("figures", "Month before", rule.adjacent_month(month.name, -1))]
    if month.is_over:
        turned.append(Button("figures", "Month after", rule.adjacent_month(month.name, 1)))
    opens = Button("figures_open", "Open with pictures", month.name, "primary")
    parts += [Line(PICTURES), Actions((opens, *turned)), Small(told.note)]
    return Page(WHAT, tuple(parts), f"{WHAT}: {month.words}.")


def figures_link_page(code: str, public_url: str, month: str) -> Page:
    """Return the small dialog with the link; the code is in the fragment, which no server sees."""
    button = Button("open", "Open the page", "open", "primary", url=f"{public_url}/figures/{month}#{code}")
    return Page(WHAT, (Line(OPENS), Actions((button,))))


def _table_parts(table: Table) -> Iterator[Part]:
    if not table.rows:
        return
    yield Heading(f"{table.title} ({table.clause})" if table.clause else table.title)
    yield Facts(tuple((rule.cell_as_text(row[0]), _row_numbers(table, row)) for row in table.rows[:MOST_ROWS]))
    if (more := len(table.rows) - MOST_ROWS) > 0:
        yield Line(f"And {more} more on the web page.")
    if table.note:
        yield Small(table.note)


def _row_numbers(table: Table, row: tuple[Cell, ...]) -> str:
    """Return a row without its first cell; zeros are left out."""
    told = (
        cell
        if isinstance(cell, str)
        else f"{column.name.lower() if len(row) > 2 else ''} {rule.cell_as_text(cell)}".strip()
        for column, cell in zip(table.columns[1:], row[1:], strict=True)
        if cell
    )
    words = " · ".join(one for one in told if one) or NONE
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


WHY: Mapping[str, str] = {
    "retention": "Twelve months were over", "declined": "The caller declined", "came_back": "It was there again",
    "known_again": "It was known again",
}  # fmt: skip
KEPT: Mapping[str, str] = {
    "hold": "Calls kept past their moment by a hold",
    "request": "Calls kept past their moment for an open request",
    "copy": "Calls kept past their moment for a customer’s copy",
}
UNCLOSED = "nothing closed it yet"
HOLDS = (Column("What became of holds"), Column("Holds", drawn=True))
EXCEPTIONS = (Column("What"), Column("How many", drawn=True))
ERASED = (
    Column("Why"), Column("In time", drawn=True), Column("Kept first", drawn=True), Column("Paused first", drawn=True),
    Column("Late", drawn=True), Column("Gone before", drawn=True), Column("Yet to come"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ErasureStory:
    """An erasure due in the month, and how it went; `kept` says by what, if that is counted."""

    id: str
    why: str
    moment: datetime
    went: ErasureCourse
    vanished: bool
    trouble: str
    kept: frozenset[str] = frozenset()


def erasure_stories(of: Gathering) -> list[ErasureStory]:
    """Return each erasure of the month, including calls kept by a hidden hold."""
    store, month = of.ctx.store, of.month
    those = (Erasure.moment >= month.since, Erasure.moment < month.until)
    due = store.rows(Erasure, *those, by=(Erasure.moment, Erasure.id))
    keeps = _by_call(store.figures.kept((one.recording_id for one in due), month.now))
    pauses = {name: store.matters.of_kind(ErasurePause, name) for name in {one.pause for one in due if one.pause}}
    found = [_erasure_story(of, one, keeps.get(one.recording_id, []), pauses.get(one.pause)) for one in due]
    return [*found, *_unclosed_stories(of)]


def erasures_table(told: Iterable[ErasureStory], late: int) -> Table:
    """Return how the erasures went whose moment came, by why they were; `late` is how many minutes each may take."""
    each = list(told)
    order = [*WHY, *sorted({one.why for one in each} - set(WHY))]
    rows = tuple(_erasure_row(why, [one for one in each if one.why == why]) for why in order)
    note = f"In time is within {quantity_words(late, 'minute')} of the moment, and proved by a second look."
    some = tuple(row for row in rows if any(row[1:]))
    return Table("erasures", "Erasures", "P12", ERASED, some, "No call came to its moment.", note, shares=True)


def erased_in_time(told: Iterable[ErasureStory], late: int) -> Deadline:
    """P12: return whether each call was erased in time; one that was rightly kept or paused isn't a miss."""
    each = [one for one in told if not one.vanished]
    missed = tuple(Missed("Erasure", one.id, one.moment, one.trouble) for one in each if one.went == "late")
    met, coming = (sum(one.went == how for one in each) for how in ("in_time", "coming"))
    return Deadline(f"Audio erased within {quantity_words(late, 'minute')} of its moment (P12)", met, missed, coming)


def exceptions_table(of: Gathering, told: Iterable[ErasureStory]) -> Table:
    """Count the erasures that didn't take the normal course."""
    each, store, month = list(told), of.ctx.store.figures, of.month
    kept = Counter(why for one in each for why in one.kept)
    pauses = sum(month.has(one.asked_at) for one in store.matters(ErasurePause, month.since, month.until))
    files = (UnregisteredFile.first_seen >= month.since, UnregisteredFile.first_seen < month.until)
    rows: list[tuple[str, int]] = [
        *((words, kept[why]) for why, words in KEPT.items()),
        ("Times that erasures were paused until someone decided", pauses),
        ("Calls gone before they could be erased, without a certificate", sum(one.vanished for one in each)),
        ("Calls that were there again after they had been erased", sum(one.why == "came_back" for one in each)),
        ("Calls erased before and known again", sum(one.why == "known_again" for one in each)),
        ("Files that could not be registered", of.ctx.store.number(*files)),
    ]
    some = tuple(row for row in rows if row[1])
    return Table("exceptions", "Exceptions", "P4 · P12", EXCEPTIONS, some, "There were no exceptions.")


def holds_table(of: Gathering) -> Table:
    """Return what became of holds in the month, and how many calls they kept at its end."""
    store, month = of.ctx.store.figures, of.month
    mine = [one for one in store.matters(Hold, month.since, month.until) if of.counts(one.id)]
    standing = [one.id for one in mine if one.closed_at is None or one.closed_at >= month.until]
    ended = Counter(one.state for one in mine if month.has(one.closed_at))
    rows: list[tuple[str, int]] = [
        ("Asked for", sum(one.begun == "asked" and month.has(one.asked_at) for one in mine)),
        ("Set or confirmed", sum(month.has(one.set_at) for one in mine)),
        ("Released", ended["released"]),
        ("Ended unconfirmed", ended["let_go"]),
        ("Ended by themselves", ended["ended"]),
        ("In force at the month’s end", len(standing)),
    ]
    kept = len(store.held_by(standing, month.ends))
    note = f"They keep {quantity_words(kept, 'call')} then." if standing else ""
    some = tuple(row for row in rows if row[1])
    return Table("holds", "Holds", "P12", HOLDS, some, "There was no hold.", note)


def _erasure_story(of: Gathering, one: Erasure, keeps: Iterable[KeptSpan], pause: ErasurePause | None) -> ErasureStory:
    now, late = of.month.now, timedelta(minutes=of.policy.retention.most_minutes_late)
    # What keeps it counts from before it had to go: of one that went in time nothing is an excuse.
    each = [keep for keep in keeps if keep.until is None or keep.until > one.moment]
    until = max((keep.until or now for keep in each), default=None)
    paused = None if pause is None else pause.closed_at if pause.state == CONTINUED else now
    went = rule.how_erasure_went(
        one.moment, one.erased_at or one.vanished_at, kept=until, paused=paused, late=late, now=now
    )
    known = frozenset(keep.why for keep in each if of.counts(keep.matter)) if went == "kept" else frozenset[str]()
    if went == "kept" and not known:
        went = "in_time"
    return ErasureStory(one.id, one.why, one.moment, went, one.vanished_at is not None, _why_late(one), known)


def _unclosed_stories(of: Gathering) -> Iterable[ErasureStory]:
    """Yield the month's calls that aren't closed yet: their moment is still ahead, or the clock stood still."""
    late = timedelta(minutes=of.policy.retention.most_minutes_late)
    for call, moment in of.ctx.store.figures.unbegun(of.month.since, of.month.until):
        went = rule.how_erasure_went(moment, None, kept=None, paused=None, late=late, now=of.month.now)
        yield ErasureStory(f"call {call}", "retention", moment, went, vanished=False, trouble=UNCLOSED)


def _why_late(one: Erasure) -> str:
    if one.trouble:
        return f"{trouble_words(one.trouble, 1)}; still tried"
    if one.erased_at is None and one.vanished_at is None:
        return "still in turn"
    return f"it took {quantity_words(one.tries + 1, 'try', 'tries')}" if one.tries else "the bot came to it late"


def _erasure_row(why: str, each: list[ErasureStory]) -> tuple[Cell, ...]:
    went = Counter(one.went for one in each if not one.vanished)
    numbers = (went["in_time"], went["kept"], went["paused"], went["late"])
    return (WHY.get(why, why), *numbers, sum(one.vanished for one in each), went["coming"])


def _by_call(keeps: Iterable[KeptSpan]) -> dict[int, list[KeptSpan]]:
    found: dict[int, list[KeptSpan]] = {}
    for one in keeps:
        found.setdefault(one.recording, []).append(one)
    return found


SESSION_LASTS = timedelta(hours=1)
SPENT = "This link was used already, or is older than a minute. Press Open with pictures again."
CLOSED = "This page is no longer open to you. Press Open with pictures in your chat again."


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time code for the page, and the month that it opens with."""

    code: str
    month: str


def for_reader(ctx: Context, reader: Person, told: str) -> Figures:
    """Return a month by its name; raises `Refused` for who may not see it, and for a month that is none or is yet to
    come.
    """
    rule.may_see(ctx.today, reader.id, ctx.now)
    return month_figures(ctx, rule.month_named(ctx.policy, told, ctx.now))


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
    """Return True for a code or a session of this page in its time: what is asked before the door only reads."""
    return _find_pass(ctx, kind, secret) is not None


def reader_of_session(ctx: Context, session: str) -> Person:
    """Return who reads by this session; raises `Refused` once it is over, and for who may not see the month any more."""
    if _find_pass(ctx, "session", session) is None:
        raise Refused(CLOSED, code="no_session")
    return _require_reader(ctx, session)


def _find_pass(ctx: Context, kind: str, secret: str) -> Pass | None:
    found = ctx.store.row(Pass, _pass_mark(ctx, kind, secret))
    return found if found is not None and found.opens(ctx.now) else None


def _pass_mark(ctx: Context, kind: str, secret: str) -> str:
    """Return the mark of a secret, which begins with its owner's id: a forged or moved row opens nothing."""
    return ctx.keys.mark_of_pass(kind, secret, "month")


def _require_reader(ctx: Context, secret: str) -> Person:
    """Return the person, who must still be a member and hold or stand in for one of the two roles."""
    person = ctx.store.people.get(int(secret.partition(".")[0]))
    if person.standing != LIVING:
        raise Refused(CLOSED, code="not_member")
    rule.may_see(ctx.today, person.id, ctx.now)
    return person


def _month_page(ctx: Context, value: str) -> Page:
    return figures_page(for_reader(ctx, ctx.me, value))


def _figure_lists(ctx: Context) -> Mapping[str, Rows]:
    """Return the figures row for the two officers and their stand-ins; none for others."""
    if ctx.me.id not in ctx.policy.seats.in_roles or not notices.oversees_notices(
        ctx.today, ctx.me.id, ctx.policy.company_day(ctx.now)
    ):
        return {}
    month = rule.month_named(ctx.policy, "", ctx.now)
    row = Row(f"{Sign.NOTE} {month.words} in numbers", Button("figures", WHAT, month.name))
    return {"figures": home.short_list(WHAT, [row])}


ROOM = Room(
    "figures",
    buttons={
        "figures": Shows(_month_page, WHAT, turns=True),
        "figures_open": Hands(
            open_month,
            lambda link, url: figures_link_page(link.code, url, link.month),
            "Open with pictures",
            back="home",
        ),
    },
    lists=_figure_lists,
)
