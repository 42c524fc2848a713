"""The guard: is it safe to erase these now? What is not waits in a pause, until the Head of Customer Success has looked (P12)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from handlers import phrases, sealing, telling
from handlers.acting import Context, Result, handler
from handlers.cards import Row
from handlers.matters import asking, reminding
from handlers.matters.case import Case, Kind, More
from handlers.policy import Policy
from handlers.rules import retention as rule
from handlers.rules.deadlines import next_morning
from handlers.rules.retention import Cause, PauseCircumstances, Span, day_of, seen_late
from storage.chain import Sealer
from storage.database.store import Store
from storage.erasures import CONTINUED
from storage.matters import Reminder
from storage.pauses import GoingCall, Paused
from storage.tables.calls import ErasurePause

REMIND = "retention.remind"
KEPT, OVER = "kept", "over"


@dataclass(frozen=True, kw_only=True)
class PauseCase(Case[ErasurePause]):
    """One pause; `waiting` are its erasures.

    `restored` is when (aware) the database was restored, if no one had looked by the time these were paused.
    """

    kind = Kind(
        "EP-", name="retention", clause="P12", row=ErasurePause, decided_by=PauseCircumstances,
        what="the paused erasures", gone="I can’t find these erasures.",
        waits=lambda pause: pause.is_open or pause.state == KEPT,  # one that was kept can still be let go
    )  # fmt: skip
    waiting: Paused
    restored: datetime | None = None

    @classmethod
    def load_more(cls, ctx: Context, matter: ErasurePause) -> More:
        """Return what waits, and when the database was restored."""
        restored = ctx.store.audit.restored(matter.closed_at) if "restored" in matter.causes else None
        at = datetime.fromisoformat(restored.at) if restored is not None else None
        return More(fields={"waiting": ctx.store.pauses.waiting(matter.id), "restored": at})

    @property
    def things(self) -> str:
        """How many calls, in words."""
        return phrases.quantity_words(self.waiting.number, "call")


def schedule_next_morning(ctx: Context, pause: ErasurePause) -> None:
    """Have the clock remind of a pause when work begins next at the home line."""
    ctx.store.deadlines.set(REMIND, pause.id, next_morning(ctx.policy, ctx.now))


@handler("retention.remind", clause="P12", about="matter")
def remind_of_pause(ctx: Context, matter: str) -> Result[None]:
    """Remind the deciders each morning until the pause is decided. Run by the clock."""
    case = PauseCase.load(ctx, matter)
    return reminding.remind_asked(ctx, case, REMIND, lambda: schedule_next_morning(ctx, case.matter))


def pause_reminder_row(case: PauseCase, reminder: Reminder) -> Row | None:
    """Return the line that reminds a person; None if they have nothing left to decide."""
    if not case.matter.is_open or not case.waits_for(reminder.person_id):
        return None
    words = f"Reminder: decide about {case.things} whose erasure I paused."
    return telling.reminder_line(words, case.matter.id)


@dataclass(frozen=True, slots=True)
class Judged:
    """The guard's view of what would be erased at a moment.

    `unsafe` are those that must wait, and why; `pause` is the open card. `number` would go on that day, of which `coming` are still
    ahead. `restored` is when (aware) the database was restored, until someone has looked.
    """

    span: Span
    number: int
    coming: int
    unsafe: tuple[tuple[GoingCall, tuple[Cause, ...]], ...]
    pause: ErasurePause | None = None
    restored: datetime | None = None

    @property
    def erasures(self) -> tuple[str, ...]:
        """The erasures under way that must wait from now on."""
        return tuple(one.erasure for one, _ in self.unsafe if one.erasure)

    @property
    def causes(self) -> list[str]:
        """Why, of the open pause as well."""
        found = {*(cause for _, why in self.unsafe for cause in why), *(self.pause.causes if self.pause else ())}
        return sorted(found | ({"restored"} if self.pause and self.restored else set()))

    @property
    def needs_change(self) -> bool:
        """True if a pause must begin, or the open pause must get new erasures or causes."""
        return bool(self.erasures) or (self.pause is not None and self.causes != sorted(self.pause.causes))


def judge_erasures(
    store: Store, policy: Policy, now: datetime, sealer: Sealer | None = None, taken: Collection[str] = ()
) -> Judged:
    """Judge the erasures of the company day of `now` (aware).

    With a `sealer`, the log must vouch for the rows of what is tried now or already `taken`.
    """
    pauses, span = store.pauses, day_of(policy, now)
    pause, restored = pauses.open(), pauses.restored(now)
    due, coming = [*pauses.due(now, restored), *pauses.unclosed(now)], pauses.coming(now, span.ends)
    going = sum(not (one.again or seen_late(one.moment, one.seen)) for one in due)
    day = rule.Day(
        would_go=pauses.erased(span.begins, span.ends) + going + coming,
        allowed=max(policy.retention.pause_above, pauses.allowed(span.day.isoformat())),
        joins=pause is not None and "many" in pause.causes,
        restored=restored is not None,
    )
    about_to_go = [one for one in due if one.ready or one.erasure in taken]
    altered = altered_erasures(store, sealer, about_to_go) if sealer is not None else frozenset()
    unsafe = (
        (one, rule.pause_causes(day, one.moment, one.seen, again=one.again, altered=one.erasure in altered))
        for one in due
    )
    return Judged(span, day.would_go, coming, tuple((one, why) for one, why in unsafe if why), pause, restored)


def altered_erasures(store: Store, sealer: Sealer, due: Iterable[GoingCall]) -> frozenset[str]:
    """Return the erasures that rest on rows the log doesn't vouch for: the database was changed by hand."""
    rests = {one.erasure: one.rests_on for one in due}
    altered = store.not_vouched(sealer, frozenset[tuple[str, str]]().union(*rests.values()))
    return frozenset(erasure for erasure, rows in rests.items() if not rows.isdisjoint(altered))


