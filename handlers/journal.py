"""The audit log and the journal outside the database: what one says of the other, and what follows where they differ (P12)."""

from __future__ import annotations

from handlers.acting import Context, Result
from handlers.door import Repeated
from handlers.effects import Tell
from handlers.handling import handler
from handlers.matters.case import redraw_matters
from handlers.policy.values import RoleName
from handlers.rules.access import company_day
from storage.tables.log import DATABASE, JOURNAL, NOTED, RESTORED

WITNESSES: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")
ENDED = (
    "My database was restored from a copy, and all access to calls ended with that, customers’ links too. Your cards are up to"
    " date: ask again for what you still need, or send the customer a new link."
)


@handler(NOTED)
def note_journal(ctx: Context, entries: int, digest: str) -> Result[None]:
    """Put on record what the journal must hold from now on."""
    return Result(None, subject=JOURNAL, detail={"entries": entries, "hash": digest})


@handler("log.broken", about="digest")
def tell_of_break(ctx: Context, number: int, digest: str) -> Result[None]:
    """Both are told how much it is and what to do now, never what it is about; once a day while it lasts."""
    things = "one thing does" if number == 1 else f"{number} things do"
    words = (
        f"I compared my records with the audit log, and {things} not fit. Someone may have changed the database by hand, or"
        " an older copy was put back. Please have a copy of the database kept as it is now, and ask my administrator to run:"
        " recording-steward audit verify"
    )
    once = f"log_broken:{digest}:{company_day(ctx.policy, ctx.now)}"
    return Result(None, tuple(Tell(one, words, once) for one in _witness_ids(ctx)), detail={"findings": number})


@handler(RESTORED, clause="P12")
def note_restored(ctx: Context, noted: int, digest: str) -> Result[int]:
    """P12: all access ends, and both officers are told once what is lost."""
    for one in ctx.store.audit.about(DATABASE):
        if one.action == RESTORED and one.detail["hash"] == digest:
            return Result(one.detail["found"], quiet=True)
    found, _ = ctx.store.audit.head()
    ended = ctx.store.restores.end_all_access(ctx.now)
    linked = {one.matter_id for one in ended.links}
    matters = [ctx.store.matters.get(one) for one in sorted({one.matter_id for one in ended.grants} | linked)]
    redrawn = redraw_matters(ctx, filter(None, matters))
    people = dict.fromkeys(
        (*(one.person_id for one in ended.grants), *(one.person for one in redrawn if one.matter in linked))
    )
    told = [
        *(Tell(one, _lost_words(noted, found), f"restored:{digest}") for one in _witness_ids(ctx)),
        *(Tell(one, ENDED, f"all_ended:{digest}") for one in people),
    ]
    detail = {
        "hash": digest, "noted": noted, "found": found, "presses": ended.presses,
        "grants": [one.id for one in ended.grants], "links": [one.id for one in ended.links],
    }  # fmt: skip
    return Result(found, (*redrawn, *told), DATABASE, detail)


def _lost_words(noted: int, found: int) -> str:
    return (
        f"My database was restored from a copy. It ends at entry {found:,} of the audit log, and the journal knew of"
        f" {noted:,}: what was done in between is lost. I end all access to calls, and erase again whatever had been"
        " erased since. Later holds and declines are lost, too. Please set them again"
        " now: I erase nothing else until the Head of Customer Success has looked, and ask for that when the next call comes to"
        " its moment. If no one was meant to restore it, please find out who did."
    )


@handler("log.journal_lost", clause="P12", about="digest")
def journal_lost(ctx: Context, entries: int, digest: str) -> Result[None]:
    """P12: without its journal the program can't tell a restore; both hear it once for each line that is lacking."""
    if ctx.store.audit.count("log.journal_lost", digest):
        raise Repeated(digest)
    words = (
        "The journal that I keep outside my database is gone, cut off or out of date. I carry on, but can't tell whether"
        " my database was restored meanwhile. Please ask my administrator to put the right one back."
    )
    tells = tuple(Tell(one, words, f"journal_lost:{digest}") for one in _witness_ids(ctx))
    return Result(None, tells, detail={"entries": entries})


def _witness_ids(ctx: Context) -> list[int]:
    """The holders of both roles, or for one who is away the deputies."""
    policy, day = ctx.today, company_day(ctx.policy, ctx.now)
    filling = (one for role in WITNESSES for one in policy.holders_on(role, day) or (policy.held(role).holder,))
    return list(dict.fromkeys(filling))
