"""“Away”: a person with something to decide says so on Home, and what is waiting goes to the present decider, and back
(P7, P9).
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from handlers import FORMS, away, delivering, home, journal, open_form, people
from handlers.access import deciding
from handlers.access.room import MATTER
from handlers.acting import CLOCK, DELIVERY, Actor
from handlers.away import AbsenceReply
from handlers.cards import Button, Line, Page
from storage.database.store import Store
from storage.records import Party
from storage.tables.reviews import Absence
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
    without_deputies,
    words_for,
)
from tests.handlers.builders import away as absent
from tests.handlers.reading import buttons, home_of, lines, listed, seen, title

TODAY = date(2026, 11, 24)
NOTHING = "I can’t find this absence."


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


async def say(company: Company, who: Actor, first: int = 0, last: int = 2, key: str = "") -> AbsenceReply:
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


async def test_only_a_person_who_has_something_to_decide_finds_the_button(company: Company) -> None:
    for who in (company.tara, company.deven, company.helena, company.ruth, company.miles):
        assert (await button(company, who, "I'm away")).action == "away"
    for who in (company.anna, company.bram):
        assert await section(company, who, "When you are away") == []
        assert "I'm away" not in str(await listed(company, who))


async def test_a_person_who_has_nothing_to_hand_over_is_refused_everywhere(company: Company) -> None:
    for wanted in (open_form("away"), open_form("away", post=True), away.enter_absence(TODAY, TODAY, "k")):
        assert (await refusal(company, wanted, company.anna)).code == "no_role"
    assert await kept(company) == []


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
    assert page.parts == (Line("You’re away until Thu 26 Nov. If that changes, press I'm back on Home."),)
    await company.door.enter(away.take_back(absence.id), company.tara)
    assert [one.ended_at for one in await kept(company)] == [company.clock.now]


async def test_one_who_comes_back_early_says_so(company: Company) -> None:
    await say(company, company.tara, 3, 4)
    assert "away" not in str(await home_of(company, company.tara))
    await say(company, company.tara, 0, 1)
    assert lines(await home_of(company, company.tara))[2] == (
        "You’re away until Wed 25 Nov (Customer Success Specialist Team Leader: covered by Deven Okafor) [I'm back]"
    )
    [coming, invites] = await section(company, company.tara, "When you are away")
    assert (coming.partition(" (")[0], coming[-11:]) == ("You’re away from Fri 27 Nov to Sat 28 Nov", "[Take back]")
    assert invites == "Tell me before you go, so your deputy can decide. [I'm away]"
    back = await button(company, company.tara, "I'm back")
    company.clock.pass_(days=1)
    await company.door.enter(away.take_back(back.value), company.tara)
    [absence, _] = await kept(company)
    assert absence.ended_at == company.clock.now
    assert "I'm back" not in str(await listed(company, company.tara))
    detail = {"first": "2026-11-24", "last": "2026-11-25"}
    assert (await audit(company, absence.id))[-1] == (company.tara.actor, "away.back", "done", "", detail)
    await quiet(company, away.take_back(absence.id), company.tara)


async def test_with_no_deputy_there_the_page_and_the_home_warn(company: Company) -> None:
    company.door.policy = without_deputies(POLICY, "team_leader")
    [told] = (await say(company, company.tara)).cautions
    assert told.startswith("Today, no one can act as Customer Success Specialist Team Leader.")
    assert told in lines(await home_of(company, company.tara))[2]


async def test_no_one_says_or_ends_it_for_anyone_else(company: Company) -> None:
    """Nor whether there is one: another person's id is as unknown as one that doesn't exist."""
    await say(company, company.tara)
    [absence] = await kept(company)
    for who in (company.deven, company.helena, company.anna):
        assert str(await refusal(company, away.take_back(absence.id), who)) == NOTHING
    assert str(await refusal(company, away.take_back("W-NEVER"), company.tara)) == NOTHING
    assert str(await refusal(company, away.take_back(""), company.tara)) == NOTHING
    assert await counting(company) == [(day(0), day(2))]


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
    assert lines(await home_of(company, company.tara))[2].startswith("You’re away today (")
    company.clock.pass_(minutes=1)
    assert "You’re away" not in str(await listed(company, company.tara))
    assert list((await refusal(company, away.enter_absence(TODAY, TODAY, "k"), company.tara)).fields) == ["last"]


async def platforms(company: Company) -> list[str]:
    return await company.database.read(lambda store: store.people.platforms(company.tara.person_id or 0))


async def test_p7_what_waits_for_an_approver_who_blocked_the_bot_is_sent_on_at_once(company: Company) -> None:
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


_forms = count(1)
WAITS = "⏳ Anna Quill wants"


async def goes(company: Company, who: Actor, first: int = 0, last: int = 0) -> None:
    """Away from so many days from now, until so many days from now."""
    today = POLICY.company_day(company.clock.now)
    wanted = away.enter_absence(today + timedelta(days=first), today + timedelta(days=last), f"V{next(_forms)}")
    await company.door.enter(wanted, who)


async def returns(company: Company, who: Actor) -> None:
    today = POLICY.company_day(company.clock.now)
    [one] = await company.database.read(lambda store: store.entered.of(who.person_id or 0, today))
    await company.door.enter(away.take_back(one.id), who)


async def looked(company: Company, request: str) -> list[tuple[str, str]]:
    """What the clock's look at who decides leaves, and for whom."""
    before = len(await ledger(company))
    await company.door.enter(MATTER.recheck(request), CLOCK)
    return (await left(company))[before:]


