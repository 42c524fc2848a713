"""P3: a notice that was seen and can't be seen any more is asked for; a no that was overruled is not asked about again for a hiccup."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.home import OpenHome
from storage.database.store import Store
from tests.handlers.builders import Company, ledger
from tests.handlers.notices.acts import answer, begun, checks, confirmed, looked, one, open_now, planned
from tests.handlers.passing_time import delivered, fall
from tests.handlers.reading import home_of, lines, seen

pytestmark = pytest.mark.long

IN_THE_PICTURE = "It is in the picture at the top."


async def _whys(company: Company) -> list[tuple[str, str]]:
    """Why the website's notice was asked for so far, and what became of it."""
    await planned(company)
    await fall(company)
    return [(check.why, check.state) for check in await checks(company) if check.notice == "website"]


async def _hours(company: Company, hours: int, said: str, *reasons: str) -> None:
    """So many hours go by, and each looks at the pages."""
    for _ in range(hours):
        company.clock.pass_(hours=1)
        await looked(company, said, *reasons)


async def _row(company: Company) -> str:
    told = lines(await home_of(company, company.ruth))
    return next(line for line in told if "Notice on the website" in line)


async def _seen_and_confirmed(company: Company) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "yes", "website:moved")
    await confirmed(company, matter, company.helena)


async def _overruled(company: Company) -> str:
    matter = (await begun(company))["website"]
    await looked(company, "no", "website:wording_missing")
    await answer(company, matter, company.helena, overrules=IN_THE_PICTURE)
    return matter


@pytest.mark.parametrize("why", ["slow", "status"])
async def test_p3_what_was_seen_and_can_not_be_seen_for_two_days_is_asked_for(company: Company, why: str) -> None:
    """The page had the words beside a script: without them it is no certain no, and so is a page that is away."""
    await _seen_and_confirmed(company)
    await _hours(company, 48, "unseen", f"website:{why}")
    assert await _whys(company) == [("first", "confirmed")]
    assert "✅" in await _row(company)
    await _hours(company, 1, "unseen", f"website:{why}")
    assert await _whys(company) == [("first", "confirmed"), ("lost", "waiting")]
    matter = await open_now(company, "website")
    assert matter is not None
    told = " ".join(lines(await seen(company, matter.id, company.helena)))
    assert "I saw the notice on its page and the link to it until Wed 25 Nov 2026, and can’t see them since." in told
    row = await _row(company)
    assert row.startswith("❓ Notice on the website · confirmed Wed 25 Nov 2026 by Helena Marsh")
    assert "I saw it until Wed 25 Nov 2026, and not since. · I looked: It could not be seen: " in row
    assert f"waits for Helena Marsh ({matter.id})" in row


async def test_p3_the_owners_word_counts_while_nothing_can_be_seen_and_until_it_is_lost_again(company: Company) -> None:
    await _seen_and_confirmed(company)
    await _hours(company, 50, "unseen", "website:slow")
    await _whys(company)
    matter = await open_now(company, "website")
    assert matter is not None
    company.clock.pass_(hours=1)
    await confirmed(company, matter.id, company.helena)
    await _hours(company, 60, "unseen", "website:slow")
    assert await _whys(company) == [("first", "confirmed"), ("lost", "confirmed")]
    assert "✅" in await _row(company)
    await _hours(company, 1, "yes")
    await _hours(company, 50, "unseen", "website:slow")
    assert (await _whys(company))[-1] == ("lost", "waiting")


async def test_p3_what_comes_back_within_two_days_or_was_never_seen_is_not_asked_for(company: Company) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "unseen", "website:slow")
    await confirmed(company, matter, company.helena)
    await _hours(company, 60, "unseen", "website:slow")
    assert await _whys(company) == [("first", "confirmed")]
    await _hours(company, 1, "yes")
    await _hours(company, 40, "unseen", "website:slow")
    await _hours(company, 1, "yes")
    await _hours(company, 40, "unseen", "website:slow")
    assert await _whys(company) == [("first", "confirmed")]


async def test_p3_a_look_of_a_clock_that_ran_ahead_puts_nothing_off(company: Company) -> None:
    await _seen_and_confirmed(company)
    company.clock.pass_(days=365)
    await looked(company, "unseen", "website:slow")
    company.clock.pass_(days=-365)
    await _hours(company, 50, "unseen", "website:slow")
    assert (await _whys(company))[-1] == ("lost", "waiting")


