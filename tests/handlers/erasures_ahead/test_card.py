"""P12: the Head and the team leader have one card of erasures ahead, new each week, drawn anew each working day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.ports import Unavailable
from handlers import BUTTONS, MATTERS, matter_of
from handlers.acting import CLOCK, DELIVERY, Act
from handlers.erasures_ahead.cards import whole as in_full
from handlers.erasures_ahead.intents import Draw, Notice, Recheck, Reroute
from handlers.erasures_ahead.matter import ErasuresAhead
from handlers.erasures_ahead.view import load
from handlers.people import Gone
from handlers.recordings import Register
from handlers.rules.refusal import Refused
from storage.tables.erasures import AheadCard, Keep
from tests.erasing import Archive
from tests.handlers.builders import AU, UK, Company, account, ask, audit, away, claim_about, ledger, meet, person
from tests.handlers.passing_time import delivered, fall
from tests.handlers.reading import card_of, home_of, labels, lines, looking, seen, title, whole_of
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.soak

MORNING = datetime(2027, 11, 15, 22, tzinfo=UTC)  # Tuesday 16 November, 09:00 in Sydney
MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # of a call that began at NOW
DAY = timedelta(days=1)


async def _cards(company: Company) -> list[AheadCard]:
    return await company.database.read(lambda store: store.session.query(AheadCard).order_by(AheadCard.week).all())


async def drawn(archive: Archive, at: datetime) -> str:
    """It is drawn at this moment; the id of the week's card. The first one comes only where a call goes soon."""
    archive.company.clock.now = at
    await archive.company.door.enter(Draw(), CLOCK)
    if not await _cards(archive.company):
        await archive.record("soon", at - 350 * DAY, audio=b"soon")
        await archive.company.door.enter(Draw(), CLOCK)
    return (await _cards(archive.company))[-1].id


async def _shows(company: Company) -> list[tuple[int, str, int]]:
    rows = [one for one in await ledger(company) if one.kind == "show"]
    return [(one.person_id, one.payload["matter"], one.payload["revision"]) for one in rows]


async def test_p12_it_counts_by_line_within_the_days_of_the_policy(archive: Archive) -> None:
    company = archive.company
    await archive.record("au", audio=b"1")
    archive.until(NOW, days=12)
    await archive.record("uk", NOW + 12 * DAY, line=UK, audio=b"2")
    await archive.record("uk too", NOW + 11 * DAY, line=UK, audio=b"3")
    await archive.record("far", NOW + 12 * DAY, audio=b"4")
    card = await drawn(archive, MORNING + 7 * DAY)
    assert lines(await seen(company, card, company.tara)) == [
        "📋 Erasures ahead · week of Mon 22 Nov 2027",
        "Within 1 day: none",
        "Within 7 days: Australia and New Zealand: 1",
        "Within 30 days: UK, Europe and North America: 2 · Australia and New Zealand: 2",
        "It comes to you as the Customer Success Specialist Team Leader. Nothing has to be done for that: each is closed to everybody at its moment, and erased within 60 minutes.",
        "[Details] [Set a hold]",
        f"({card} · P12 · also seen by Helena Marsh)",
    ]
    whole = await whole_of(company, card, company.helena)
    assert whole is not None
    found = lines(whole)
    assert "# What goes, and when" in found
    assert len([one for one in found if "goes <" in one]) == 4
    assert await card_of(company, card, company.ruth) is None
    row = "📋 Calls that go: 0 within 1 day, 1 within 7 days, 4 within 30 days"
    assert row in str(lines(await home_of(company, company.helena)))
    assert row not in str(lines(await home_of(company, company.ruth)))


async def test_p12_more_than_forty_are_counted_by_line_and_day(archive: Archive) -> None:
    company = archive.company
    archive.until(NOW, days=2)
    told = [
        {
            "native_id": f"n-{number}", "stamp": "1", "line": AU if number % 2 else UK, "direction": "incoming", "caller": "",
            "operator_name": "Bram Tolliver", "operator_key": "bram", "department": "sales",
            "started": NOW + (number % 3) * timedelta(hours=10), "seconds": 9.0, "crm": "", "media_type": "audio/wav", "size": 9,
        }
        for number in range(41)
    ]  # fmt: skip
    await company.door.enter(Register("file", told, ()), CLOCK)
    whole = await whole_of(company, await drawn(archive, MORNING), company.helena)
    assert whole is not None
    # By the day of each line: ten at night in London is the next morning in Sydney.
    assert [one for one in lines(whole) if one.startswith(("Wed", "Thu"))] == [
        "Wed 24 Nov 2027: UK, Europe and North America: 21 · Australia and New Zealand: 7",
        "Thu 25 Nov 2027: Australia and New Zealand: 13",
    ]