async def parts(company: Company, request: str) -> dict[str, tuple[str, str]]:
    """By first name: as what each takes part, and because of what."""
    names = {one.person_id: short for short, one in company.people.items()}

    def read(store: Store) -> list[Party]:
        return store.matters.parties(request)

    return {names[one.person_id]: (one.part, one.because) for one in await company.database.read(read)}


async def test_p7_an_absence_brings_the_deputy_in_beside_the_holder(company: Company) -> None:
    request = await ask(company, company.anna)
    await goes(company, company.tara, last=1)
    assert await looked(company, request) == [("show", "anna"), ("show", "tara"), ("show", "deven")]
    assert title(await seen(company, request, company.deven)) == WAITS
    assert await parts(company, request) == {"tara": ("approver", ""), "deven": ("approver", "away")}
    company.clock.pass_(days=2)
    assert await looked(company, request) == [], "whoever was asked stays asked"
    assert title(await seen(company, request, company.tara)) == WAITS
    await company.door.enter(deciding.approve_request(request), company.deven)
    assert (await refusal(company, deciding.deny_request(request, "No."), company.tara)).code == "already_approved"


async def test_p7_what_was_asked_during_an_absence_goes_to_the_holder_as_well(company: Company) -> None:
    await goes(company, company.tara)
    request = await ask(company, company.anna)
    assert await parts(company, request) == {"deven": ("approver", "away")}
    await returns(company, company.tara)
    assert ("show", "tara") in await looked(company, request)
    assert await parts(company, request) == {"deven": ("approver", "away"), "tara": ("approver", "")}
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert (await stored(company, request)).decided_by == company.tara.person_id


async def test_p7_what_was_passed_on_does_not_come_back_with_the_holder(company: Company) -> None:
    await goes(company, company.tara)
    request = await ask(company, company.anna)
    await company.door.enter(deciding.pass_on(request, "My aunt."), company.deven)
    await returns(company, company.tara)
    assert await looked(company, request) == []
    assert await parts(company, request) == {"deven": ("passed", "away"), "helena": ("approver", "")}
    await company.door.enter(deciding.approve_request(request), company.helena)


async def test_a_break_of_the_log_goes_to_the_deputies_of_a_witness_who_is_away(company: Company) -> None:
    await goes(company, company.helena)
    await company.door.enter(journal.tell_of_break(1, "4711abcd"), CLOCK)
    assert await words_for(company, company.helena) == []
    assert len(await words_for(company, company.henrik)) == len(await words_for(company, company.ruth)) == 1


async def test_p7_with_everyone_away_it_is_stuck_and_someone_who_can_fix_it_hears(company: Company) -> None:
    request = await ask(company, company.anna)
    for who in (company.deven, company.henrik, company.helena, company.ruth, company.tara):
        await goes(company, who, last=3)
        await looked(company, request)
    assert (await stored(company, request)).state == "stuck"
    assert f"No one may decide request {request}" in str(await words_for(company, company.miles))
    assert await looked(company, request) == []
    await returns(company, company.tara)
    await looked(company, request)
    assert (await stored(company, request)).state == "waiting"
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert (await stored(company, request)).state == "approved"


async def test_p7_days_in_the_policy_file_stand_at_home_with_who_stands_in(company: Company) -> None:
    company.door.policy = absent(POLICY, "team_leader")
    [row, _] = await section(company, company.tara, "When you are away")
    assert row.startswith("You’re away today, as the policy file says.")
    assert "Customer Success Specialist Team Leader: covered by Deven Okafor" in row
