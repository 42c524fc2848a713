"""What people hear when the database and its journal differ, or the clock isn't trusted, and what follows from it (P12)."""

from handlers.acting import Context, Result, Tell, handler
from handlers.door import Repeated
from handlers.matters.asking import redraw_matters
from handlers.policy import RoleName
from handlers.room import Does, Room
from handlers.rules import Refused
from handlers.telling import may_be_told, tell_head
from storage.chain import Sealer
from storage.database.store import Store
from storage.tables.log import DATABASE, JOURNAL, JOURNAL_LOST, RESTORED, AuditEntry

WITNESSES: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")
ENDED = "My database was restored from a copy, which ended all access to calls, including customers’ links. Your cards are up to date: ask again for what you still need, or send the customer a new link."


@handler("log.broken", about="digest")
def tell_of_break(ctx: Context, number: int, digest: str) -> Result[None]:
    """Tell both officers how many things don't fit and what to do, never what they are about; daily while it lasts.
    `digest` is a hash of the findings: new findings are told at once.
    """
    things = "one thing does" if number == 1 else f"{number} things do"
    words = (
        f"I compared my records with the audit log, and {things} not match. Someone may have changed the database by hand, or"
        " an older copy was put back. Please have a copy of the database kept as it is now, and ask the bot’s administrator to run:"
        " recording-steward audit verify"
    )
    once = f"log_broken:{digest}:{ctx.policy.company_day(ctx.now)}"
    return Result(None, tuple(Tell(one, words, once) for one in _witness_ids(ctx)), detail={"findings": number})


@handler(RESTORED, clause="P12")
def note_restored(ctx: Context, noted: int, digest: str) -> Result[int]:
    """P12: end all access after a restore, and tell both officers once what is lost.

    `noted` is the number of the last entry that the journal knows, and `digest` that entry's hash, by which a second
    call finds the work done. Return the number of the last entry that the restored log has.
    """
    for one in ctx.store.rows(AuditEntry, AuditEntry.subject == DATABASE, by=(AuditEntry.seq,)):
        if one.action == RESTORED and one.detail["hash"] == digest:
            return Result(one.detail["found"], quiet=True)
    last_entry, _ = ctx.store.audit.head()
    ended = ctx.store.grants.end_all_access(ctx.now)
    linked = {one.matter_id for one in ended.links}
    matters = [ctx.store.matters.get(one) for one in sorted({one.matter_id for one in ended.grants} | linked)]
    redrawn = redraw_matters(ctx, filter(None, matters))
    people = dict.fromkeys(
        (*(one.person_id for one in ended.grants), *(one.person for one in redrawn if one.matter in linked))
    )
    told = [
        *(Tell(one, _lost_words(noted, last_entry), f"restored:{digest}") for one in _witness_ids(ctx)),
        *(Tell(one, ENDED, f"all_ended:{digest}") for one in people),
    ]
    detail = {
        "hash": digest, "noted": noted, "found": last_entry, "presses": ended.presses,
        "grants": [one.id for one in ended.grants], "links": [one.id for one in ended.links],
    }  # fmt: skip
    return Result(last_entry, (*redrawn, *told), DATABASE, detail)


def _lost_words(noted: int, last_entry: int) -> str:
    """Return the message after a restore; `noted` is the last entry that the journal knows, `last_entry` the last one
    left.
    """
    return f"My database was restored from a copy. It ends at entry {last_entry:,} of the audit log, but the journal goes up to {noted:,}: everything in between is lost, including holds and declines. Please set those again now. I’m ending all access to calls, and erasing again what was erased since. I won’t erase anything else until the Head of Customer Success decides; I’ll ask when the next call’s time is up. If no one was meant to restore the database, please find out who did."