async def test_p3_a_no_that_was_overruled_is_not_asked_about_again_after_a_hiccup(company: Company) -> None:
    await _overruled(company)
    for reasons in (("website:slow",), ("website:status", "contact:slow")):
        await _hours(company, 1, "unseen", *reasons)
        await _hours(company, 1, "no", "website:wording_missing")
        assert await _whys(company) == [("first", "confirmed")]
    await _hours(company, 1, "no", "website:wording_missing", "contact:moved")  # a remark takes nothing from it
    assert await _whys(company) == [("first", "confirmed")]
    row = await _row(company)
    assert row.startswith("✅ Notice on the website · confirmed")
    assert f"I saw a no, Helena Marsh looked: “{IN_THE_PICTURE}”" in row


@pytest.mark.parametrize("between", [("unseen", "website:slow"), ("no", "website:wording_missing")])
async def test_p3_another_no_than_was_overruled_is_asked_about(company: Company, between: tuple[str, str]) -> None:
    matter = await _overruled(company)
    await _hours(company, 1, *between)
    await _hours(company, 1, "no", "website:wording_missing", "contact:link_missing")
    assert "⚠️" in await _row(company)
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]
    again = await open_now(company, "website")
    assert again is not None and again.id != matter
    told = " ".join(lines(await seen(company, again.id, company.helena)))
    assert "I looked at the pages after it was confirmed, and something there is not as it should be." in told


async def test_p3_so_is_the_same_no_once_the_words_had_been_there(company: Company) -> None:
    await _overruled(company)
    await _hours(company, 1, "yes")
    await _hours(company, 1, "no", "website:wording_missing")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]


async def test_p3_a_hiccup_while_the_clock_is_about_to_ask_puts_it_off_and_no_further(company: Company) -> None:
    await _overruled(company)
    for _ in range(2):
        await _hours(company, 1, "no", "contact:link_missing")
        await _hours(company, 1, "unseen", "website:slow")
        await fall(company)
    await _hours(company, 1, "no", "contact:link_missing")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]


async def test_p3_a_no_that_comes_after_nothing_could_be_seen_is_asked_about(company: Company) -> None:
    """Whoever confirmed it said nothing of a no."""
    matter = (await begun(company))["website"]
    await looked(company, "unseen", "website:slow")
    await answer(company, matter, company.helena, overrules="Never mind.")
    assert (await one(company, matter)).state == "confirmed"
    await _hours(company, 1, "no", "website:wording_missing")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]


async def test_p3_whoever_oversees_it_finds_at_home_that_it_is_lost(company: Company) -> None:
    await _seen_and_confirmed(company)
    await company.door.enter(OpenHome(), company.ruth)
    await _hours(company, 49, "unseen", "website:slow")
    await delivered(company)
    before = len(await ledger(company, company.ruth))
    await _whys(company)
    assert [one.kind for one in (await ledger(company, company.ruth))[before:]] == ["home"]


async def test_p3_when_it_was_seen_last_stays_on_the_card_whatever_is_seen_later(company: Company) -> None:
    await _seen_and_confirmed(company)
    await _hours(company, 50, "unseen", "website:slow")
    await _whys(company)
    matter = await open_now(company, "website")
    assert matter is not None
    company.clock.pass_(days=1)
    await looked(company, "yes")
    told = " ".join(lines(await seen(company, matter.id, company.helena)))
    assert "until Wed 25 Nov 2026" in told
    assert "I looked: The words are in the page’s text" in told
    assert "✅" in await _row(company)


async def test_p3_what_was_answered_no_is_not_told_as_lost(company: Company) -> None:
    await _seen_and_confirmed(company)
    await _hours(company, 50, "unseen", "website:slow")
    await _whys(company)
    matter = await open_now(company, "website")
    assert matter is not None
    await answer(company, matter.id, company.helena, exact="no")
    await _hours(company, 50, "unseen", "website:slow")
    row = await _row(company)
    assert row.startswith("⛔ Notice on the website · answered no")
    assert "I saw it until" not in row


@pytest.mark.by_hand
async def test_p3_where_a_clock_was_set_back_the_day_is_left_open(company: Company) -> None:
    company.clock.pass_(days=30)
    await _seen_and_confirmed(company)
    await _hours(company, 50, "unseen", "website:slow")
    await _whys(company)
    matter = await open_now(company, "website")
    assert matter is not None

    def back(store: Store) -> None:
        check = store.notices.get(matter.id)
        assert check is not None
        check.asked_at -= timedelta(days=60)

    await company.database.write(back)
    told = " ".join(lines(await seen(company, matter.id, company.helena)))
    assert "until some days ago, and can’t see them since." in told
