"""What the delivery asks of the store: take effects that are due, and write into the ledger what became of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.acting import LEASE, Context, Effect, Home, Result, Show, Unreadable, decode_effect, handler, seal_of
from handlers.sealing import Keys
from storage.outbox import TakenEffect
from storage.records import ChatAccount, Copy, Person


@dataclass(frozen=True, slots=True)
class MessageReference:
    """The message that is a person's copy of a card: where the platform finds it, and which revision it shows."""

    matter: str
    platform: str
    conversation: str
    message: str
    revision: int


@dataclass(frozen=True, slots=True)
class Job:
    """An effect leased by this process for `LEASE`, the person it is for, and that person's accounts by platform.

    `began` is when an attempt at it was first made; `shown` is where the card went that was shown just before it.
    """

    taken: TakenEffect
    effect: Effect
    person: Person
    accounts: dict[str, ChatAccount]
    began: datetime | None = None
    shown: MessageReference | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that was taken but can't be carried out; `code` is one of the words below."""

    taken: TakenEffect
    code: str


UNREADABLE, NOBODY, NOT_OURS = "unreadable", "no_person", "not_ours"
OURS = {
    UNREADABLE: "isn’t something I can send, so I didn’t",
    NOBODY: "is for a person whose row I can’t read, and is kept until I can",
    NOT_OURS: "was put into the outbox or changed by hand, so I didn’t send it",
    "gave_up_fault": "could not be drawn, so I gave up",
    "not_recorded": "was sent, but I couldn’t note where it is",
}
"""What went wrong on our side with an effect, by its code in the ledger."""
ALONE = frozenset({NOBODY, "fault"})
"""Codes of rows that wait alone: other effects for the same person don't wait behind them."""
_Known = tuple[Person, dict[str, ChatAccount]]
"""A person, and their accounts by platform."""


@handler("delivery.claim")
def claim_effects(ctx: Context, due: Sequence[str]) -> Result[list[Job | Broken]]:
    """Lease effects, so that none is carried out twice; those of a dead process come back after the lease."""
    return Result(_jobs_of(ctx, ctx.store.outbox.claim(due, ctx.now, LEASE)), quiet=True)


def effects_taken_over(ctx: Context, ids: Sequence[str]) -> list[Job | Broken]:
    """Return those of these effects that were leased to this process when it queued them."""
    return _jobs_of(ctx, ctx.store.outbox.leased(ids, ctx.now))


def _jobs_of(ctx: Context, taken: Sequence[TakenEffect]) -> list[Job | Broken]:
    """Return a job for each row taken from the outbox, or what is wrong with it."""
    people = ctx.store.people.reached({one.person_id for one in taken})
    return [_job_of(ctx.keys, one, people) for one in taken]


def _job_of(keys: Keys, taken: TakenEffect, people: Mapping[int, _Known]) -> Job | Broken:
    """Return the job for a row of the outbox, or what is wrong with it."""
    try:
        effect = decode_effect(taken.kind, taken.person_id, taken.payload)
    except Unreadable:
        return Broken(taken, UNREADABLE)
    if taken.person_id not in people:
        return Broken(taken, NOBODY)
    if taken.seal != seal_of(keys, taken.id, taken.kind, taken.person_id, taken.payload):
        return Broken(taken, NOT_OURS)
    return Job(taken, effect, *people[taken.person_id])


@handler("delivery.done", about="outgoing")
def note_delivered(
    ctx: Context, outgoing: str, state: str, platform: str, about: str = "", reference: MessageReference | None = None,
    homes: tuple[str, ...] = (),
) -> Result[str | None]:  # fmt: skip
    """Settle the row of the outbox, and keep the message that is the copy now.
    Return the id of the effect that waited behind it, or None. `homes` are the platforms at which the person's home is
    redrawn.
    """
    kind, person, next_effect = ctx.store.outbox.settle(outgoing, state, "", ctx.now, platform)
    if reference is not None:
        copy = Copy(
            matter=reference.matter, person_id=person, platform=reference.platform, drawn_at=ctx.now,
            conversation=reference.conversation, message=reference.message, revision=reference.revision,
        )  # fmt: skip
        copy.seal = seal_of_copy(ctx.keys, copy)
        ctx.store.outbox.remember(copy)
    detail = {"kind": kind, "person": person, "state": state, "platform": platform, "about": about}
    effects = tuple(Home(person, one) for one in homes)
    return Result(next_effect, effects, detail=detail, quiet=state == "superseded")


def copy_of(ctx: Context, matter: str, person: int) -> Copy | None:
    """Return the message that is this person's copy of a card; None if there is none, or if its seal is wrong."""
    copy = ctx.store.outbox.copy(matter, person)
    return copy if copy is not None and copy.seal == seal_of_copy(ctx.keys, copy) else None


def copies_of(ctx: Context, matter: str) -> dict[int, Copy]:
    """Return what `copy_of` returns for each person with a copy, read once for all its readers."""
    found = ctx.store.once(("copies", matter), lambda: ctx.store.outbox.copies(matter))
    return {one.person_id: one for one in found if one.seal == seal_of_copy(ctx.keys, one)}


def seal_of_copy(keys: Keys, copy: Copy) -> str:
    """Seal a copy: whose message it is and where it is."""
    return keys.mark(
        "copy", copy.matter, str(copy.person_id), copy.platform, copy.conversation, copy.message, str(copy.revision)
    )


@handler("delivery.postpone", about="outgoing")
def postpone_effect(ctx: Context, outgoing: str, code: str, until: datetime, *, free: bool = False) -> Result[None]:
    """Postpone an effect together with those that must follow it; one that can't be carried out (`ALONE`) holds up
    nothing. With `free`, the try doesn't count.
    """
    ctx.store.outbox.postpone(outgoing, code, until, free=free)
    if code in ALONE:
        ctx.store.outbox.step_aside(outgoing, ctx.now)
    return Result(None, quiet=True)


@handler("delivery.put_back", about="outgoing")
def put_back(ctx: Context, outgoing: str) -> Result[None]:
    """Return an effect to the queue: it was taken along with an earlier one that couldn't be carried out."""
    ctx.store.outbox.put_back(outgoing)
    return Result(None, quiet=True)


@handler("delivery.fail", about="outgoing")
def note_failed(ctx: Context, outgoing: str, code: str, reminders: tuple[str, ...] = ()) -> Result[None]:
    """Note that an effect failed, with the platform's code, in the outbox and the audit log.

    If a morning message failed (`reminders` are the ids of what it held), its cards are sent one by one instead, so that each one that can't be delivered goes to
    the next person (P7).
    """
    kind, person, _ = ctx.store.outbox.settle(outgoing, "failed", code, ctx.now)
    detail = {"kind": kind, "person": person, "code": code}
    return Result(None, tuple(_cards_instead(ctx, person, reminders)), detail=detail)


def _cards_instead(ctx: Context, person: int, reminders: tuple[str, ...]) -> Iterator[Effect]:
    """Yield the cards of matters in these reminders that are waiting for this person."""
    named = {one.matter_id for one in ctx.store.reminders.named(reminders)}
    for matter in ctx.store.matters.all_waiting_for(person):
        if matter.id in named:
            yield Show(person, matter.id, matter.revision, f"{ctx.now:%Y%m%d%H%M%S%f}")
