"""P14: the review that falls due is opened by the clock, reminded of, completed, and comes again."""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from handlers import BUTTONS
from handlers.acting import CLOCK, Context
from handlers.cards import Page
from handlers.policy_review import steps
from handlers.policy_review.state import supplied_next_review
from handlers.room import Shows
from tests.handlers.builders import POLICY, Company, audit, ledger, quiet, refusal, words_for
from tests.handlers.passing_time import delivered
from tests.handlers.policy_review.acts import (
    FIRST,
    another,
    at,
    coming,
    complete,
    declare,
    held,
    one,
    opened,
    reminded,
    reviews,
    start,
    tick,
)
from tests.handlers.reading import detailed, lines, listed, looking, seen, title

pytestmark = pytest.mark.long


DAY = timedelta(days=1)


async def test_p14_nothing_happens_until_60_days_before(company: Company) -> None:
    await start(company)
    assert await coming(company) == FIRST
    assert await at(company, FIRST - timedelta(seconds=1)) == 0
    assert await reviews(company) == []


async def test_p14_both_are_reminded_30_and_7_days_before_on_the_day_and_then_daily(company: Company) -> None:
    review = await opened(company)
    details = " ".join(lines(await detailed(company, review, company.helena)))
    assert "Reminders come 60, 30 and 7 days before it is due, then each working day" in details
    await delivered(company)
    told: list[datetime] = []
    words: dict[str, str] = {}
    for _ in range(70):
        company.clock.now += DAY
        if await tick(company):
            told.append(company.clock.now)
            words[f"{company.clock.now + DAY / 2:%m-%d}"] = await reminded(company, company.helena)
            assert await reminded(company, company.ruth) == await reminded(company, company.helena)
    assert [f"{one + DAY / 2:%m-%d}" for one in told[:5]] == ["06-01", "06-24", "07-01", "07-02", "07-03"]
    assert told[2:] == [told[2] + number * DAY for number in range(len(told) - 2)]
    of, end = "Reminder: the review of the call recording policy", f"({review}) [Details]"
    assert words["06-01"] == f"{of} is due on Sat 1 Jul 2028. {end}"
    assert words["07-03"] == f"{of} was due on Sat 1 Jul 2028. {end}"
    # 1 July is a Saturday: no one gets messages on a weekend, and on Monday it is one.
    sent = [row.queued_at for row in await ledger(company, company.ruth) if row.kind == "digest"]
    assert [f"{one + DAY / 2:%m-%d}" for one in sent[:4]] == ["06-01", "06-26", "07-03", "07-04"]


async def test_p14_a_review_that_is_open_is_not_opened_twice(company: Company) -> None:
    await opened(company)
    await company.door.enter(steps.open_review(), CLOCK)
    assert len(await reviews(company)) == 1


async def test_p14_a_completed_review_sets_the_next_and_is_reminded_of_no_more(company: Company) -> None:
    review = await opened(company)
    company.clock.now = datetime(2028, 6, 1, 3, tzinfo=UTC)
    await complete(company, review, company.ruth, on="2028-05-30", following="2030-01-15")
    row = await one(company, review)
    assert (row.state, row.held_on, row.next_on, row.completed_by) == (
        "completed", "2028-05-30", "2030-01-15", company.ruth.person_id,
    )  # fmt: skip
    card = lines(await detailed(company, review, company.helena))
    assert card[0] == "✅ Review of the call recording policy · completed by Ruth Adeyemi"
    assert card[1:7] == [
        "Completed <01 Jun 03:00>.", ": The policy stays as it is. All fits.", "Who took part: Helena and Ruth",
        "Due: Sat 1 Jul 2028", "Held: Tue 30 May 2028", "Next review: Tue 15 Jan 2030",
    ]  # fmt: skip
    assert title(await seen(company, review, company.ruth)).endswith("completed by you")
    assert (await coming(company), await coming(company, "policy_review.remind", review)) == (
        datetime(2029, 11, 15, 22, tzinfo=UTC),
        None,
    )
    await quiet(company, steps.complete_review(review, held("2028-05-30", "2030-01-15")), company.ruth)
    late = await refusal(company, steps.complete_review(review, held()), company.helena)
    assert str(late) == "This review was already completed by Ruth Adeyemi on Thu 1 Jun, 13:00 Sydney."
    company.clock.pass_(days=1)
    await company.door.enter(steps.remind_of_review(review), CLOCK)
    assert await words_for(company, company.helena) == []
    await at(company, datetime(2029, 11, 15, 22, tzinfo=UTC))
    assert [one.due_on for one in await reviews(company)] == ["2028-07-01", "2030-01-15"]


async def test_p14_no_one_else_completes_it_or_learns_that_it_is_there(company: Company) -> None:
    review = await opened(company)
    for who in (company.tara, company.henrik, company.miles):
        told = await refusal(company, steps.complete_review(review, held()), who)
        assert (str(told), told.code) == ("I can’t find this review.", "not_approver")
    assert (
        str(await refusal(company, steps.complete_review("PR-NONE", held()), company.ruth))
        == "I can’t find this review."
    )


