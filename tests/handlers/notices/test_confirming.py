"""P3: a notice is confirmed by its owner with evidence, every quarter and after a change; a no is asked about again."""

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import pytest

from handlers import form_introduction
from handlers.acting import CLOCK, Actor
from handlers.notices import steps
from handlers.notices.state import last_look
from handlers.notices.steps import is_due
from handlers.rules import Refused
from handlers.rules.notices import notice_digest
from tests.handlers.builders import POLICY, Company, audit, ledger, refusal, words_for
from tests.handlers.notices.acts import (
    answer,
    answering,
    begun,
    checks,
    enter,
    looked,
    one,
    open_now,
    planned,
    withdraw,
)
from tests.handlers.passing_time import digests, fall, pass_until
from tests.handlers.policy_review.acts import another
from tests.handlers.reading import card_of, detailed, labels, lines, listed, looking, seen, title, whole_of

pytestmark = pytest.mark.long


async def test_p3_what_no_one_ever_confirmed_is_asked_for_on_the_next_working_day(company: Company) -> None:
    found = await planned(company)
    assert set(found.values()) == {datetime(2026, 11, 24, 22, tzinfo=UTC)}  # Wednesday, 09:00 in Sydney
    assert await planned(company) == {}
    each = await begun(company)
    assert sorted(each) == ["outgoing", "phone", "website"]
    assert {(check.why, check.state) for check in await checks(company)} == {("first", "waiting")}
    for matter in each.values():
        assert await card_of(company, matter, company.helena) is not None
        assert await card_of(company, matter, company.ruth) is None
    assert [row.kind for row in await ledger(company, company.helena)] == ["digest"]
    [[heading, *rows]] = await digests(company, company.helena)
    assert (heading, len(rows)) == ("# 3 things for your attention", 3)


async def test_p3_a_yes_with_what_was_heard_confirms_it(company: Company) -> None:
    matter = (await begun(company))["phone"]
    card = await seen(company, matter, company.helena)
    assert title(card) == "⏳ Please confirm the phone announcement"
    assert "Australia and New Zealand: +61 2 8197 9000" in lines(card)
    assert labels(card) == ["Confirm"]
    await answer(company, matter, company.helena)
    card = await seen(company, matter, company.helena)
    assert title(card) == "✅ confirmed"
    assert labels(card) == []
    assert [entry[1:3] for entry in await audit(company, matter)] == [
        ("notices.open", "done"), ("notices.answer", "done"),
    ]  # fmt: skip


async def test_p3_a_no_tells_the_others_offers_an_outage_and_is_asked_about_again(company: Company) -> None:
    matter = (await begun(company))["phone"]
    await answer(company, matter, company.helena, answer="no", words="It came after the clerk said hello.")
    card = await seen(company, matter, company.helena)
    assert title(card) == "⛔ needs fixing"
    assert "⛔ You answered no, " in " ".join(lines(card))
    assert labels(card) == ["Enter an outage"]
    [told] = [words for words in await words_for(company, company.ruth) if "answered no" in words]
    assert told.startswith("Phone announcement: Helena Marsh answered no")
    assert await open_now(company, "phone") is None
    await pass_until(company, company.clock.now + timedelta(days=1))
    again = await open_now(company, "phone")
    assert again is not None and (again.why, again.id != matter) == ("no", True)
    assert labels(await seen(company, matter, company.helena)) == ["Enter an outage"]
    await answer(company, again.id, company.helena)
    assert labels(await seen(company, matter, company.helena)) == ["Enter an outage"]  # of the days until then
    shown = (await one(company, matter)).revision
    await enter(company, company.ruth, "2026-11-23", "2026-11-24")
    assert (await one(company, matter)).revision > shown
    assert labels(await seen(company, matter, company.helena)) == []


async def test_p3_no_copy_offers_an_outage_once_it_was_entered(company: Company) -> None:
    matter = (await begun(company))["phone"]
    await answer(company, matter, company.helena, answer="no", words="It came after the clerk said hello.")
    shown = (await one(company, matter)).revision
    entered = await enter(company, company.ruth, "2026-11-23", "2026-11-24")
    assert (await one(company, matter)).revision > shown
    assert "Enter an outage" not in str(lines(await detailed(company, matter, company.helena)))
    await withdraw(company, company.ruth, entered.outage)
    assert labels(await seen(company, matter, company.helena)) == ["Enter an outage"]


async def test_p3_a_changed_wording_is_asked_for_at_once_on_the_card_that_waits_or_a_new_one(company: Company) -> None:
    each = await begun(company)
    await answer(company, each["phone"], company.helena)
    before = await answering(company, each["website"])
    company.door.policy = another(("Calls are recorded for quality", "All calls are recorded for quality"))
    assert (await refusal(company, before, company.helena)).code == "changed"
    assert set(await planned(company)) == {"phone", "website"}
    await fall(company)
    again, website = await open_now(company, "phone"), await open_now(company, "website")
    assert again is not None and (again.why, again.id != each["phone"]) == ("changed", True)
    assert website is not None and (website.why, website.id) == ("changed", each["website"])
    card = await seen(company, each["website"], company.helena)
    assert any("All calls are recorded for quality" in line for line in lines(card))
    assert (await refusal(company, before, company.helena)).code == "changed", "a form that was opened before"
    assert await planned(company) == {}
    await answer(company, each["website"], company.helena)
    assert (await one(company, each["website"])).state == "confirmed"


async def test_p3_it_is_for_its_owner_and_no_one_else_learns_of_it(company: Company) -> None:
    matter = (await begun(company))["phone"]
    for who in (company.anna, company.tara, company.ruth):
        assert str(await refusal(company, await answering(company, matter), who)) == "I can’t find this notice."
    assert await whole_of(company, matter, company.ruth) is not None
    assert await whole_of(company, matter, company.tara) is None


