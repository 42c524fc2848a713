"""What erasure adds to the bot: the clock's work at a call's moment, the guard's pauses, certificates and lists (P12)."""

from datetime import timedelta

from handlers.acting import Context
from handlers.cards import Button, Row, Sign, When
from handlers.home import waiting_of
from handlers.matters.showing import MatterOf
from handlers.phrases import line_words
from handlers.retention import cards, erasing, guard
from handlers.room import Does, Lists, Room, Rows, Shows
from storage.records import Recording
from storage.tables.calls import Erasure, ErasurePause

LATELY = timedelta(days=30)


def retention_lists(ctx: Context) -> Lists:
    """List pauses to decide and recent certificates; people without a role have no such lists."""
    if ctx.me.id not in ctx.policy.seats.in_roles:
        return {}
    words = f"{Sign.ALARM} Erasures paused: continue or keep?"
    return {"waiting": lambda: waiting_of(ctx, ErasurePause, lambda _: words), "erased": lambda: _erased_list(ctx)}


def _erased_list(ctx: Context) -> Rows:
    number = ctx.store.erasures.count(ctx.now - LATELY) if erasing.answers_for_erasure(ctx) else 0
    return Rows("Erased, last 30 days", number, lambda most, skip: _certificate_rows(ctx, most, skip))


def _certificate_rows(ctx: Context, most: int, skip: int) -> list[Row]:
    """Return rows of recent certificates, for `Rows`."""
    found = ctx.store.erasures.newest(ctx.now - LATELY, most, skip)
    return [_certificate_row(ctx, erasure, recording) for erasure, recording in found]


def _certificate_row(ctx: Context, erasure: Erasure, recording: Recording) -> Row:
    """Return the row of an erased call, with the way to its certificate."""
    when = erasure.erased_at or erasure.closed_at
    label, zone = line_words(recording.line, ctx.policy)
    call = (f"{Sign.APPROVED} Call of ", When(recording.started, zone, ctx.now), f" · {recording.operator_name}")
    return Row(
        call, Button("certificate", "Certificate", erasure.id), (f"{label} · erased ", When(when, zone, ctx.now))
    )


PAUSES = MatterOf(guard.PauseCase, cards.pause_card, guard.pause_reminder_row)
ROOM = Room(
    "retention",
    buttons={
        "certificate": Shows(erasing.certificate_page, "Certificate"),
        "pause_continue": Does(guard.continue_erasures, "Continue"),
        "pause_keep": Does(guard.keep_audio, "Keep"),
    },
    due={"retention.late": erasing.warn_of_late, guard.REMIND: guard.remind_of_pause},
    matter=PAUSES,
    lists=retention_lists,
)