async def test_p14_a_later_review_in_the_file_takes_its_place(company: Company) -> None:
    review = await opened(company)
    await start(company, another(("last: 2026-07-01", "last: 2028-04-30")))
    assert (await one(company, review)).covered_by == "file"
    card = lines(await seen(company, review, company.ruth))
    assert card[:2] == [
        "⌛ Review of the call recording policy · no longer needed",
        "The policy file names a later review, <01 May 23:00>.",
    ]
    assert await coming(company) == datetime(2030, 2, 28, 22, tzinfo=UTC)
    told = await refusal(company, steps.complete_review(review, held()), company.ruth)
    assert str(told) == "This review was already closed on Tue 2 May, 09:00 Sydney."


def test_p14_the_day_of_the_next_review_is_filled_in_where_it_was_left_empty() -> None:
    ctx = Context(None, POLICY, FIRST, CLOCK)  # type: ignore[arg-type]
    assert supplied_next_review(ctx, {"held": "2028-02-29"}) == {"held": "2028-02-29", "following": "2030-02-28"}
    assert supplied_next_review(ctx, {"held": "yesterday"}) == {}
    assert supplied_next_review(ctx, {}) == {"held": "2028-05-02", "following": "2030-05-02"}
    assert supplied_next_review(ctx, {"held": "9998-01-01"}) == supplied_next_review(ctx, {"held": "9999-12-31"}) == {}


SHIPPED = Path(__file__).parents[3] / "policy.yaml"
HOLDER = "holder: tara.lindqvist@fernhill.example"
TITLE = "Customer Success Specialist Team Leader"
UNEXPECTED = "If you didn’t expect this, please ask the policy’s owner."
EVERYBODY = ("anna", "bram", "tara", "deven", "helena", "henrik", "ruth", "miles")
PROMOTED = another((HOLDER, "holder: anna.quill@fernhill.example"))


async def _texts(company: Company) -> list[tuple[int, str]]:
    return await company.database.read(lambda store: [(one.number, one.digest) for one in store.policy_texts.all()])


async def _heard(company: Company) -> dict[str, list[str]]:
    found = {who: await words_for(company, company.people[who]) for who in EVERYBODY}
    return {who: words for who, words in found.items() if words}


async def test_p14_the_first_start_keeps_the_text_with_its_digest_and_tells_no_one(company: Company) -> None:
    digest = sha256(SHIPPED.read_bytes()).hexdigest()
    assert await start(company)
    assert await _texts(company) == [(1, digest)]
    detail = {"told": [], "digest": digest, "number": 1}
    assert await audit(company, "policy") == [("clock", "policy.in_force", "done", "P14", detail)]
    assert await _heard(company) == {}


async def test_p14_several_programs_that_start_at_once_keep_it_once_and_tell_each_once(company: Company) -> None:
    await start(company)
    company.door.policy = PROMOTED
    kept = await asyncio.gather(*(company.door.enter(steps.keep_policy_text(), CLOCK) for _ in range(4)))
    assert sorted(kept) == [False, False, False, True]
    assert len(await _texts(company)) == 2
    assert {len(words) for words in (await _heard(company)).values()} == {1}


async def test_p14_a_changed_holder_is_told_to_all_whom_it_concerns(company: Company) -> None:
    await start(company)
    await start(company, PROMOTED)
    words = (
        f"The policy file now names a different {TITLE}: Anna Quill and Deven Okafor. Before, it was Tara Lindqvist and "
        f"Deven Okafor. {UNEXPECTED}"
    )
    heard = await _heard(company)
    assert heard == {who: [words] for who in ("anna", "tara", "deven", "helena", "ruth")}
    detail = (await audit(company, "policy"))[-1][-1]
    assert detail["told"] == sorted(company.people[who].person_id or 0 for who in heard)


async def test_p14_a_change_of_head_and_manager_at_once_is_hidden_from_neither(company: Company) -> None:
    await start(company)
    both = another(
        ("holder: helena.marsh@", "holder: anna.quill@"),
        ("holder: ruth.adeyemi@", "holder: bram.tolliver@"),
        (HOLDER, "holder: quinn.abara@fernhill.example"),
    )
    await start(company, both)
    heard = await _heard(company)
    assert {"helena", "ruth", "anna", "bram", "tara"} <= set(heard)
    assert TITLE in heard["helena"][0]
    assert TITLE in heard["ruth"][0]


async def test_p14_what_is_waiting_shows_for_who_is_asked_and_who_declared_it(company: Company) -> None:
    review = await declare(company, company.helena, "no")
    ruth, helena = await listed(company, company.ruth), await listed(company, company.helena)
    assert "1 to do" in title(ruth)
    row = f"⏳ Is this change significant? (since <24 Nov 03:00> · {review}) [Details]"
    assert (lines(ruth).count(row), lines(helena).count(row)) == (1, 1)
    assert "nothing needs you" in title(helena)
    assert row not in lines(await listed(company, company.tara))


async def test_p14_details_of_what_was_decided_name_the_text_of_its_day(company: Company) -> None:
    await start(company)
    review = await declare(company, company.tara)
    details = BUTTONS["details"]
    assert isinstance(details, Shows)

    async def page() -> Page:
        return await looking(company, company.ruth, lambda ctx: details.page(ctx, review))

    assert "under the policy of" not in str((await page()).parts)
    await complete(company, review, company.ruth)
    assert "Decided under the policy of Tue 24 Nov 2026" in str((await page()).parts)
