"""P3: days on which callers were not told are entered, mark their calls on every card, and may be taken back, never in silence."""

from datetime import datetime

from handlers import FORMS, form_introduction, open_form
from handlers.acting import Context, announcement_down
from handlers.forms import Answers
from handlers.notices import room as notices_outages
from handlers.notices.state import OutageForm, WithdrawForm
from storage.database.store import Store
from tests.each import each
from tests.handlers.builders import AU, POLICY, UK, Company, ask, left, quiet, refusal, words_for
from tests.handlers.notices.acts import answer, begun, enter, outages, withdraw
from tests.handlers.random_review.acts import a_month, drawn, reviews_of
from tests.handlers.reading import lines, listed, looking, seen

MARKED = "⚠️ This call is from a time when the announcement was down."


async def down(company: Company, line: str, day: str) -> bool:
    """Whether today's policy knows that the announcement was down for a call of noon."""

    def look(store: Store) -> bool:
        ctx: Context = company.door.context(store, company.helena)
        return announcement_down(store, ctx.policy, line, datetime.fromisoformat(f"{day}T12:00:00+00:00"))

    return await company.database.read(look)


async def test_p3_calls_of_an_entered_outage_are_marked_on_cards_that_wait_at_once(company: Company) -> None:
    request = await ask(company, company.anna, calls=company.calls[:1])
    assert MARKED not in str(lines(await seen(company, request, company.tara)))
    before = len(await left(company))
    entered = await enter(company, company.helena, "2026-11-23", "2026-11-23")
    assert entered.calls == 1
    assert MARKED in "\n".join(lines(await seen(company, request, company.tara)))
    assert ("show", "tara") in await left(company, before)
    await withdraw(company, company.ruth, entered.outage)
    assert MARKED not in str(lines(await seen(company, request, company.tara)))


async def test_p3_an_entered_outage_counts_for_its_line_and_days(company: Company) -> None:
    await enter(company, company.helena, "2026-11-20", "2026-11-21", line=AU)
    assert await down(company, AU, "2026-11-20") and await down(company, AU, "2026-11-21")
    assert not await down(company, AU, "2026-11-19") and not await down(company, AU, "2026-11-22")
    assert not await down(company, UK, "2026-11-20")
    assert POLICY.announcement_down(AU, datetime.fromisoformat("2026-11-20T12:00:00+00:00")) is False


async def test_p3_it_is_entered_by_those_who_own_or_oversee_notices_and_the_others_hear_of_it(company: Company) -> None:
    for who in (company.anna, company.tara, company.henrik):
        assert (await refusal(company, open_form("outage"), who)).code == "not_entitled"
        form = OutageForm.read({"line": "all", "first": "2026-11-23", "last": "2026-11-23", "why": "x"})
        assert (await refusal(company, notices_outages.enter_outage(form, "k"), who)).code == "not_entitled"
    entered = await enter(company, company.ruth, "2026-11-22", "2026-11-23")
    [told] = await words_for(company, company.helena)
    assert told.startswith("Ruth Adeyemi entered an outage, Sun 22 Nov 2026 to Mon 23 Nov 2026")
    await withdraw(company, company.helena, entered.outage)
    [told] = await words_for(company, company.ruth)
    assert told.startswith(f"Helena Marsh withdrew the outage {entered.outage}")


@each(
    ("first", "last", "field", "words"),
    [
        ("2026-11-23", "2026-11-25", "last", "This day is in the future: today is 2026-11-24 in Sydney."),
        ("2026-10-23", "2026-11-23", "last", "An outage can have 31 days at most. Please enter a longer one in parts."),
        ("2026-11-23", "2026-11-22", "first", "is after the last"),
        ("2025-11-01", "2026-11-22", "first", "Calls from that time are erased"),
    ],
)
async def test_p3_days_that_cannot_be_are_told_at_their_field(
    company: Company, first: str, last: str, field: str, words: str
) -> None:
    form = OutageForm.read({"line": "all", "first": first, "last": last, "why": "x"})
    refused = await refusal(company, notices_outages.enter_outage(form, "k"), company.helena)
    assert words in refused.fields[field]


