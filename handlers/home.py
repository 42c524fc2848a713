"""The home: what you have to do and what you may hear; behind Manage, the other lists of all rooms."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal, TypeVar

from handlers.acting import Context, Home, Result, handler
from handlers.cards import Actions, Button, Card, Heading, Line, Page, Part, Row, Sign, Small, Title, When
from handlers.door import catch_up_cards
from handlers.room import ROOMS, Does, Room, Rows, Shows
from handlers.rules import Refused
from storage.records import Matter, Person

M = TypeVar("M", bound=Matter)
T = TypeVar("T")


@handler("home.open")
def open_home(ctx: Context) -> Result[None]:
    """Draw the home now, and again whenever something on it changes."""
    me = ctx.me
    ctx.store.people.saw_home(*ctx.who.address, ctx.now)
    # A card may have changed while this person couldn't be reached.
    return Result(None, (*catch_up_cards(ctx, me.id), Home(me.id, ctx.who.platform, fresh=True)), quiet=True)


@handler("home.welcome")
def welcome_account(ctx: Context) -> Result[None]:
    """Open a home for a new account, once, though the platform reports it several times."""
    account = ctx.store.people.account(*ctx.who.address)
    has_one = account is not None and account.home_at is not None
    return Result(None, quiet=True) if has_one else open_home.do(ctx)


@handler("home.prefer")
def prefer_platform(ctx: Context, platform: str) -> Result[None]:
    """Send messages to this platform from now on; cards posted elsewhere are kept up to date there."""
    me = ctx.me
    if platform not in ctx.store.people.platforms(me.id):
        raise Refused("I don’t know your account there. Please say hello to me there first.")
    me.prefers = platform
    homes = tuple(Home(me.id, one.platform) for one in ctx.store.people.homes(me.id))
    return Result(None, homes, f"person:{me.id}", {"platform": platform})


def draw_home(ctx: Context) -> Card:
    """Return the home of the current person, as the rooms fill it."""
    return front_card(collect_lists(ctx, ROOMS, AT_HOME.__contains__), (one for room in ROOMS for one in room.begins))


def front_card(lists: Mapping[str, Rows], begins: Iterable[Button]) -> Card:
    """Return the home card: what this person has to do, and what they may hear."""
    shown = list_sections(lists) or [
        Line("Nothing needs you now. Your requests and anything that needs you will appear here.")
    ]
    parts = (
        Title(Sign.NOTE, "Call recordings", counts_line(lists) or "nothing needs you"),
        Actions((*begins, Button(MANAGE, "Manage", ""))),
        *shown,
        Small("P7 · P9 · Every listen is logged.", apart=True),
    )
    return Card(parts, "Your call recordings at a glance.")


def manage_page(ctx: Context, _: str = "") -> Page:
    """Return the page with everything that isn't at home."""
    lists = collect_lists(ctx, ROOMS, lambda name: name not in AT_HOME)
    return Page("Manage", (*manage_rows(lists), *_reached_parts(ctx, ctx.me)))


def manage_rows(lists: Mapping[str, Rows]) -> Iterator[Row]:
    """Yield a list of a single row as that row, and a longer one behind a button."""
    for name, one in lists.items():
        if one.number == 1:
            yield from one.rows(1, 0)
        elif one.number:
            yield Row(f"{one.heading} · {one.number}", Button("more", "Show all", f"{name}:0"))


def closed_home(words: str) -> Card:
    """Return the home of an account that may not act: a sentence that says why."""
    return Card((Title(Sign.NOTE, "Call recordings", "not open to this account"), Line(words)), words)


def _reached_parts(ctx: Context, me: Person) -> list[Part]:
    """Say where messages go, with a button for each other platform, if the person is on several."""
    names = ctx.store.people.platforms(me.id)
    now = me.prefers if me.prefers in names else (names or [""])[0]
    words = f"You get messages in {now.title()}."
    return [Row(words, Button("prefer", f"Use {one.title()}", one)) for one in names if one != now]


