"""P5: a decline for which no call was chosen isn't lost: it is reminded of, handed over, and settled once."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers import CALLS, people
from handlers.acting import CLOCK, DELIVERY, Actor
from handlers.declined import deciding, saying
from handlers.declined.deciding import matters_with_new_calls
from tests.each import each
from tests.handlers.builders import Company, account, audit, call, ledger, refusal, register, words_for
from tests.handlers.declined.acts import row, say, states
from tests.handlers.declined.test_deciding import keeping
from tests.handlers.passing_time import delivered, pass_until
from tests.handlers.reading import buttons, lines, seen
from tests.reconciled import findings

pytestmark = pytest.mark.long

WEDNESDAY, THURSDAY, FRIDAY = (datetime(2026, 11, day, 22, tzinfo=UTC) for day in (24, 25, 26))  # 9:00 in Sydney
MINUTE = timedelta(minutes=1)


async def unchosen(company: Company, who: Actor | None = None) -> str:
    """A person says so, and the recording system reports no call in progress."""
    matter = await say(company, who)
    await company.door.enter(saying.take_calls_found(matter, (), "cannot"), CLOCK)
    return matter


async def handed_over(company: Company) -> str:
    matter = await unchosen(company)
    await pass_until(company, THURSDAY)
    return matter


async def told(company: Company, who: Actor) -> list[str]:
    """Which steps a person is told of, and when."""
    mine = [one for one in await audit(company, f"person:{who.person_id}") if one[1] == "matters.remind"]
    return [each["step"] for one in mine for each in one[4]["told"]]


async def asked_of_the_clock(company: Company, matter: str) -> dict[str, datetime]:
    kinds = ("declined.unchosen", "declined.hand_over", "declined.remind")
    found = await company.database.read(lambda store: {one: store.deadlines.coming(one, matter) for one in kinds})
    return {kind.removeprefix("declined."): at for kind, at in found.items() if at is not None}


@each(("minutes", "same"), [(2, True), (4, False)])
async def test_p5_pressed_twice_within_minutes_it_is_one(company: Company, minutes: int, same: bool) -> None:
    first = await unchosen(company)
    company.clock.pass_(minutes=minutes)
    assert (await say(company) == first) is same


async def test_p5_the_teller_is_reminded_the_next_working_morning_and_the_head_after_that(company: Company) -> None:
    matter = await unchosen(company)
    await delivered(company)
    assert await asked_of_the_clock(company, matter) == {"unchosen": WEDNESDAY, "hand_over": THURSDAY}
    await pass_until(company, WEDNESDAY - MINUTE)
    assert await told(company, company.bram) == []
    await pass_until(company, WEDNESDAY)
    assert await told(company, company.bram) == ["declined.unchosen"]
    await pass_until(company, THURSDAY - MINUTE)
    assert (await told(company, company.helena), (await row(company, matter)).state) == ([], "choosing")
    await pass_until(company, THURSDAY)
    assert await told(company, company.helena) == ["declined.remind"]
    assert [one.payload.get("matter") for one in await ledger(company, company.helena) if one.kind == "show"] == [
        matter
    ]
    await pass_until(company, FRIDAY)
    assert await told(company, company.helena) == ["declined.remind"] * 2
    assert await findings(company.database) == []


@each(
    ("said", "morning", "after"),
    [
        (datetime(2026, 11, 27, 3, tzinfo=UTC), datetime(2026, 11, 29, 22, tzinfo=UTC), datetime(2026, 11, 30, 22, tzinfo=UTC)),
        (datetime(2026, 11, 24, 21, tzinfo=UTC), WEDNESDAY, THURSDAY),
        (WEDNESDAY, THURSDAY, FRIDAY),
    ],
)  # fmt: skip
async def test_p5_mornings_are_workdays(company: Company, said: datetime, morning: datetime, after: datetime) -> None:
    company.clock.now = said
    matter = await unchosen(company)
    assert await asked_of_the_clock(company, matter) == {"unchosen": morning, "hand_over": after}


async def test_p5_a_person_who_left_is_not_waited_for(company: Company) -> None:
    matter = await unchosen(company)
    await company.door.enter(people.meet_account(account("UBRAM", "Bram Tolliver", "deactivated")), DELIVERY)
    await pass_until(company, WEDNESDAY)
    assert await told(company, company.helena) == ["declined.remind"]
    assert set(await asked_of_the_clock(company, matter)) == {"remind"}


async def test_p5_the_decider_may_choose_and_the_reporter_reads_so(company: Company) -> None:
    matter = await handed_over(company)
    card = await seen(company, matter, company.helena)
    text = "\n".join(lines(card))
    assert text.startswith(
        "❓ Bram Tolliver’s caller declined to be recorded · which call is it?\nBram Tolliver hasn’t said which"
    )
    assert "Until someone chooses, the call can be heard. You’re reminded each working day." in text
    assert [one.label for one in buttons(card)] == ["None of these", "Details", *["This call"] * 3]
    assert card.summary == "Bram Tolliver’s caller declined to be recorded. Please find out which call it was."
    await company.door.enter(saying.choose_call(f"{matter}:1"), company.helena)
    assert await states(company, *company.calls) == ["present", "declined", "present"]
    assert [one for one in await words_for(company, company.bram) if "Helena Marsh said on which call" in one]
    assert set(await asked_of_the_clock(company, matter)) == {"remind"}
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    assert await findings(company.database) == []


async def test_p5_the_reporter_may_still_choose_and_no_one_decides_before(company: Company) -> None:
    matter = await handed_over(company)
    for intent in (deciding.decide_to_erase(matter), keeping(matter)):
        assert (await refusal(company, intent, company.helena)).code == "unchosen"
    assert [one for one in buttons(await seen(company, matter, company.bram)) if one.label == "This call"]
    await company.door.enter(saying.choose_call(f"{matter}:0"), company.bram)
    assert await words_for(company, company.bram) == []
    assert (await row(company, matter)).state == "waiting"
    assert [one.label for one in buttons(await seen(company, matter, company.helena))] == ["Erase", "Keep", "Details"]
    await company.door.enter(keeping(matter), company.helena)
    assert await findings(company.database) == []


async def test_p5_where_no_one_can_choose_it_any_more_the_decider_closes_it_and_is_named(company: Company) -> None:
    matter = await handed_over(company)
    assert str(await refusal(company, saying.dismiss_matter(matter), company.anna)) == "I can’t find this call."
    await company.door.enter(saying.dismiss_matter(matter), company.helena)
    assert await asked_of_the_clock(company, matter) == {}
    for who in (company.bram, company.helena):
        assert "Helena Marsh said that it was none of Bram Tolliver’s recent calls. Nothing is locked." in lines(
            await seen(company, matter, who)
        )
    assert [
        one
        for one in await words_for(company, company.bram)
        if "Helena Marsh said that the caller didn’t decline on any of these calls" in one
    ]
    assert await states(company, *company.calls) == ["present"] * 3
    assert (await refusal(company, saying.dismiss_matter(matter), company.helena)).code == "already"
    assert await findings(company.database) == []


@each("settling", ["choose", "dismiss"])
async def test_p5_once_it_is_known_no_clock_waits_for_it(company: Company, settling: str) -> None:
    matter = await unchosen(company)
    await company.door.enter(
        saying.choose_call(f"{matter}:0") if settling == "choose" else saying.dismiss_matter(matter), company.bram
    )
    assert not {"unchosen", "hand_over"} & set(await asked_of_the_clock(company, matter))
    before = len(await audit(company))
    for intent in (deciding.remind_or_hand_over(matter), deciding.hand_over(matter), deciding.offer_more_calls(matter)):
        await company.door.enter(intent, CLOCK)
    assert len(await audit(company)) == before


async def test_p5_the_call_itself_is_registered_after_the_word_and_is_offered_then(company: Company) -> None:
    matter = await unchosen(company)
    company.clock.pass_(minutes=20)
    later = company.clock.now
    [own, other] = await register(
        company.door, call(0, native_id="own", started=later - timedelta(minutes=25)),
        call(0, native_id="next", started=later - timedelta(minutes=5)),
    )  # fmt: skip
    assert await company.database.read(lambda store: matters_with_new_calls(store, later)) == [matter]
    found = await company.database.read(lambda store: [subject for one in CALLS for subject in one.find(store, later)])
    assert matter in found
    await company.door.enter(deciding.offer_more_calls(matter), CLOCK)
    assert [one["recording"] for one in (await row(company, matter)).choices] == [*company.calls, own]
    assert await company.database.read(lambda store: matters_with_new_calls(store, later)) == []
    before = len(await audit(company))
    await company.door.enter(deciding.offer_more_calls(matter), CLOCK)
    assert len(await audit(company)) == before
    await company.door.enter(saying.choose_call(f"{matter}:3"), company.bram)
    assert await states(company, own, other) == ["declined", "present"]
    assert await findings(company.database) == []