@handler("retention.pause", clause="P12")
def pause_erasures(ctx: Context) -> Result[None]:
    """P12: judge once more in the transaction that pauses, so that two replicas make one card."""
    judged = judge_erasures(ctx.store, ctx.policy, ctx.now, ctx.keys.log_seal)
    if judged.pause is not None or not judged.erasures:
        return Result(None, quiet=True)
    row = ErasurePause(
        id=sealing.new_id("EP"), asked_at=ctx.now, line=ctx.policy.company.home_line, causes=judged.causes,
        day=judged.span.day.isoformat(), coming=judged.coming,
    )  # fmt: skip
    ctx.store.pauses.join(row.id, judged.erasures)
    asked, effects = asking.begin_asking(ctx, PauseCase.begin(ctx, row))
    schedule_next_morning(ctx, row)
    return Result(None, reminding.keep_for_morning(ctx, row, effects), row.id, {**asked, **_waiting_for_log(judged)})


@handler("retention.follow_pause", clause="P12", about="matter")
def follow_pause(ctx: Context, matter: str) -> Result[None]:
    """P12: add new unsafe erasures to the open pause; close it if nothing in it is waiting any more."""
    judged = judge_erasures(ctx.store, ctx.policy, ctx.now, ctx.keys.log_seal)
    row = judged.pause
    if row is None or row.id != matter:
        return Result(None, quiet=True)
    if judged.needs_change:
        row.causes, row.day, row.coming = judged.causes, judged.span.day.isoformat(), judged.coming
        ctx.store.pauses.join(row.id, judged.erasures)
        return Result(None, asking.bump_and_redraw(PauseCase.load(ctx, row.id)), detail=_waiting_for_log(judged))
    if ctx.store.pauses.has_audio_left(row.id):
        return Result(None, quiet=True)
    return _close_pause(ctx, PauseCase.load(ctx, row.id), OVER)


@handler("retention.continue", clause="P12", about=lambda pause: pause.partition(":")[0])
def continue_erasures(ctx: Context, pause: str) -> Result[None]:
    """P12: continue these erasures on one person's decision, even if they were kept before."""
    return _decide_pause(ctx, pause, CONTINUED)


@handler("retention.keep", clause="P12", about=lambda pause: pause.partition(":")[0])
def keep_audio(ctx: Context, pause: str) -> Result[None]:
    """P12: keep these calls on one person's decision: they stay closed until their moment moves ahead or Continue is
    pressed.
    """
    return _decide_pause(ctx, pause, KEPT)


def _decide_pause(ctx: Context, pressed: str, state: str) -> Result[None]:
    """Decide a pause; `pressed` names it and the revision that was seen."""
    pause, _, seen = pressed.partition(":")
    case, authority = PauseCase.load_for_decider(ctx, pause)
    row = case.matter
    rule.check_decidable(
        waits=row.is_open or (row.state == KEPT != state),
        seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
        revision=row.revision,
    )
    stepped_in = asking.take_part(ctx, case, authority)
    return _close_pause(ctx, case, state, {"number": case.waiting.number, **stepped_in}, ctx.me.id)


def _close_pause(
    ctx: Context, case: PauseCase, state: str, detail: dict[str, Any] | None = None, by: int | None = None
) -> Result[None]:  # fmt: skip
    """Close a pause in a state: continued, kept or over; `by` is who decided, None for the clock."""
    asking.close_matter(ctx, case.matter, state, by)
    return Result(None, asking.bump_and_redraw(case), detail={"state": state, **(detail or {})})


def _waiting_for_log(judged: Judged) -> dict[str, Any]:
    """Return the audit log's details of what waits from now on; `digest` is the SHA-256 of the erasures' ids."""
    digest = sha256("\n".join(sorted(judged.erasures)).encode()).hexdigest()
    return {
        "causes": judged.causes, "day": judged.span.day.isoformat(), "coming": judged.coming,
        "number": len(judged.erasures), "digest": digest,
    }  # fmt: skip