FIRST = "waiting"  # the list that has most rows on a home, and that is shown where a button names none
AWAY = "away"  # a person who is away reads that first
AT_HOME = (AWAY, FIRST, "access")
MANAGE = "manage"
"""The button that leads to all other lists."""
MOST_WAITING, MOST = 6, 4  # rows on a home: a platform may take 28 kB as one card, a row needs up to 1.2
ON_A_PAGE = 15


def short_list(heading: str, rows: Sequence[Row], told: str = "") -> Rows:
    """Return a list whose rows are all at hand; with `told` the home's first line counts them by this word."""
    return drawn_list(heading, rows, iter, told)


def drawn_list(heading: str, those: Sequence[T], draw: Callable[[Sequence[T]], Iterable[Row]], told: str = "") -> Rows:
    """Return the list of these things, of which only those that are shown are drawn; `told` as for `short_list`."""
    counted = ((len(those), told),) if told else ()
    return Rows(heading, len(those), lambda most, skip: list(draw(those[skip : skip + most])), counted)


def to_do_list(rows: Sequence[Row]) -> Rows:
    """Return these rows as the list of what is waiting for this person."""
    return short_list("To do", rows, "to do")


def waiting_row(ctx: Context, matter: Matter, words: str, style: Literal["primary", "plain"] = "primary") -> Row:
    """Return the row of a matter that is waiting: what it is, since when, and a button to its card."""
    small = ("since ", When(matter.asked_at, now=ctx.now), f" · {matter.id}")
    return Row(words, Button("details", "Details", matter.id, style), small)


def waiting_of(ctx: Context, kind: type[M], words: Callable[[M], str], *, newest: int = 0) -> Rows:
    """Return the matters of a kind that are waiting for this person: all, or so many of the newest."""
    found = ctx.store.matters.waiting_for(ctx.me.id, kind)[-newest:]
    return to_do_list([waiting_row(ctx, one, words(one)) for one in found])


def collect_lists(ctx: Context, rooms: Iterable[Room], shows: Callable[[str], bool]) -> Mapping[str, Rows]:
    """Return the lists of the current person that a page shows, by name; rows of the same list follow the order of
    the rooms.
    """
    found: dict[str, Rows] = {}
    ctx.store.each_alone("people", partial(_read_people, ctx), None)
    for room in rooms:
        for name, rows in _lists_of_room(ctx, room, shows).items():
            found[name] = _join_rows(found[name], rows) if name in found else rows
    return found


def _read_people(ctx: Context) -> None:
    """Read at once everyone whom several rooms will ask for."""
    if (me := ctx.who.person_id) is not None:
        mine = [one for one, _ in ctx.store.matters.unfinished_of(me)]
        begun_by = (one.begun_by for one in mine if one.begun_by is not None)
        ctx.store.people.of_matters([one.id for one in mine], (me, *begun_by), ctx.policy.named)


def _lists_of_room(ctx: Context, room: Room, shows: Callable[[str], bool]) -> Mapping[str, Rows]:
    """Return the lists of a room. A list or row that can't be drawn is left out; the others are still shown."""
    lists, nothing = room.lists, dict[str, Rows]()
    if lists is None:
        return nothing
    found = ctx.store.each_alone(
        room.name, lambda: {name: one() for name, one in lists(ctx).items() if shows(name)}, nothing
    )
    return {
        name: replace(one, rows=partial(_drawable_rows, ctx, f"{room.name}/{name}", one)) for name, one in found.items()
    }


def _drawable_rows(ctx: Context, name: str, listed: Rows, most: int, skip: int) -> list[Row]:
    """Return these rows; if they can't be drawn together, return those that can be drawn alone."""
    nothing = list[Row]()
    if skip >= listed.number:
        return nothing
    if found := ctx.store.each_alone(name, lambda: listed.rows(most, skip), nothing):
        return found
    places = range(skip, min(skip + most, listed.number))
    return [row for at in places for row in ctx.store.each_alone(name, partial(listed.rows, 1, at), nothing)]


