"""The month at a glance: a list at home, a page in words, and a one-time link to the page with charts (P3 to P12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from handlers.acting import Context, Result
from handlers.cards import Button, Page, Row, Sign
from handlers.figures.month import WHAT, Figures, figures_link_page, figures_page, month_figures
from handlers.handling import handler
from handlers.home import short_list
from handlers.room import Hands, Room, Rows, Shows
from handlers.rules.access import company_day
from handlers.rules.figures import may_see, month_named
from handlers.rules.notices import oversees_notices
from handlers.rules.refusal import Refused
from handlers.sealing import new_secret
from storage.records import LIVING, Pass, Person

SESSION_LASTS = timedelta(hours=1)
SPENT = "This link was used already, or is older than a minute. Press Open with pictures again."
CLOSED = "This page is no longer open to you. Press Open with pictures in your chat again."


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time code for the page, and the month that it opens with."""

    code: str
    month: str


def for_reader(ctx: Context, reader: Person, told: str) -> Figures:
    """A month by its name; raises `Refused` for who may not see it, and for a month that is none or is yet to come."""
    may_see(ctx.today, reader.id, ctx.now)
    return month_figures(ctx, month_named(ctx.policy, told, ctx.now))


@handler("figures.code", about="month_id")
def open_month(ctx: Context, month_id: str) -> Result[Link]:
    """A code for who may see the month now, good for a minute and for one use."""
    may_see(ctx.today, ctx.me.id, ctx.now)
    month, code = month_named(ctx.policy, month_id, ctx.now), f"{ctx.me.id}.{new_secret()}"
    mark = _pass_mark(ctx, "code", code)
    until = ctx.now + timedelta(seconds=ctx.policy.access.code_seconds)
    ctx.store.insert(Pass(kind="code", hash=mark, made_at=ctx.now, ends_at=until))
    return Result(Link(code, month.name), subject=f"person:{ctx.me.id}", detail={"code": mark, "month": month.name})


@handler("figures.open")
def exchange_code(ctx: Context, code: str) -> Result[str]:
    """Spend a code; the session lasts an hour, and each request asks again whether its reader may see the month."""
    found = _find_pass(ctx, "code", code)
    if found is None:
        raise Refused(SPENT, code="code_spent")
    reader = _require_reader(ctx, code)
    found.used_at, session = ctx.now, f"{reader.id}.{new_secret()}"
    mark = _pass_mark(ctx, "session", session)
    ctx.store.insert(Pass(kind="session", hash=mark, made_at=ctx.now, ends_at=ctx.now + SESSION_LASTS))
    return Result(session, subject=f"person:{reader.id}", detail={"code": found.hash, "session": mark})


def is_pass_open(ctx: Context, kind: str, secret: str) -> bool:
    """Return True for a code or a session of this page in its time: what is asked before the door only reads."""
    return _find_pass(ctx, kind, secret) is not None


def reader_of_session(ctx: Context, session: str) -> Person:
    """Who reads by this session; raises `Refused` once it is over, and for who may not see the month any more."""
    if _find_pass(ctx, "session", session) is None:
        raise Refused(CLOSED, code="no_session")
    return _require_reader(ctx, session)


def _find_pass(ctx: Context, kind: str, secret: str) -> Pass | None:
    found = ctx.store.row(Pass, _pass_mark(ctx, kind, secret))
    return found if found is not None and found.opens(ctx.now) else None


def _pass_mark(ctx: Context, kind: str, secret: str) -> str:
    """A secret begins with whose it is, and the mark holds all of it: a row that is written or moved by hand opens nothing."""
    return ctx.keys.mark_of_pass(kind, secret, "month")


def _require_reader(ctx: Context, secret: str) -> Person:
    """The person, who must still be a member and hold or stand in for one of the two roles."""
    person = ctx.store.people.get(int(secret.partition(".")[0]))
    if person.standing != LIVING:
        raise Refused(CLOSED, code="not_member")
    may_see(ctx.today, person.id, ctx.now)
    return person


def _month_page(ctx: Context, value: str) -> Page:
    return figures_page(for_reader(ctx, ctx.me, value))


def _figure_lists(ctx: Context) -> Mapping[str, Rows]:
    """One row for either officer and who stands in; for everybody else there is none."""
    if ctx.me.id not in ctx.policy.seats.in_roles or not oversees_notices(
        ctx.today, ctx.me.id, company_day(ctx.policy, ctx.now)
    ):
        return {}
    month = month_named(ctx.policy, "", ctx.now)
    row = Row(f"{Sign.NOTE} {month.words} in numbers", Button("figures", WHAT, month.name))
    return {"figures": short_list(WHAT, [row])}


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
