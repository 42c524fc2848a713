"""P3: a notice is confirmed by its owner with evidence, line by line; a single no ends it, and it is asked for anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.notices.forms import PhoneForm, WebsiteForm
from handlers.notices.intents import Answer
from tests.handlers.builders import AU, UK, Company, audit, ledger, quiet, refusal, words_for
from tests.handlers.notices.acts import (
    another,
    answer,
    begun,
    checks,
    confirmed,
    looked,
    one,
    open_now,
    planned,
)
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.reading import card_of, home_of, labels, lines, seen, title, whole_of

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


async def test_p3_a_phone_line_is_answered_for_by_itself_and_the_notice_once_all_are(company: Company) -> None:
    matter = (await begun(company))["phone"]
    card = await seen(company, matter, company.helena)
    assert title(card) == "⏳ Phone announcement · to be confirmed by you"
    assert labels(card) == ["Confirm"]
    await answer(company, matter, company.helena, line=AU)
    told = lines(await seen(company, matter, company.helena))
    assert "Australia and New Zealand (+61 2 8197 9000): answered" in told
    assert "UK, Europe and North America (+44 20 3695 3777): to be rung" in told
    await answer(company, matter, company.helena, line=UK)
    card = await seen(company, matter, company.helena)
    assert title(card) == "✅ Phone announcement · confirmed"
    assert labels(card) == []
    assert [entry[1:3] for entry in await audit(company, matter)] == [
        ("notices.open", "done"), ("notices.answer", "done"), ("notices.answer", "done"),
    ]  # fmt: skip


async def test_p3_a_no_ends_it_tells_the_others_offers_an_outage_and_is_asked_for_anew(company: Company) -> None:
    matter = (await begun(company))["phone"]
    await answer(company, matter, company.helena, before="no", words="It came after the clerk said hello.")
    card = await seen(company, matter, company.helena)
    assert title(card) == "⛔ Phone announcement · not as it should be"
    assert (
        "⛔ Australia and New Zealand: in these words · NOT before anybody answered · all of it. You answered, "
        in " ".join(lines(card))
    )
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


async def test_p3_a_changed_wording_is_asked_for_at_once_and_what_waited_is_over(company: Company) -> None:
    each = await begun(company)
    await confirmed(company, each["phone"], company.helena)
    company.door.policy = another(("Calls are recorded for quality", "All calls are recorded for quality"))
    assert set(await planned(company)) == {"phone", "website"}
    await fall(company)
    states = {check.id: check.state for check in await checks(company)}
    assert (states[each["phone"]], states[each["website"]], states[each["outgoing"]]) == (
        "confirmed",
        "over",
        "waiting",
    )
    again = await open_now(company, "phone")
    assert again is not None and again.why == "changed"
    card = await seen(company, each["website"], company.helena)
    assert title(card) == "⌛ Notice on the website · asked for anew"
    told = await refusal(company, Answer(each["website"], _website()), company.helena)
    assert "has changed since this was asked for" in str(told)


async def test_p3_a_wording_that_changed_in_this_moment_is_not_confirmed_by_the_old_card(company: Company) -> None:
    each = await begun(company)
    company.door.policy = another(("Before we begin", "Before we start"))
    told = await refusal(company, Answer(each["outgoing"], _phone()), company.helena)
    assert told.code == "changed"


async def test_p3_nobody_confirms_against_what_the_page_is_seen_to_say_without_saying_why(company: Company) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "no", "website:wording_missing")
    told = lines(await seen(company, matter, company.helena))
    assert [
        line
        for line in told
        if "It is not as it should be: the page with the notice does not contain these words." in line
    ]
    refused = await refusal(company, Answer(matter, _website()), company.helena)
    assert list(refused.fields) == ["overrules"]
    assert refused.fields["overrules"].startswith("I looked, and saw a no;")
    await looked(company, "unseen", "website:slow")
    await answer(company, matter, company.helena)
    assert (await one(company, matter)).state == "confirmed"


async def test_p3_whoever_looked_with_own_eyes_overrules_what_was_seen_and_both_stand_side_by_side(
    company: Company,
) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "no", "website:wording_missing")
    await answer(company, matter, company.helena, overrules="It is in the picture at the top.")
    assert (await one(company, matter)).state == "confirmed"
    told = lines(await seen(company, matter, company.helena))
    assert "❓ I saw a no, you looked: “It is in the picture at the top.”" in told
    home = " | ".join(lines(await home_of(company, company.ruth)))
    assert "I saw a no, Helena Marsh looked: “It is in the picture at the top.”" in home
    assert "✅ Notice on the website · confirmed" in home
    assert await planned(company) == {}
    company.clock.pass_(days=1)
    await looked(company, "no", "contact:link_missing")
    assert "⚠️ Notice on the website · confirmed" in " | ".join(lines(await home_of(company, company.ruth)))
    await fall(company)
    again = await open_now(company, "website")
    assert again is not None and again.why == "seen"


async def test_p3_words_against_what_was_seen_are_kept_only_where_there_was_a_no(company: Company) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "yes", "website:moved")
    await answer(company, matter, company.helena, overrules="Never mind.")
    assert "I saw a no" not in " ".join(lines(await seen(company, matter, company.helena)))


async def test_p3_what_is_gone_from_the_page_is_asked_for_at_once(company: Company) -> None:
    matter = (await begun(company))["website"]
    await looked(company, "yes")
    await answer(company, matter, company.helena)
    company.clock.pass_(days=2)
    await looked(company, "no", "contact:link_missing")
    await fall(company)
    again = await open_now(company, "website")
    assert again is not None and again.why == "seen"


async def test_p3_it_is_for_its_owner_and_nobody_else_learns_of_it(company: Company) -> None:
    matter = (await begun(company))["phone"]
    for who in (company.anna, company.tara, company.ruth):
        assert str(await refusal(company, Answer(matter, _phone()), who)) == "I can't find this notice."
    assert await whole_of(company, matter, company.ruth) is not None
    assert await whole_of(company, matter, company.tara) is None


async def test_p3_two_presses_at_once_are_one_answer(company: Company) -> None:
    matter = (await begun(company))["phone"]
    await answer(company, matter, company.helena, line=AU)
    await quiet(company, Answer(matter, _phone(company)), company.helena)
    other = PhoneForm.read({**_told(company), "words": "Another story."})
    assert (await refusal(company, Answer(matter, other), company.helena)).fields == {
        "line": "This line was answered for already. Please choose another one."
    }


@pytest.mark.parametrize(("on_day", "told"), [("2026-11-26", "yet to come"), ("2026-11-17", "too long ago")])
async def test_p3_the_day_of_the_evidence_is_near(company: Company, on_day: str, told: str) -> None:
    matter = (await begun(company))["phone"]
    refused = await refusal(
        company, Answer(matter, PhoneForm.read({**_told(company), "on_day": on_day})), company.helena
    )
    assert told in refused.fields["on_day"]


async def test_p3_silence_is_reminded_of_each_working_day_and_then_brings_in_the_next_one(company: Company) -> None:
    matter = (await begun(company))["phone"]
    assert await card_of(company, matter, company.ruth) is None
    await pass_until(company, company.clock.now + timedelta(days=6))  # Tuesday: four working days
    assert await card_of(company, matter, company.ruth) is None
    await pass_until(company, company.clock.now + timedelta(days=1))
    card = await card_of(company, matter, company.ruth)
    assert card is not None and labels(card) == ["Confirm"]
    reminded = [entry for entry in await audit(company, matter) if entry[1] == "notices.remind"]
    assert [len(entry[4]["asked"]) for entry in reminded] == [0, 0, 0, 0, 1]
    await confirmed(company, matter, company.ruth)
    assert (await one(company, matter)).state == "confirmed"


async def test_p3_the_home_of_head_and_manager_shows_each_notice_with_when_by_whom_and_with_what(
    company: Company,
) -> None:
    each = await begun(company)
    await confirmed(company, each["phone"], company.helena)
    await looked(company, "unseen", "website:slow", "contact:slow")
    told = " | ".join(lines(await home_of(company, company.ruth)))
    assert (
        "✅ Phone announcement · confirmed Wed 25 Nov 2026 by Helena Marsh (Australia and New Zealand: “Rang from my mobile.”"
        in told
    )
    assert (
        "❓ Notice on the website · never confirmed (I looked: It could not be seen: the page with the notice took too long;"
        in told
    )
    assert f"waits for Helena Marsh ({each['outgoing']})" in told
    assert "Notices to callers" not in " ".join(lines(await home_of(company, company.tara)))
    assert await ledger(company, company.helena)


def _told(company: Company | None = None) -> dict[str, str]:
    return {
        "line": AU,
        "on_day": "2026-11-25",
        "exact": "yes",
        "before": "yes",
        "whole": "yes",
        "words": "Rang from my mobile.",
    }


def _phone(company: Company | None = None) -> PhoneForm:
    return PhoneForm.read(_told(company))


def _website() -> WebsiteForm:
    return WebsiteForm.read({"on_day": "2026-11-25", "exact": "yes", "link": "yes", "words": "Looked."})