def counts_line(lists: Mapping[str, Rows]) -> str:
    """Return what a home says first: how many there are of everything that matters; empty if there is nothing."""
    numbers: dict[str, int] = {}
    for rows in lists.values():
        for number, what in rows.told:
            numbers[what] = numbers.get(what, 0) + number
    return " · ".join(f"{number} {what}" for what, number in numbers.items() if number)


def list_sections(lists: Mapping[str, Rows]) -> list[Part]:
    """Return the beginning of each list; nothing if there is none, since the first line counts what there is."""
    named = sorted(lists.items(), key=lambda one: one[0] != AWAY)
    return [part for name, rows in named for part in _section_parts(name, rows)]


def list_page(ctx: Context, value: str) -> Page:
    """Return one list from a row on, as its button says: `waiting:15`; below an empty one all others. An unknown value
    starts at the beginning.
    """
    name, _, skip = value.partition(":")
    lists = collect_lists(ctx, ROOMS, {name, FIRST}.__contains__)
    name = name if name in lists else FIRST
    back: tuple[Part, ...] = () if name in AT_HOME else (Actions((Button(MANAGE, "Manage", ""),)),)
    if back and not lists[name].number:
        back = manage_page(ctx).parts
    return Page(
        lists[name].heading, (*leaf_parts("more", f"{name}:", skip, lists[name].number, lists[name].rows), *back)
    )


def leaf_parts(
    action: str, prefix: str, skip: str, number: int, parts: Callable[[int, int], Sequence[Part]]
) -> list[Part]:  # fmt: skip
    """Return one page of a list of `number` parts, with buttons of `action` to turn it.
    `skip` is how many parts come before it, as a button's value says; nonsense counts as 0.
    """
    first = min(int(skip) if skip.isascii() and skip.isdigit() and len(skip) < 7 else 0, max(number - 1, 0))
    first -= first % ON_A_PAGE
    found = parts(ON_A_PAGE, first)
    last = first + len(found)
    earlier = (Button(action, "Earlier ones", f"{prefix}{first - ON_A_PAGE}"),) if first else ()
    later = (Button(action, "Later ones", f"{prefix}{last}"),) if last < number else ()
    if not earlier and not later:
        return list(found) or [Line("There is nothing here.")]
    return [Line(f"{first + 1} to {last} of {number}"), *found, Actions((*earlier, *later))]


def _section_parts(name: str, rows: Rows) -> list[Part]:
    """Return the first rows of a list under its heading, with a button for the rest; nothing for an empty list."""
    most = MOST_WAITING if name == FIRST else MOST
    more = rows.number - most
    rest = [Row(f"And {more} more.", Button("more", "Show all", f"{name}:0"))] if more > 0 else []
    heading = [Heading(rows.heading)] if rows.heading else []
    return [*heading, *rows.rows(most, 0), *rest] if rows.number else []


def _join_rows(first: Rows, second: Rows) -> Rows:
    """Return two lists as one, with the heading of the first; rows of the second follow those of the first."""

    def rows(most: int, skip: int) -> list[Row]:
        found = first.rows(most, skip) if skip < first.number else []
        rest = most - len(found)
        return [*found, *(second.rows(rest, max(0, skip - first.number)) if rest > 0 else [])]

    return Rows(first.heading, first.number + second.number, rows, (*first.told, *second.told))


ROOM = Room(
    "home",
    buttons={
        "prefer": Does(prefer_platform, "", back="home"),
        MANAGE: Shows(manage_page, "Manage", turns=True),
        "more": Shows(list_page, "Show all", turns=True),
    },
    words={"home": lambda _: open_home(), "welcome": lambda _: welcome_account()},
)
