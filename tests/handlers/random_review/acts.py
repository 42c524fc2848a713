"""What people and the clock do in a draw, for its tests (P10)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from handlers import listening
from handlers.acting import CLOCK, Actor
from handlers.random_review import reviews as random_review_reviews
from handlers.random_review import steps
from handlers.random_review.cards import published_file
from handlers.random_review.state import OutgoingForm, ReviewForm
from handlers.rules import draw_file
from handlers.rules.draw_file import Frozen, Sample, read_draw_file
from storage.records import Recording
from storage.tables.reviews import CallReview, Draw
from tests.handlers.builders import Company, call, email, player_of, register
from tests.handlers.passing_time import fall, pass_until

OPENS = datetime(2026, 11, 30, 22, tzinfo=UTC)  # Tuesday, 1 December, 9:00 in Sydney; frozen half an hour before
LATE = datetime(2026, 12, 2, 6, tzinfo=UTC)  # Wednesday, 17:00
SIGNATURE = "b713718a" * 12
MONTH = "2026-11"
SALES = {"department": "sales", "operator_name": "Doran Whitlock", "operator_key": email("Doran Whitlock")}


async def a_month(company: Company, number: int = 30, sales: int = 8) -> list[int]:
    """Register so many calls of November with Bram, and some of sales, every third one outgoing; three more were there
    before.
    """
    first = datetime(2026, 11, 3, 1, tzinfo=UTC)
    found = [
        call(
            1, native_id=f"n-{one}", started=first + timedelta(hours=7 * one), crm="",
            direction="outgoing" if one % 3 == 0 else "incoming", **(SALES if one >= number else {}),
        )
        for one in range(number + sales)
    ]  # fmt: skip
    return await register(company.door, *found)


async def frozen(company: Company) -> str:
    """Start the first working day of December; return the id of November's draw."""
    await company.door.enter(steps.schedule_draw(), CLOCK)
    await pass_until(company, OPENS)
    return (await the_draw(company)).id


async def drawn(company: Company) -> str:
    """Take the beacon's round ten minutes later; return the id of the draw."""
    draw = await frozen(company)
    await decided(company, draw)
    return draw


async def decided(company: Company, draw: str, signature: str = SIGNATURE) -> None:
    """Take the beacon's round; whether it is genuine was checked before the door."""
    await pass_until(company, max(company.clock.now, OPENS + timedelta(minutes=11)))
    await company.door.enter(steps.draw_with_beacon(draw, signature), CLOCK)
    await fall(company)


async def all_drawn(company: Company) -> str:
    """The same, with every call drawn, so that there is one of each kind."""
    values = company.door.policy.random_review.model_copy(update={"share_percent": 100.0})
    company.door.policy = company.door.policy.model_copy(update={"random_review": values})
    return await drawn(company)


def reviewer_of(company: Company, review: CallReview) -> Actor:
    return next(one for one in company.people.values() if one.person_id == review.reviewer)


async def heard(company: Company, review: CallReview) -> None:
    """Open the player as the reviewer, and send its audio."""
    opened_ = await player_of(company, review.id, reviewer_of(company, review))
    await company.door.enter(listening.note_served(opened_.grant, opened_.secret, review.recording_id, 0, 60), CLOCK)


async def reviewed(company: Company, review: CallReview, *, told: str = "yes") -> None:
    """Hear it as the reviewer, and review it; for an outgoing call, say whether the caller was told."""
    await heard(company, review)
    [call_] = await calls_of(company, [review])
    words: dict[str, Any] = {"good": "Clear and kind.", "training": "None."}
    outgoing = call_.direction == "outgoing"
    form = OutgoingForm.read({**words, "told": told}) if outgoing else ReviewForm.read(words)
    await company.door.enter(random_review_reviews.review_call(review.id, form), reviewer_of(company, review))


async def the_draw(company: Company, month: str = MONTH) -> Draw:
    found = await company.database.read(lambda store: store.matters.submitted(Draw, month))
    assert found is not None
    return found


async def frozen_of(company: Company, month: str = MONTH) -> Frozen:
    return Frozen.model_validate((await the_draw(company, month)).frozen)


async def reviews_of(company: Company, draw: str, state: str = "waiting") -> list[CallReview]:
    found = await company.database.read(lambda store: store.draws.reviews(draw))
    return [one for one in found if one.state == state]


async def file_of(company: Company, draw: str) -> Sample:
    """Return the month's file, which is correct except for the signature, which is made up here."""
    text = await company.database.read(lambda store: published_file(company.door.context(store, CLOCK), draw))
    assert text is not None
    sample = read_draw_file(text)
    assert list(draw_file.file_contradictions(sample, lambda *_: True)) == []
    return sample


def both(company: Company, review: CallReview) -> tuple[Actor, Actor]:
    mine, other = company.quinn, company.miles
    return (mine, other) if review.reviewer == mine.person_id else (other, mine)


async def calls_of(company: Company, reviews: list[CallReview]) -> list[Recording]:
    found = await company.database.read(lambda store: store.recordings.by_id(one.recording_id for one in reviews))
    return [found[one.recording_id] for one in reviews]


async def incoming(company: Company, draw: str) -> CallReview:
    return await of_direction(company, draw, "incoming")


async def outgoing(company: Company, draw: str) -> CallReview:
    return await of_direction(company, draw, "outgoing")


async def of_direction(company: Company, draw: str, direction: str) -> CallReview:
    reviews = await reviews_of(company, draw)
    calls = await company.database.read(lambda store: store.recordings.by_id(one.recording_id for one in reviews))
    return next(one for one in reviews if calls[one.recording_id].direction == direction)