async def test_p3_the_same_days_twice_are_one_outage_and_taking_it_back_twice_is_once(company: Company) -> None:
    one, other = [await enter(company, company.helena, "2026-11-23", "2026-11-23") for _ in range(2)]
    assert one == other
    await withdraw(company, company.helena, one.outage)
    form = WithdrawForm.read({"why": "again"})
    await quiet(company, notices_outages.withdraw_outage(one.outage, form), company.helena)
    assert (await refusal(company, notices_outages.withdraw_outage(one.outage, form), company.ruth)).code == "already"
    assert (await refusal(company, notices_outages.withdraw_outage("O-NONE", form), company.ruth)).code == "unknown"
    [kept] = await outages(company)
    assert (kept.ended_why, kept.ended_at) == ("It was another company’s line.", company.clock.now)


async def test_p3_after_a_no_the_form_is_filled_in_with_why_and_from_when_it_was_asked_for(company: Company) -> None:
    matter = (await begun(company))["phone"]
    await answer(company, matter, company.helena, answer="no", words="Cut off after two words.")
    assert await filled_in(company, matter) == {
        "line": "all", "first": "2026-11-25", "last": "2026-11-25", "why": f"Phone announcement ({matter}): Cut off after two words.",
    }  # fmt: skip
    assert await filled_in(company, "N-NONE") == {"line": "all", "first": "2026-11-25", "last": "2026-11-25"}
    await enter(company, company.helena, "2026-11-25", "2026-11-25")


async def test_p3_the_form_says_how_many_calls_are_affected(company: Company) -> None:
    again = FORMS["outage"].again
    assert again is not None
    sheet, _ = await looking(company, company.helena, lambda ctx: again(ctx, ""))
    assert sheet.intro.endswith(
        "No calls from these days are affected. If you change the days, you’ll see the number after sending."
    )


async def test_p3_home_shows_each_outage_with_its_calls_and_the_person_who_entered_it(company: Company) -> None:
    entered = await enter(company, company.ruth, "2026-11-22", "2026-11-23", why="The upgrade took it out.")
    told = lines(await listed(company, company.helena))
    assert (
        f"⚠️ Sun 22 Nov 2026 to Mon 23 Nov 2026 · every line (2 calls · entered by Ruth Adeyemi · “The upgrade took it out.” · {entered.outage})"
        " [Withdraw]"
    ) in told
    assert "Was the announcement down? [Enter an outage]" in told
    assert "Was the announcement down?" not in " ".join(lines(await listed(company, company.tara)))


async def filled_in(company: Company, matter: str) -> Answers:
    """What is in the form of an outage when it is opened from a card."""
    again = FORMS["outage"].again
    assert again is not None
    _, filled = await looking(company, company.helena, lambda ctx: again(ctx, matter))
    return dict(filled.values)  # type: ignore[arg-type]


FIRST, LAST = "2026-11-01", "2026-11-30"


async def test_p10_drawn_calls_that_an_outage_takes_from_a_review_are_counted(company: Company) -> None:
    await a_month(company)
    waiting = len(await reviews_of(company, await drawn(company)))
    entered = await enter(company, company.ruth, FIRST, LAST)
    assert entered.drawn == waiting > 0
    after = FORMS["outage"].after
    assert after is not None
    assert f"{waiting} drawn calls not reviewed yet will be taken out of the review" in str(after(entered))
    told = [one for one in await words_for(company, company.helena) if entered.outage in one]
    assert f"affected, {waiting} of them drawn for review and not reviewed yet." in told[0]


async def test_p3_a_person_who_takes_one_back_reads_what_that_changes(company: Company) -> None:
    entered = await enter(company, company.helena, "2026-11-22", "2026-11-23")
    above = await looking(company, company.ruth, lambda ctx: form_introduction(ctx, "outage_withdraw", entered.outage))
    assert above.startswith("Sun 22 Nov 2026 to Mon 23 Nov 2026: ") and "It was entered on Tue 24 Nov 2026." in above