async def test_p12_it_is_drawn_anew_each_working_day_and_new_with_the_first_of_the_week(archive: Archive) -> None:
    company = archive.company
    card = await drawn(archive, MORNING)
    both = [company.tara.person_id, company.helena.person_id]
    assert await _shows(company) == [(one, card, 1) for one in both]
    await delivered(company)
    archive.until(MORNING, days=3, hours=1)
    await fall(company)
    # Each day that was missed is made up for by one drawing; over the weekend there is none.
    assert await _shows(company) == [(one, card, revision) for revision in (1, 2) for one in both]
    await delivered(company)
    archive.until(MORNING, days=5)
    await fall(company)
    assert len(await _shows(company)) == 4
    archive.until(MORNING, days=6)
    await fall(company)
    before, new = await _cards(company)
    assert (before.id, before.state, new.state, new.week) == (card, "over", "current", "2027-11-22")
    assert (await _shows(company))[4:] == [(one, card, 3) for one in both] + [(one, new.id, 1) for one in both]
    assert lines(await seen(company, card, company.helena)) == [
        "⌛ Erasures ahead · week of Mon 15 Nov 2027",
        "There is a newer card by now.",
        f"({card} · P12)",
    ]


async def test_p12_the_clock_begins_it_and_on_a_day_off_it_waits(archive: Archive) -> None:
    company = archive.company
    company.clock.now = MORNING + 4 * DAY  # Saturday
    await archive.record("soon", MORNING - 350 * DAY, audio=b"soon")
    await archive.erasing.tick()
    assert await _cards(company) == []
    await archive.erasing.tick()
    assert len([one for one in await audit(company) if one[1] == "erasures_ahead.draw"]) == 0
    company.clock.now = MORNING + 6 * DAY
    await fall(company)
    assert [one.week for one in await _cards(company)] == ["2027-11-22"]


async def test_p12_what_is_kept_past_its_moment_is_listed_with_what_keeps_it(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT, days=-1)
    request = await ask(company, company.anna, calls=[number])
    archive.until(MOMENT)
    await archive.tick()
    card = await drawn(archive, MORNING + 9 * DAY)
    for who in (company.tara, company.helena):
        assert "Kept for an open request: 1 call" in lines(await seen(company, card, who))
        whole = await whole_of(company, card, who)
        assert whole is not None
        [row] = [one for one in lines(whole) if request in one]
        assert f"by an open request, for that request alone · {request} · until <22 Dec 06:00 Australia/Sydney>" in row


async def test_p9_an_investigation_is_on_the_card_of_nobody_whom_it_is_not_for(archive: Archive) -> None:
    """Neither a number nor a line tells a team leader of it, or whoever it concerns."""
    company = archive.company
    calls = [await archive.record(name, audio=name.encode()) for name in ("one", "two")]
    archive.until(MOMENT, days=-1)
    await ask(company, company.anna, calls=calls, **claim_about("helena"))
    archive.until(MOMENT)
    await archive.tick()
    card = await drawn(archive, MORNING + 9 * DAY)
    for who in (company.tara, company.helena):
        whole = await whole_of(company, card, who)
        assert whole is not None
        assert "ept" not in str([one for one in lines(whole) if "open request" in one or "Kept" in one])
    assert await findings(company.database) == []


async def test_p12_what_is_late_stands_there_with_the_reason(archive: Archive) -> None:
    company, _ = archive.company, await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.outage = Unavailable("away")
    await archive.erasing.tick()
    card = await drawn(archive, MOMENT + DAY)
    found = lines(await seen(company, card, company.helena))
    assert found[0].startswith("⚠️ Erasures ahead")
    assert (
        "⚠️ 1 erasure is later than it should be: the recording system did not answer. Closed to everybody, and tried again."
        in found
    )


