"""“Away”: a person with something to decide says so at home, and the people it concerns are told, those out of reach too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from handlers import FORMS, away, blank_form, delivering, form_introduction, home, people
from handlers.acting import DELIVERY, Actor
from handlers.away import AwayForm, Said
from handlers.cards import Actions, Button, Line, Page
from handlers.effects import Blank
from handlers.rules.refusal import Refused
from storage.tables.reviews import Absence
from tests.each import each
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Company,
    account,
    ask,
    audit,
    ledger,
    left,
    meet,
    quiet,
    refusal,
    stored,
)
from tests.handlers.reading import buttons, lines, listed, looking

TODAY = date(2026, 11, 24)
NOTHING = "I can't find this absence."


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


async def say(company: Company, who: Actor, first: int = 0, last: int = 2, key: str = "") -> Said:
    return await company.door.enter(
        away.enter_absence(day(first), day(last), key or f"{who.actor}:{first}:{last}"), who
    )


async def kept(company: Company) -> list[Absence]:
    return await company.database.read(lambda store: store.session.query(Absence).order_by(Absence.first).all())


async def counting(company: Company) -> list[tuple[date, date]]:
    return [(one.first, one.last) for one in await kept(company) if one.ended_at is None]


async def button(company: Company, who: Actor, label: str) -> Button:
    [found] = [one for one in buttons(await listed(company, who)) if one.label == label]
    return found


async def section(company: Company, who: Actor, heading: str) -> list[str]:
    """The rows beneath a heading of a home; none where there is no such heading."""
    told = lines(await listed(company, who))
    if f"# {heading}" not in told:
        return []
    after = told[told.index(f"# {heading}") + 1 :]
    return after[: next((place for place, one in enumerate(after) if one.startswith(("# ", "("))), len(after))]


async def test_only_whoever_has_something_to_decide_finds_the_button(company: Company) -> None:
    for who in (company.tara, company.deven, company.helena, company.ruth, company.miles):
        assert (await button(company, who, "I'm away")).action == "away"
    for who in (company.anna, company.bram):
        assert await section(company, who, "When you are away") == []
        assert "I'm away" not in str(await listed(company, who))


async def test_a_reviewer_finds_it_too(company: Company) -> None:
    reviewers = POLICY.roles.reviewers.model_copy(update={"holders": ("anna.quill@fernhill.example",)})
    roles = POLICY.roles.model_copy(update={"reviewers": reviewers})
    company.door.policy = POLICY.model_copy(update={"roles": roles})
    await say(company, company.anna)
    [row, _] = await section(company, company.anna, "When you are away")
    assert row == f"You are away until Thu 26 Nov. ({reviewers.title}) [I'm back]"
    assert f"Anna Quill · until Thu 26 Nov ({reviewers.title})" in await section(company, company.helena, "Away")


async def test_whoever_has_nothing_to_hand_over_is_refused_everywhere(company: Company) -> None:
    for wanted in (away.open_form(), away.open_form("away", new=True), away.enter_absence(TODAY, TODAY, "k")):
        assert (await refusal(company, wanted, company.anna)).code == "no_role"
    assert await kept(company) == []


async def test_the_form_opens_in_either_chat_and_an_empty_first_day_is_today(company: Company) -> None:
    await company.door.enter(away.open_form(), company.tara)
    await company.door.enter(away.open_form("away", new=True), company.tara)
    assert await left(company) == [("blank", "tara")]
    sheet, _ = await looking(
        company,
        company.tara,
        lambda ctx: blank_form(
            ctx,
            Blank(1, "away", "S-1"),
        ),
    )
    assert [(one.name, one.optional) for one in sheet.fields] == [("first", True), ("last", False)]
    supplied = FORMS["away"].supplied
    assert supplied is not None
    assert await looking(company, company.tara, lambda ctx: supplied(ctx, {})) == {"first": "2026-11-24"}
    assert await looking(company, company.tara, lambda ctx: form_introduction(ctx, "away", "")) == ""
    form = AwayForm.read({"first": "2026-11-24", "last": "2026-11-26"})
    assert FORMS["away"].send("S-1", form, "key") == away.enter_absence(day(0), day(2), "key")
    assert "Your home shows when you are away." in str(FORMS["away"].sent("S-1"))


@each("answer", ["yesterday", "2026-13-01", "20 Nov", "1700000000"])
def test_what_is_no_day_is_told_at_its_field(answer: str) -> None:
    with pytest.raises(Refused) as refused:
        AwayForm.read({"first": answer})
    assert refused.value.fields == {
        "first": "That isn’t a date. Please choose one, or write it like 2026-11-24.",
        "last": "Please choose the last day.",
    }


async def test_it_is_on_record_by_ids_and_dates_and_the_page_says_what_follows(company: Company) -> None:
    said = await say(company, company.tara)
    [absence] = await kept(company)
    assert (absence.person_id, absence.first, absence.last, absence.entered_at, absence.ended_at) == (
        company.tara.person_id, day(0), day(2), company.clock.now, None,
    )  # fmt: skip
    detail = {"first": "2026-11-24", "last": "2026-11-26", "instead_of": []}
    assert await audit(company, absence.id) == [(company.tara.actor, "away.say", "done", "", detail)]
    after = FORMS["away"].after
    assert after is not None
    page = after(said)
    assert isinstance(page, Page)
    back = Button("line:away_back", "I'm back", absence.id)
    assert page.parts == (Line("You are away until Thu 26 Nov. Press I'm back if that changes."), Actions((back,)))
    await company.door.enter(away.take_back(back.value), company.tara)
    assert [one.ended_at for one in await kept(company)] == [company.clock.now]


async def test_one_who_comes_back_early_says_so(company: Company) -> None:
    await say(company, company.tara)
    [row, invites] = await section(company, company.tara, "When you are away")
    assert row == (
        "You are away until Thu 26 Nov. (Customer Success Specialist Team Leader: Deven Okafor stands in) [I'm back]"
    )
    assert invites == "Say so before you go, so that your deputy decides. [I'm away]"
    back = await button(company, company.tara, "I'm back")
    company.clock.pass_(days=1)
    await company.door.enter(away.take_back(back.value), company.tara)
    [absence] = await kept(company)
    assert absence.ended_at == company.clock.now
    assert len(await section(company, company.tara, "When you are away")) == 1
    detail = {"first": "2026-11-24", "last": "2026-11-26"}
    assert (await audit(company, absence.id))[-1] == (company.tara.actor, "away.back", "done", "", detail)
    await quiet(company, away.take_back(absence.id), company.tara)


async def test_one_that_has_not_begun_is_taken_back(company: Company) -> None:
    await say(company, company.tara, 3, 3)
    await say(company, company.tara, 7, 8)
    rows = await section(company, company.tara, "When you are away")
    assert [one.partition("(")[0] for one in rows[:2]] == [
        "You are away on Fri 27 Nov. ",
        "You are away from Tue 1 Dec to Wed 2 Dec. ",
    ]
    assert [one.rpartition("[")[2] for one in rows] == ["Take back]", "Take back]", "I'm away]"]
    [first, _] = await kept(company)
    await company.door.enter(away.take_back(first.id), company.tara)
    assert await counting(company) == [(day(7), day(8))]


async def test_nobody_says_or_ends_it_for_anybody_else(company: Company) -> None:
    """Nor learns whether there is one: an id of somebody else's is as unknown as one that there is not."""
    await say(company, company.tara)
    [absence] = await kept(company)
    for who in (company.deven, company.helena, company.anna):
        assert str(await refusal(company, away.take_back(absence.id), who)) == NOTHING
    assert str(await refusal(company, away.take_back("W-NEVER"), company.tara)) == NOTHING
    assert str(await refusal(company, away.take_back(""), company.tara)) == NOTHING
    assert await counting(company) == [(day(0), day(2))]


