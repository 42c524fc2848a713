"""What a call is kept for past its time, and when people's words are erased, by destroying their key (P11, P12)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from handlers.acting import Context, Result, Show, handler
from handlers.policy import Policy
from handlers.rules import retention, working_days
from storage import customers, erasures
from storage.database.store import Store
from storage.erasures import Claim
from storage.records import Matter, Pass, Recording
from storage.tables.calls import Keep
from storage.tables.customers import CustomerLetter, CustomerRequest


def keep_for_matters(
    ctx: Context, recording: Recording, moment: datetime, claims: Iterable[Claim], *, granted: bool = False
) -> list[Keep]:
    """Keep the call from its `moment` on for each matter that needs it, and return the new rows.
    `claims` and `granted` are as for `matters_needing`.
    """
    found = matters_needing(ctx, recording.id, claims, granted=granted)
    rows = [_make_keep(ctx, matter, recording, moment, link) for matter, link in found]
    ctx.store.insert(*rows)
    return rows


def matters_needing(
    ctx: Context, recording: int, claims: Iterable[Claim], *, granted: bool = False
) -> Iterator[tuple[Matter, CustomerLetter | None]]:
    """Yield matters that need the call but don't keep it yet, with the link by which a customer has yet to fetch it.

    `claims` are what matters have to do with it. With `granted`, an approved investigation counts for as long as its
    access lasts (P9).
    """
    of_this_call = [one for one in claims if one.call == recording]
    keeping = {one.matter.id for one in of_this_call if one.keep is not None}
    asking = {one.matter.id: one for one in of_this_call if one.is_request and one.matter.id not in keeping}
    for one in asking.values():
        link = None if one.matter.is_open else _letter_to_fetch(ctx, one.matter)
        if one.matter.is_open or link is not None or (granted and one.investigates):
            yield one.matter, link


def _letter_to_fetch(ctx: Context, asked: Matter) -> CustomerLetter | None:
    """P12: return the letter whose link hasn't given all of its calls yet; None for a request of staff."""
    if not isinstance(asked, CustomerRequest):
        return None
    return ctx.store.first_row(CustomerLetter, CustomerLetter.matter_id == asked.id, customers.still_fetching(ctx.now))


def _make_keep(
    ctx: Context, matter: Matter, recording: Recording, moment: datetime, link: CustomerLetter | None
) -> Keep:
    """P12: return the row that keeps a call for an open matter, or for a customer's link until that ends.
    It ends so many working days after the call's moment, by the calendar of its line.
    """
    days = ctx.policy.holds.open_request_working_days if link is None else ctx.policy.customers.copy_kept_working_days
    line = recording.line if recording.line in ctx.policy.lines else ctx.policy.company.home_line
    until = working_days.due_after(working_days.calendar_of(ctx.policy, line), moment, days).at
    why, ends_at = (erasures.REQUEST, until) if link is None else (erasures.COPY, min(until, link.ends_at))
    return Keep(recording_id=recording.id, matter_id=matter.id, why=why, since=ctx.now, ends_at=ends_at)


@handler("mirror.held", clause="P12", about="matter")
def note_mirrored(ctx: Context, matter: str, recordings: tuple[int, ...]) -> Result[None]:
    """P12: note calls that the recording system holds; if their hold has ended meanwhile, they are released again
    later.
    """
    new = [one for one in ctx.store.mirrors.of(matter, recordings) if one.mirrored_at is None]
    for one in new:
        one.mirrored_at, one.unmirrored_at = ctx.now, None
    return _log_recordings(one.recording_id for one in new)


@handler("mirror.let_go", clause="P12", about="matter")
def note_unmirrored(ctx: Context, matter: str, recordings: tuple[int, ...]) -> Result[None]:
    """P12: note calls that the recording system released; if their hold was renewed meanwhile, they are held again
    later.
    """
    new = [one for one in ctx.store.mirrors.of(matter, recordings) if one.unmirrored_at is None]
    for one in new:
        one.mirrored_at, one.unmirrored_at = None, ctx.now
    return _log_recordings(one.recording_id for one in new)


def _log_recordings(recordings: Iterable[int]) -> Result[None]:
    """Log the recordings that are new; nothing is logged twice, whichever replica came first."""
    new = list(recordings)
    return Result(None, detail={"recordings": new}, quiet=not new)


def words_erased_at(policy: Policy, closed_at: datetime, line: str) -> datetime:
    """Return when the words of a matter that was closed at this moment (aware) are erased, by the clock of its line, or
    else of the home line.
    """
    its_line = policy.line(line) or policy.lines[policy.company.home_line]
    return retention.erase_at(closed_at, its_line.time_zone, policy.records.closed_request_months)


@handler("words.erase", clause="P11", about="matter_id")
def erase_words(ctx: Context, matter_id: str) -> Result[None]:
    """P11: destroy the key of a matter's words once it has been closed long enough and gives no one access to audio."""
    matter = ctx.store.matter_keys.get(matter_id)
    if matter is None or matter.closed_at is None:
        return Result(None, quiet=True)
    if _may_still_hear(ctx, matter.id) or words_erased_at(ctx.policy, matter.closed_at, matter.line) > ctx.now:
        return Result(None, quiet=True)
    ctx.store.matter_keys.destroy(matter, ctx.now)
    return Result(None)


def _may_still_hear(ctx: Context, matter: str) -> bool:
    """Return True if a member of staff or a customer may still hear something through this matter."""
    grant = ctx.store.grants.of(matter)
    access = grant is not None and grant.ended_at is None and ctx.now < grant.ends_at
    return access or any(one.in_force(ctx.now) for one in ctx.store.customers.correspondence(matter)[0])


@handler("words.show_erased", clause="P11", about="matter_id")
def show_erased(ctx: Context, matter_id: str) -> Result[None]:
    """P11: redraw each copy of the card, so that it says the words are gone and the chat no longer holds them."""
    matter = ctx.store.matters.get(matter_id)
    if matter is None or matter.words_erased_at is None or matter.erasure_shown:
        return Result(None, quiet=True)
    matter.erasure_shown = True
    matter.revision += 1
    people = ctx.store.outbox.shown_to(matter.id)
    return Result(None, tuple(Show(one, matter.id, matter.revision) for one in people), quiet=True)


KEYS = timedelta(days=2)  # no chat platform delivers anything again after that long
PASSES = timedelta(days=30)  # after their end, so that a late question finds out what a link was
A_DAY = timedelta(days=1)


def has_leftovers(store: Store, now: datetime) -> bool:
    """Return True if a key or a code is a day past its use, so that there is work about once a day."""
    late = now - PASSES - A_DAY
    return store.outbox.has_keys(now - KEYS - A_DAY) or store.has(Pass.ends_at < late)


@handler("records.tidy")
def forget_leftovers(ctx: Context) -> Result[None]:
    """Forget old keys and codes without a log entry; the log has what was done with them."""
    ctx.store.outbox.forget_keys(ctx.now - KEYS)
    ctx.store.grants.forget_passes(ctx.now - PASSES)
    return Result(None, quiet=True)