async def test_p3_its_owner_is_reminded_each_week_until_then(company: Company) -> None:
    matter = (await begun(company))["phone"]
    await pass_until(company, company.clock.now + timedelta(days=15))
    told = [line for message in await digests(company, company.helena) for line in message]
    assert any("Please confirm the phone announcement now. It was due on Wed 25 Nov 2026" in line for line in told)
    reminded = [entry[4]["reminded"] for entry in await audit(company, matter) if entry[1] == "notices.remind"]
    assert reminded == [[company.helena.person_id]] * 2
    await answer(company, matter, company.helena)
    await company.door.enter(steps.remind_owner(matter), CLOCK)
    assert len([entry for entry in await audit(company, matter) if entry[1] == "notices.remind"]) == 2


async def test_p3_the_listed_head_and_manager_shows_each_notice_with_when_and_by_whom(company: Company) -> None:
    each = await begun(company)
    await answer(company, each["phone"], company.helena)
    told = " | ".join(lines(await listed(company, company.ruth)))
    assert "✅ Phone announcement · confirmed Wed 25 Nov 2026 by Helena Marsh" in told
    assert "❓ Notice on the website · never confirmed" in told
    assert f"waiting for Helena Marsh ({each['outgoing']})" in told
    assert "Notices to callers" not in " ".join(lines(await listed(company, company.tara)))
    assert await ledger(company, company.helena)


async def _whys(company: Company) -> list[tuple[str, str]]:
    """Why the website's notice was asked for so far, and what became of it."""
    await planned(company)
    await fall(company)
    return [(check.why, check.state) for check in await checks(company) if check.notice == "website"]


async def _days(company: Company, days: int, said: str, *reasons: str) -> None:
    """So many days go by, with a look on each."""
    for _ in range(days):
        company.clock.pass_(days=1)
        await looked(company, said, *reasons)


async def _seen_and_confirmed(company: Company) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "yes")
    await answer(company, matter, company.helena)


async def test_p3_what_is_gone_from_the_page_is_asked_about_at_once(company: Company) -> None:
    await _seen_and_confirmed(company)
    await _days(company, 1, "no", "contact:link_missing")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]
    matter = await open_now(company, "website")
    assert matter is not None
    told = " ".join(lines(await detailed(company, matter.id, company.helena)))
    assert "I looked at the pages after it was confirmed, and they don’t show it." in told
    assert "This is wrong: the Contact us page has no link to the notice." in told


async def test_p3_its_owners_word_counts_against_a_no_until_the_page_says_something_else(company: Company) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "no", "website:wording_missing")
    company.clock.pass_(minutes=1)
    await answer(company, matter, company.helena, words="It is in the picture at the top.")
    await _days(company, 3, "no", "website:wording_missing")
    assert await _whys(company) == [("first", "confirmed")]
    await _days(company, 1, "no", "website:wording_missing", "contact:link_missing")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]


async def test_p3_what_cannot_be_seen_for_two_days_is_asked_about_once(company: Company) -> None:
    await _seen_and_confirmed(company)
    await _days(company, 2, "unseen", "website:slow")
    assert await _whys(company) == [("first", "confirmed")]
    await _days(company, 1, "unseen", "website:status")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "waiting")]
    matter = await open_now(company, "website")
    assert matter is not None
    await answer(company, matter.id, company.helena)
    await _days(company, 5, "unseen", "website:slow")
    assert await _whys(company) == [("first", "confirmed"), ("seen", "confirmed")]


async def test_p3_a_page_that_comes_back_within_two_days_is_not_asked_about(company: Company) -> None:
    await _seen_and_confirmed(company)
    for _ in range(2):
        await _days(company, 2, "unseen", "website:slow")
        await _days(company, 1, "yes")
    assert await _whys(company) == [("first", "confirmed")]


async def test_p3_the_pages_are_looked_at_daily_and_when_the_wording_changes(company: Company) -> None:
    async def due() -> bool:
        return await company.database.read(lambda store: is_due(company.door.context(store, CLOCK)))

    assert await due()
    await looked(company, "yes")
    company.clock.pass_(hours=23)
    assert not await due()
    company.clock.pass_(hours=2)
    assert await due()
    await looked(company, "yes")
    company.clock.pass_(hours=-3)  # a clock that was set back
    assert await due()


async def test_p3_what_was_read_for_another_policy_counts_for_nothing(company: Company) -> None:
    await company.door.enter(steps.note_pages_seen("yes", (), "another"), CLOCK)
    assert await company.database.read(last_look) is None


async def test_p3_the_form_says_what_each_notice_should_say_until_it_is_answered(company: Company) -> None:
    def above(notice: str, matter: str, who: Actor) -> Awaitable[str]:
        about = f"{matter}:{notice_digest(POLICY, notice)[:8]}"
        return looking(company, who, lambda ctx: form_introduction(ctx, "notice_confirm", about))

    found, wanted = await begun(company), POLICY.notices
    told = {notice: await above(notice, matter, company.helena) for notice, matter in found.items()}
    assert wanted.announcement in told["phone"] and wanted.outgoing in told["outgoing"]
    assert wanted.website in told["website"] and wanted.contact in told["website"]
    await answer(company, found["phone"], company.helena)
    for notice, who, why in (
        ("phone", company.helena, "already been answered"),
        ("outgoing", company.anna, "can.t find"),
    ):
        with pytest.raises(Refused, match=why):
            await above(notice, found[notice], who)