async def test_days_that_meet_are_one_absence_and_the_log_says_which_it_took_the_place_of(company: Company) -> None:
    await say(company, company.tara, 0, 2)
    [before] = await kept(company)
    await say(company, company.tara, 3, 5)
    assert await counting(company) == [(day(0), day(5))]
    new = next(one for one in await kept(company) if one.ended_at is None)
    assert (await audit(company, new.id))[0][-1]["instead_of"] == [before.id]


async def test_what_was_sent_twice_is_done_once(company: Company) -> None:
    first = await say(company, company.tara, key="V1")
    assert await say(company, company.tara, key="V1") == first
    assert await say(company, company.tara, key="V2") == first
    assert len(await kept(company)) == len(await audit(company)) - 2 == 1, "beside the people and calls that were there"
    await company.door.enter(away.take_back((await kept(company))[0].id), company.tara)
    await say(company, company.tara, key="V1")
    assert await counting(company) == [], "a form that arrives late does not send anyone away again"


async def test_days_count_as_in_sydney_whatever_it_is_elsewhere(company: Company) -> None:
    """23:59 of the 24th in Sydney is 12:59 in London; a minute later it is the 25th."""
    await say(company, company.tara, 0, 0)
    company.clock.pass_(hours=9, minutes=59)
    assert (await section(company, company.tara, "When you are away"))[0].startswith("You are away today. ")
    company.clock.pass_(minutes=1)
    assert len(await section(company, company.tara, "When you are away")) == 1
    assert list((await refusal(company, away.enter_absence(TODAY, TODAY, "k"), company.tara)).fields) == ["last"]


async def platforms(company: Company) -> list[str]:
    return await company.database.read(lambda store: store.people.platforms(company.tara.person_id or 0))


async def test_p7_what_waits_for_whoever_blocked_the_bot_is_sent_on_at_once_and_the_log_says_so(
    company: Company,
) -> None:
    request = await ask(company, company.anna)
    before = len(await ledger(company))
    for _ in range(2):
        await company.door.enter(people.note_blocked("slack", "UTARA"), DELIVERY)
    assert (await left(company))[before:] == [("show", "tara")]
    assert ((await stored(company, request)).revision, await platforms(company)) == (2, [])
    assert [one[1] for one in await audit(company, "slack:UTARA")] == ["people.block"]


async def test_a_home_is_left_alone_meanwhile_and_drawn_when_the_person_is_heard_of(company: Company) -> None:
    await company.door.enter(home.open_home(), company.tara)
    await company.door.enter(delivering.note_failed((await ledger(company))[-1].id, "MessageWritesBlocked"), DELIVERY)
    await company.door.enter(people.note_blocked("slack", "UTARA"), DELIVERY)
    assert await company.database.read(lambda store: store.people.homes(company.tara.person_id or 0)) == []
    before = len(await ledger(company))
    await meet(company.door, replace(account("UTARA", NAMES["tara"]), reference={"scope": "personal"}))
    assert (await left(company))[before:] == [("home", "tara")]
    assert await platforms(company) == ["slack"]
