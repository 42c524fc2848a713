"""Finds calls among a million in a few milliseconds, by anything that was typed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

from sqlalchemy import ColumnElement, String, bindparam, literal_column, or_, select, text, union_all

from storage import search_index
from storage.recordings import Recordings
from storage.records import Recording
from storage.rows import Rows
from storage.tables.calls import Operator

EXACTLY = (
    2_000  # calls that the index is asked for at most; for what is more frequent, the newest calls are looked through
)
LOOKED = 20_000  # newest calls that are looked through one by one, if an index finds the older ones
MOST_STREAMS = 24  # operators, lines or departments whose calls are read separately and merged
BORDERS = "+;#."
"""Where number and reference begin and end in `found_by`, as `found_words` puts them there."""
_LEAST = 3  # characters of a part that an index knows
_DAY = timedelta(days=1)
# Said in full, or no partial index is used.
_PRESENT = literal_column("recordings.state", String) == literal_column("'present'", String)
_TRIGRAMS = text(f"SELECT rowid FROM {search_index.NAME} WHERE {search_index.NAME} MATCH :wanted LIMIT :most")  # noqa: S608
# PostgreSQL's planner can't know how many calls match a part, and would rather read and sort them all. What it is told to avoid
# it counts as so expensive that it would also compile each search.
_SETTINGS = ("jit", "enable_seqscan", "enable_bitmapscan", "enable_sort")
_BY_PARTS, _IN_ORDER = (
    text("SELECT " + ", ".join(f"set_config('{one}', 'off', true)" for one in those))
    for those in (_SETTINGS[:2], _SETTINGS)
)
_AS_BEFORE = text(f"SELECT set_config(name, reset_val, true) FROM pg_settings WHERE name IN {_SETTINGS}")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for, all of it at once, newest first; what is empty or None narrows nothing.

    `parts` stand in the number or the reference, with their `BORDERS` where they begin or end it. `caller` is a whole number (E.164). `days` are the first and last, in the line's time.
    `operators` are addresses, as calls name them. `between` is when it began (aware, both included). `departments` and `mine` narrow it to what the
    searcher, by id, may know of.
    """

    parts: tuple[str, ...] = ()
    caller: str = ""
    days: tuple[date, date] | None = None
    operators: frozenset[str] | None = None
    lines: frozenset[str] | None = None
    direction: str = ""
    departments: frozenset[str] | None = None
    mine: int = 0
    between: tuple[datetime, datetime] | None = None


Condition = ColumnElement[bool]