async def test_p12_the_button_for_holds_stands_there_once_there_is_one(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    assert labels(await seen(company, card, company.helena)) == [
        "Details",
        *(["Set a hold"] if "hold" in BUTTONS else []),
    ]
    kind: Any = matter_of(card)
    monkeypatch.setattr(kind, "buttons", lambda: {"hold"})
    assert labels(await seen(company, card, company.helena)) == ["Details", "Set a hold"]


async def test_p12_whoever_stands_in_has_it_while_the_other_is_away(archive: Archive) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    company.door.policy = away(company.door.policy, "team_leader", now=MORNING)
    await company.door.enter(Recheck(card), CLOCK)
    await company.door.enter(Recheck(card), CLOCK)
    assert title(await seen(company, card, company.deven)).startswith("📋 Erasures ahead")
    assert "deputy of the Customer Success" in str(lines(await seen(company, card, company.deven)))
    assert await card_of(company, card, company.tara) is None
    await drawn(archive, MORNING + DAY)
    assert await card_of(company, card, company.tara) is not None
    assert await card_of(company, card, company.deven) is None
    await drawn(archive, MORNING + 6 * DAY)
    await company.door.enter(Recheck(card), CLOCK)
    assert await findings(company.database) == []


async def test_p12_whoever_can_not_be_reached_is_replaced(archive: Archive) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    [shown] = [one for one in await ledger(company, company.tara) if one.kind == "show"]
    await company.door.enter(Reroute(card, company.tara.person_id or 0, "is_archived", shown.id), DELIVERY)
    assert await card_of(company, card, company.tara) is None
    await drawn(archive, MORNING + DAY)
    assert await card_of(company, card, company.deven) is not None
    await company.door.enter(Gone("slack", "UDEVEN"), DELIVERY)
    await meet(company.door, account("UDEVEN", "Deven Okafor"))
    await company.door.enter(Notice(card, "D1", "1.1"), company.helena)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE ahead_cards SET week = '2030-01-01'", "“week” is stored as 2030-01-01"),
        ("UPDATE matters SET state = 'over' WHERE kind = 'erasures_ahead'", "“state” is stored as over"),
        ("UPDATE matters SET closed_at = asked_at WHERE kind = 'erasures_ahead'", "“closed at” is stored as"),
        ("UPDATE parties SET part = 'former'", "is stored as former, but the log says copy"),
        ("UPDATE parties SET role = 'director'", "was asked is stored as “director”"),
        ("DELETE FROM audit WHERE action = 'erasures_ahead.draw'", "is stored, but the log knows nothing of it"),
        ("DELETE FROM parties", "was asked, but is no longer stored"),
    ],
)
async def test_p12_a_card_that_was_changed_by_hand_is_found(archive: Archive, statement: str, told: str) -> None:
    company, _ = archive.company, await drawn(archive, MORNING)
    assert await findings(company.database) == []
    await company.database.write(lambda store: store.session.execute(text(statement)))
    assert told in " | ".join(await findings(company.database))


async def test_p12_it_can_be_asked_for_what_every_matter_is(archive: Archive) -> None:
    company = archive.company
    kind: Any = matter_of("EA-1")
    assert await company.database.read(lambda store: (kind.waiting(store), kind.stuck(store))) == ([], [])
    card = await drawn(archive, MORNING)
    assert await company.database.read(lambda store: (kind.waiting(store), kind.stuck(store))) == ([card], [])
    wanted = (kind.notice(card, "D1", "1.1"), kind.reroute(card, 1, "x", "1", None), kind.recheck(card))
    assert wanted == (Notice(card, "D1", "1.1"), Reroute(card, 1, "x", "1", None), Recheck(card))

    def case(act: Act) -> tuple[str, str, str, object]:
        view = kind.case(act, card)
        return view.matter.id, view.what, view.clause, kind.reminded(act, None)

    assert await looking(company, company.helena, case) == (card, f"the card {card}", "P12", None)
    with pytest.raises(Refused, match="I can't find this card"):
        await card_of(company, "EA-NONE", company.helena)


async def test_p12_nobody_may_know_of_what_no_room_knows(archive: Archive) -> None:
    """A newer version may keep a call by a matter of a kind that this one does not know."""
    company = archive.company
    [ahead] = [one for one in MATTERS if isinstance(one, ErasuresAhead)]
    helena = await person(company, company.helena)
    assert not await looking(company, company.helena, lambda act: ahead.may_know(act, "X-1", helena))


async def test_p12_whoever_lost_the_role_since_reads_no_role_on_it(archive: Archive) -> None:
    company, card = archive.company, await drawn(archive, MORNING)
    company.door.policy = away(company.door.policy, "team_leader", now=MORNING)
    assert "It comes to you" not in str(lines(await seen(company, card, company.tara)))


async def test_p12_more_than_forty_kept_are_counted(archive: Archive) -> None:
    company = archive.company
    archive.until(MOMENT, days=-1)
    number = await drawn(archive, MORNING)
    card = await seen(company, number, company.helena)
    view = await looking(company, company.helena, lambda act: load(act, number))
    call = await company.database.read(lambda store: store.recordings.get(company.calls[0]))
    assert call is not None
    keep = Keep(recording_id=call.id, matter_id="H-1", why="hold", since=NOW, ends_at=MOMENT)
    whole = in_full(card, replace(view, kept=((keep, call),) * 42), (), ())
    found = lines(whole)
    assert (len([one for one in found if "by a hold · H-1" in one]), "And 2 more. [Show all]" in found) == (40, True)