@handler(JOURNAL_LOST, clause="P12")
def note_journal_lost(ctx: Context, entries: int, left: int) -> Result[None]:
    """P12: tell both officers once a day that the journal is lost, so that a restore can't be noticed. `entries` is how
    many entries it should know, and `left` how many it knows.
    """
    words = (
        "The journal that I keep outside my database is gone, cut off or out of date. I’ll carry on, but can’t tell whether"
        " my database was restored meanwhile. Please ask the bot’s administrator to put the right one back."
    )
    once = f"journal_lost:{ctx.policy.company_day(ctx.now)}"
    tells = tuple(Tell(one, words, once) for one in _witness_ids(ctx))
    return Result(None, tells, JOURNAL, {"entries": entries, "left": left})


def _witness_ids(ctx: Context) -> list[int]:
    """Return the holders of both roles, or for one who is away the deputies."""
    policy, day = ctx.today, ctx.policy.company_day(ctx.now)
    filling = (one for role in WITNESSES for one in policy.holders_on(role, day) or (policy.held(role).holder,))
    return list(dict.fromkeys(filling))


BUTTON = "clock_continue"
NOT_TRUSTED = (
    "I can’t trust my clock, so until it is right I don’t lock or erase calls, end access or let requests lapse. {why} Everything "
    "else carries on. Please have the machine’s clock checked. If it is right, press Continue."
)
TRUSTED_AGAIN = (
    "I trust my clock again, so I’m locking and erasing calls, ending access and letting requests lapse as usual."
)


@handler("clock.wait", clause="P12", about="wait_id")
def tell_of_wait(ctx: Context, wait_id: str, why: str, words: str) -> Result[None]:
    """Tell the Head, or the person asked in the Head's place, that the clock isn't trusted.
    `wait_id` names the wait in the log. They are told once, though another bot or a new start may note the same wait
    again.
    """
    since = _actions_on_wait(ctx.store, ctx.keys.log_seal, wait_id)
    if since and tell_wait_over.action not in since:
        return Result(None, quiet=True)
    told = tell_head(
        ctx, NOT_TRUSTED.format(why=words), f"{tell_of_wait.action}:{ctx.store.audit.lock().seq}", BUTTON, wait_id
    )
    return Result(None, told, detail={"why": why})


@handler("clock.go_on", clause="P12", about="wait_id")
def tell_wait_over(ctx: Context, wait_id: str) -> Result[None]:
    """Tell them once that the clock is trusted again."""
    if tell_wait_over.action in _actions_on_wait(ctx.store, ctx.keys.log_seal, wait_id):
        return Result(None, quiet=True)
    return Result(None, tell_head(ctx, TRUSTED_AGAIN, f"{tell_wait_over.action}:{ctx.store.audit.lock().seq}"))


@handler("clock.continue", clause="P12", about="wait_id")
def trust_clock(ctx: Context, wait_id: str) -> Result[None]:
    """Trust the clock again because the Head says so. Each bot that is paused finds this in the log and continues."""
    if not may_be_told(ctx):
        words = "Only the Head of Customer Success, or the person I ask in their place, can decide this."
        raise Refused(words, code="not_entitled")
    since = _actions_on_wait(ctx.store, ctx.keys.log_seal, wait_id)
    if not since or tell_wait_over.action in since:
        raise Refused("I trust my clock again, so there is nothing to decide.", code="over")
    if trust_clock.action in since:
        raise Repeated(wait_id)
    return Result(None)


def is_confirmed(store: Store, sealer: Sealer, wait_id: str) -> bool:
    """Return True if the Head has said during this wait that the clock is right."""
    return trust_clock.action in _actions_on_wait(store, sealer, wait_id)


def _actions_on_wait(store: Store, sealer: Sealer, wait_id: str) -> list[str]:
    """Return the log's actions on this wait since it last began, oldest first; empty if it never did."""
    actions = store.audit.actions(wait_id, [tell_of_wait.action, trust_clock.action, tell_wait_over.action], sealer)
    waits = [place for place, action in enumerate(actions) if action == tell_of_wait.action]
    return actions[waits[-1] :] if waits else []


ROOM = Room("journal", buttons={BUTTON: Does(trust_clock, "Continue", back="home")})
