"""P3: a notice is confirmed by its owner with evidence, every quarter and after a change; a no is asked about again."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.notices import steps
from tests.handlers.builders import Company, audit, ledger, refusal, words_for
from tests.handlers.notices.acts import another, answer, answering, begun, checks, confirmed, one, open_now, planned
from tests.handlers.passing_time import digests, fall, pass_until
from tests.handlers.reading import card_of, labels, lines, listed, seen, title, whole_of

pytestmark = pytest.mark.long


async def test_p3_what_nobody_ever_confirmed_is_asked_for_on_the_next_working_day(company: Company) -> None:
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
    assert (heading, len(rows)) == ("# 3 things need your attention", 3)


async def test_p3_a_yes_with_what_was_heard_confirms_it(company: Company) -> None:
    matter = (await begun(company))["phone"]
    card = await seen(company, matter, company.helena)
    assert title(card) == "⏳ waiting for you"
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
    [told] = [words for words in await words_for(company, company.ruth) if matter in words]
    assert told.startswith("Phone announcement: Helena Marsh answered no")
    assert await open_now(company, "phone") is None
    await pass_until(company, company.clock.now + timedelta(days=1))
    again = await open_now(company, "phone")
    assert again is not None and (again.why, again.id != matter) == ("no", True)


@pytest.mark.soak
async def test_p3_it_is_asked_for_again_after_so_many_calendar_months(company: Company) -> None:
    matter = (await begun(company))["outgoing"]
    await answer(company, matter, company.helena)
    await pass_until(company, datetime(2027, 2, 24, 21, 59, tzinfo=UTC))
    assert await open_now(company, "outgoing") is None
    await pass_until(company, datetime(2027, 2, 24, 22, tzinfo=UTC))  # 25 February, 09:00 in Sydney
    again = await open_now(company, "outgoing")
    assert again is not None and again.why == "quarter"


async def test_p3_a_changed_wording_is_asked_for_at_once_on_the_card_that_waits_or_a_new_one(company: Company) -> None:
    each = await begun(company)
    await confirmed(company, each["phone"], company.helena)
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


async def test_p3_it_is_for_its_owner_and_nobody_else_learns_of_it(company: Company) -> None:
    matter = (await begun(company))["phone"]
    for who in (company.anna, company.tara, company.ruth):
        assert str(await refusal(company, await answering(company, matter), who)) == "I can't find this notice."
    assert await whole_of(company, matter, company.ruth) is not None
    assert await whole_of(company, matter, company.tara) is None


async def test_p3_its_owner_is_reminded_each_week_until_then(company: Company) -> None:
    matter = (await begun(company))["phone"]
    await pass_until(company, company.clock.now + timedelta(days=15))
    told = [line for message in await digests(company, company.helena) for line in message]
    assert any("waiting for you since Wed 25 Nov 2026" in line for line in told)
    reminded = [entry[4]["reminded"] for entry in await audit(company, matter) if entry[1] == "notices.remind"]
    assert reminded == [[company.helena.person_id]] * 2
    await confirmed(company, matter, company.helena)
    await company.door.enter(steps.remind_owner(matter), CLOCK)
    assert len([entry for entry in await audit(company, matter) if entry[1] == "notices.remind"]) == 2


async def test_p3_the_listed_head_and_manager_shows_each_notice_with_when_and_by_whom(company: Company) -> None:
    each = await begun(company)
    await confirmed(company, each["phone"], company.helena)
    told = " | ".join(lines(await listed(company, company.ruth)))
    assert "✅ Phone announcement · confirmed Wed 25 Nov 2026 by Helena Marsh" in told
    assert "❓ Notice on the website · never confirmed" in told
    assert f"waiting for Helena Marsh ({each['outgoing']})" in told
    assert "Notices to callers" not in " ".join(lines(await listed(company, company.tara)))
    assert await ledger(company, company.helena)
