"""P10: whoever has drawn calls to review holds the draw's card and is reminded, however the calls came to them."""

import pytest

from handlers import listening
from handlers.acting import CLOCK
from handlers.policy import Policy
from handlers.random_review import room
from tests.handlers.builders import NAMES, POLICY, Company, account, email, ledger, meet, refusal, words_for
from tests.handlers.passing_time import delivered, digests, fall, lives_in, pass_until
from tests.handlers.random_review.acts import a_month, decided, drawn, frozen, reviewed, reviews_of, the_draw
from tests.handlers.reading import title, whole_of
from tests.reconciled import findings

pytestmark = pytest.mark.long

ONES = "come to you to review now, until"
UNREACHED = "I can't reach any reviewer"


def reviewed_by(*names: str) -> Policy:
    """The policy with these reviewers, by their short names."""
    held = POLICY.roles.reviewers.model_copy(update={"holders": tuple(email(NAMES[one]) for one in names)})
    return POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"reviewers": held})})


async def looked_at(company: Company, draw: str) -> None:
    """What each change of roles leads to: every call, and then the draw, is looked at once more."""
    for one in await reviews_of(company, draw):
        await company.door.enter(room.REVIEWS_OF_CALLS.recheck(one.id), CLOCK)
    await company.door.enter(room.DRAWS.recheck(draw), CLOCK)
    await fall(company)


async def whose(company: Company, draw: str) -> set[int | None]:
    return {one.reviewer for one in await reviews_of(company, draw)}


async def came_later(company: Company, short: str) -> list[str]:
    return [one for one in await words_for(company, company.people[short]) if ONES in one]


async def reminded(company: Company, short: str) -> list[str]:
    return [line for told in await digests(company, company.people[short]) for line in told if "left to review" in line]


async def test_p10_a_reviewer_named_since_gets_the_card_and_is_reminded(company: Company) -> None:
    """P10: by a hand-over, one call after the other; in a zone where nobody of before is reminded."""
    await lives_in(company, company.cora, "Europe/London")
    await a_month(company)
    draw = await drawn(company)
    await delivered(company)
    company.door.policy = reviewed_by("quinn", "cora")
    await looked_at(company, draw)
    await delivered(company)
    assert company.cora.person_id in await whose(company, draw)
    assert company.miles.person_id not in await whose(company, draw)
    assert await came_later(company, "cora") == []  # the card itself is new
    assert await came_later(company, "quinn") == []
    card = await whole_of(company, draw, company.cora)
    assert card is not None
    assert "for you to review" in title(card)
    until = (await the_draw(company)).review_until
    assert until is not None
    await pass_until(company, until)
    assert len([one for one in await ledger(company, company.cora) if one.kind == "digest"]) == 3
    assert await findings(company.database) == []


async def test_p10_whoever_had_reviewed_all_is_told_of_calls_that_come_later(company: Company) -> None:
    """An edited card counts as read, and this reviewer was done."""
    await a_month(company)
    draw = await drawn(company)
    await delivered(company)
    mine = [one for one in await reviews_of(company, draw) if one.reviewer == company.quinn.person_id]
    calls = await company.database.read(lambda store: store.recordings.by_id(one.recording_id for one in mine))
    for one in mine:
        await reviewed(company, one, told="yes" if calls[one.recording_id].direction == "outgoing" else "")
    company.door.policy = reviewed_by("quinn")
    await looked_at(company, draw)
    assert await whose(company, draw) == {company.quinn.person_id}
    assert len(await came_later(company, "quinn")) == 1
    assert await findings(company.database) == []


async def test_p10_calls_that_found_no_reviewer_go_to_the_first_who_is_there_again(company: Company) -> None:
    await a_month(company)
    draw = await frozen(company)
    for short in ("quinn", "miles"):
        await meet(company.door, account(f"U{short.upper()}", NAMES[short], "deactivated"))
    await decided(company, draw)
    company.clock.pass_(minutes=1)
    await meet(company.door, account("UQUINN", NAMES["quinn"]))
    await company.door.enter(room.DRAWS.recheck(draw), CLOCK)
    assert await whose(company, draw) == {company.quinn.person_id}
    assert await whole_of(company, draw, company.quinn) is not None


async def test_p10_where_all_reviewers_are_replaced_their_calls_go_to_the_new_ones(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    before = await reviews_of(company, draw)
    company.door.policy = reviewed_by("cora")
    await looked_at(company, draw)
    assert await whose(company, draw) == {company.cora.person_id}
    assert len(await reviews_of(company, draw)) == len(before)
    for one in before:
        reader = company.quinn if one.reviewer == company.quinn.person_id else company.miles
        assert (await refusal(company, listening.make_listen_code(one.id), reader)).code == "lost"
    assert not any(UNREACHED in one for one in await words_for(company, company.helena))
    assert await findings(company.database) == []
