"""P11, C1: the log says of draws ids and hashes only, and whoever changes by hand what is stored of them is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from handlers import listening, open_form, recordings
from handlers.acting import CLOCK, DELIVERY
from handlers.handling import HANDLERS
from handlers.random_review import reviews, room, steps
from handlers.random_review.state import OutgoingForm, ReviewForm
from storage.tables.reviews import CallReview
from tests.handlers.builders import Company, call, ledger, register
from tests.handlers.passing_time import pass_until
from tests.handlers.random_review.acts import a_month, drawn, reviews_of, the_draw

pytestmark = pytest.mark.soak

CANARY = "Canary-7f3a"


async def _eventful(company: Company) -> None:
    """Two months: every word has the canary in it, and every step of the room was taken."""
    await a_month(company)
    draw = await drawn(company)
    first, second, third, *_ = await reviews_of(company, draw)
    whose = {one.person_id: one for one in (company.quinn, company.miles)}
    opened = await company.door.enter(
        listening.exchange_code(await company.door.enter(listening.make_listen_code(first.id), whose[first.reviewer])),
        CLOCK,
    )
    await company.door.enter(listening.note_served(opened.grant, opened.secret, first.recording_id, 0, 10), CLOCK)
    await company.door.enter(listening.note_heard(opened.grant, opened.secret, first.recording_id, 0, 10), CLOCK)
    await company.door.enter(open_form("call_review", first.id, post=True), whose[first.reviewer])
    await company.door.enter(
        reviews.review_call(first.id, _form(first, await _direction(company, first))), whose[first.reviewer]
    )
    company.door.policy = company.door.policy.model_copy(update={"announcements_down": ()})
    await company.door.enter(room.DRAWS.recheck(draw), CLOCK)
    await _declined(company, third)
    await company.door.enter(reviews.replace_lost(draw), CLOCK)
    await company.door.enter(room.REVIEWS_OF_CALLS.recheck(second.id), CLOCK)
    card = next(one for one in await ledger(company, company.quinn) if one.payload.get("matter") == draw)
    await company.door.enter(
        room.DRAWS.reroute(draw, company.quinn.person_id or 0, "user_disabled", card.id, None), DELIVERY
    )
    await company.door.enter(
        room.REVIEWS_OF_CALLS.reroute(first.id, company.quinn.person_id or 0, "user_disabled", card.id, None), DELIVERY
    )
    await company.door.enter(room.find_file(draw), company.miles)
    await _without_the_beacon(company)


async def _without_the_beacon(company: Company) -> None:
    started = datetime(2026, 12, 10, 3, tzinfo=UTC)
    calls = (call(1, native_id=f"d-{one}", started=started + timedelta(hours=one)) for one in range(9))
    await pass_until(company, started + timedelta(days=7))
    await register(company.door, *calls)
    await pass_until(company, datetime(2027, 1, 4, 0, tzinfo=UTC))
    draw = (await the_draw(company, "2026-12")).id
    await company.door.enter(steps.note_trouble(draw, "forged"), CLOCK)
    await pass_until(company, datetime(2027, 1, 6, 0, tzinfo=UTC))
    await company.door.enter(steps.draw_with_number(draw), company.helena)
    await pass_until(company, company.clock.now + timedelta(days=20))


async def test_p11_the_log_says_ids_and_hashes_only_of_draws(company: Company) -> None:
    await _eventful(company)
    found = await company.database.read(lambda store: list(store.audit.rows()))
    rows = [one for one in found if one["action"] != "test.seed"]
    for one in rows:
        told = json.dumps(one, ensure_ascii=False).casefold()
        for secret in (CANARY.casefold(), "fernhill", "quinn", "tolliver", "+61"):
            assert secret not in told, one
    ours = {one["action"] for one in rows if one["action"].startswith("random_review.")}
    quiet = {
        f"random_review.{one}"
        for one in (
            "recheck",
            "begin",
            "file",
            "schedule",
            "round",
            "reroute_review",
            "recheck_review",
        )
    }
    assert ours | quiet == {kind.action for kind in HANDLERS if kind.action.startswith("random_review.")}


def _form(review: CallReview, direction: str) -> ReviewForm:
    words = {"good": f"Good {CANARY}", "training": f"None {CANARY}"}
    return OutgoingForm.read({**words, "told": "no"}) if direction == "outgoing" else ReviewForm.read(words)


async def _direction(company: Company, review: CallReview) -> str:
    found = await company.database.read(lambda store: store.recordings.by_id([review.recording_id]))
    return found[review.recording_id].direction


async def _declined(company: Company, review: CallReview) -> None:
    """Its customer declined, as the recording system's own change would show it: the call is gone."""
    call = (await company.database.read(lambda store: store.recordings.by_id([review.recording_id])))[
        review.recording_id
    ]
    await company.door.enter(recordings.register_calls(call.system, (), [call.native_id]), CLOCK)