class Searches(Rows):
    """Looks into the register."""

    def operators(self, departments: frozenset[str] | None, mine: str) -> list[tuple[str, str]]:
        """Return address and name of everyone with calls in these departments (None: all), and of `mine`."""
        query = select(Operator.key, Operator.name).distinct()
        if departments is not None:
            query = query.where(or_(Operator.department.in_(departments), Operator.key == mine))
        return list(self.tuples(query))

    def find(self, wanted: Wanted, most: int, now: datetime) -> list[Recording]:
        """Find matching recordings that may be asked for at `now` (aware), newest first.
        For what very many calls share, it finds the newest, and at least some older ones.
        """
        if wanted.operators == frozenset():
            return []
        base = (_without_index("state") == "present", _is_open(now), *_search_conditions(wanted))
        indexed = search_index.has_index(self.session.connection())
        found: list[tuple[int, datetime]] = []
        if wanted.caller:
            found = self._with_number(wanted.caller, base)
        elif (named := self._named_by_index(wanted) if indexed else None) is None or len(named) > EXACTLY:
            found = list(dict.fromkeys(self._walk_streams(wanted, most, now, bounded=indexed)))
            found = found if len(found) >= most or not named else [*found, *self._among_ids(named, base)]
        elif named:
            found = self._among_ids(named, base)
        if self._on_a_server():
            self.session.execute(_AS_BEFORE)
        newest = sorted(dict.fromkeys(found), key=lambda one: (one[1], one[0]), reverse=True)[:most]
        return Recordings(self.session).all_of(one for one, _ in newest)

    def _named_by_index(self, wanted: Wanted) -> list[int] | None:
        """Return ids of calls that the index finds for the parts, at most one more than `EXACTLY`.
        None if no part is long enough for the index.
        """
        parts = [one for one in wanted.parts if len(one) >= _LEAST]
        if not parts:
            return None
        if self._on_a_server():
            self.session.execute(_BY_PARTS)
            # Leading borders are left to `_search_conditions`: almost all calls have them, so an index gains nothing by them.
            has = [Recording.found_by.contains(one.lstrip("+#"), autoescape=True) for one in parts]
            return list(self.session.scalars(select(Recording.id).where(*has).limit(EXACTLY + 1)))
        trigrams = dict.fromkeys(one[place : place + 3] for one in parts for place in range(len(one) - 2))
        match = " AND ".join('"' + one.replace('"', '""') + '"' for one in trigrams)
        return list(self.session.scalars(_TRIGRAMS, {"wanted": match, "most": EXACTLY + 1}))

    def _on_a_server(self) -> bool:
        return self.session.connection().dialect.name == "postgresql"

    def _with_number(self, caller: str, base: Sequence[Condition]) -> list[tuple[int, datetime]]:
        """Find calls with this number, the latest days first and at most `EXACTLY`."""
        mine = select(Recording.id, Recording.started).where(Recording.caller == caller, *base)
        return list(self.tuples(mine.order_by(Recording.local_day.desc()).limit(EXACTLY)))

    def _among_ids(self, ids: Sequence[int], base: Sequence[Condition]) -> list[tuple[int, datetime]]:
        """Find the matching calls among these ids, in no order."""
        # Asked for the newest, SQLite would rather read all calls than only these.
        query = select(Recording.id, Recording.started).where(Recording.id.in_(bindparam("ids", expanding=True)), *base)
        return [(one, started) for one, started in self.session.execute(query, {"ids": ids})]

    def _walk_streams(self, wanted: Wanted, most: int, now: datetime, *, bounded: bool) -> list[tuple[int, datetime]]:
        """Return the newest matching calls, by reading each stream newest first through its own index.
        `bounded`: if a stream must be sifted further, only its newest calls are read.
        """
        if self._on_a_server():
            self.session.execute(_IN_ORDER)
        remaining, streams = _split_into_streams(wanted)
        sifted, queries = _search_conditions(remaining), []
        for stream in streams:
            mine: tuple[Condition, ...] = (_PRESENT, *stream, *_day_conditions(wanted))
            since = (
                self._nth_start(mine, LOOKED // len(streams))
                if bounded and remaining != replace(Wanted(), days=remaining.days, between=remaining.between)
                else None
            )
            bound = () if since is None else (Recording.started >= since,)
            query = select(Recording.id, Recording.started).where(*mine, *bound, _is_open(now), *sifted)
            newest = query.order_by(Recording.started.desc(), Recording.id.desc()).limit(most)
            queries.append(select(newest.subquery()))
        return [(one, started) for one, started in self.session.execute(union_all(*queries))]

    def _nth_start(self, stream: Sequence[Condition], most: int) -> datetime | None:
        """Return when the call began that comes after the `most` newest; None if there are no more."""
        walked = select(Recording.started).where(*stream).order_by(Recording.started.desc())
        return self.session.scalar(walked.offset(most).limit(1))


def found_words(caller: str, reference: str) -> str:
    """Return the text by which a call is found: its number (E.164) and its reference, letters and digits only.
    Empty for a call without either.
    """
    number = f"+{caller.removeprefix('+')};" if caller else ""
    return number + (f"{'' if number else ';'}#{reference}." if reference else "")


def _is_open(now: datetime) -> Condition:
    """Select calls whose time isn't over."""
    return or_(Recording.erase_at.is_(None), Recording.erase_at > now)


def _split_into_streams(wanted: Wanted) -> tuple[Wanted, list[tuple[Condition, ...]]]:
    """Split a search into streams, which an index gives newest first, and the conditions that remain.
    Every match is in at least one stream.
    """
    if 0 < len(ways := _by_operator(wanted)) <= MOST_STREAMS:
        return replace(wanted, operators=None), ways
    if 0 < len(ways := _by_line(wanted)) <= MOST_STREAMS:
        return replace(wanted, lines=None, direction=""), ways
    if 0 < len(ways := _by_department(wanted)) <= MOST_STREAMS:
        return replace(wanted, departments=None, mine=0), ways
    return wanted, [()]


def _by_operator(wanted: Wanted) -> list[tuple[Condition, ...]]:
    """Return a stream for each operator that is wanted; none if any operator will do."""
    return [(Recording.operator_key == one,) for one in sorted(wanted.operators or ())]


def _by_line(wanted: Wanted) -> list[tuple[Condition, ...]]:
    """Return a stream for each line that is wanted and each direction; none if any line will do."""
    ways = (wanted.direction,) if wanted.direction else ("incoming", "outgoing")
    return [
        (Recording.line == line, Recording.direction == way) for line, way in product(sorted(wanted.lines or ()), ways)
    ]


def _by_department(wanted: Wanted) -> list[tuple[Condition, ...]]:
    """Return a stream for each department, and one for the searcher's own calls; none if all calls may be found."""
    if wanted.departments is None:
        return []
    mine = [(Recording.department == one,) for one in sorted(wanted.departments)]
    return [*mine, (Recording.operator_id == wanted.mine,)]


def _day_conditions(wanted: Wanted) -> tuple[Condition, ...]:
    """Return the days with some hours around them, which hold in every time zone; `_search_conditions` checks the exact
    days.
    """
    moments: tuple[Condition, ...] = (Recording.started.between(*wanted.between),) if wanted.between else ()
    if wanted.days is None:
        return moments
    first, last = (datetime.combine(one, time(), UTC) for one in wanted.days)
    return (*moments, Recording.started.between(first - _DAY, last + 2 * _DAY))


def _search_conditions(wanted: Wanted) -> list[Condition]:
    """Return all conditions of a search, written so that no index is chosen for them: that is for the streams."""
    conditions = [_without_index("found_by").contains(one, autoescape=True) for one in wanted.parts]
    if wanted.days:
        conditions.append(_without_index("local_day").between(wanted.days[0].isoformat(), wanted.days[1].isoformat()))
    if wanted.between:
        conditions.append(Recording.started.between(*wanted.between))
    if wanted.direction:
        conditions.append(_without_index("direction") == wanted.direction)
    sets = (("operator_key", wanted.operators), ("line", wanted.lines))
    conditions += [_without_index(name).in_(those) for name, those in sets if those is not None]
    if wanted.departments is not None:
        conditions.append(
            or_(_without_index("department").in_(wanted.departments), Recording.operator_id + 0 == wanted.mine)
        )
    return conditions


def _without_index(column: str) -> ColumnElement[str]:
    """Return a text column of a call as an expression, for which a database uses no index."""
    return getattr(Recording, column) + ""  # type: ignore[no-any-return]
