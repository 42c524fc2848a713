"""“Away”: what a status suggests is put to whose it is, once, and nothing happens that this person does not press (P7)."""

from __future__ import annotations

from datetime import date, timedelta

from handlers import HEARD, SUGGESTS
from handlers.acting import Visitor
from handlers.away.intents import Accept, Back, Dismiss, Say, Suspect
from handlers.away.suggesting import NEVER, OTHER, SETTLED, WHAT
from handlers.effects import Suggest
from storage.tables.absences import Absence
from tests.each import each
from tests.handlers.builders import Company, audit, ledger, refusal
from tests.handlers.reading import lines, looking
from tests.handlers.test_away import counting
from tests.reconciled import findings

LAST = "2026-12-04"
UNTIL = f"{LAST}T23:59:59+11:00"
ASKED = [f"Are you away until Fri 4 Dec? {WHAT}", "[Yes] [No] [I'm away]", f"({OTHER})"]


async def suspected(company: Company, who: Visitor, until: str = UNTIL) -> list[Suggest]:
    """What a status leads to, of all that was put to anybody."""
    await company.door.enter(HEARD["status"](until), who)
    rows = [one for one in await ledger(company) if one.kind == "suggest"]
    return [Suggest(one.person_id, **one.payload) for one in rows]


async def drawn(company: Company, who: Visitor, wanted: Suggest) -> list[str]:
    """The message as it would be drawn now; nothing where it would not be sent."""
    card = await looking(company, who, lambda act: SUGGESTS[wanted.what](act, wanted))
    return lines(card) if card else []


async def test_p7_whoever_decides_deputises_or_reviews_is_asked_and_nobody_else(company: Company) -> None:
    before = len(await audit(company))
    for who in (company.tara, company.deven, company.ruth):
        assert Suggest(who.person_id or 0, "away", LAST, "", "slack") in await suspected(company, who)
    assert len(await suspected(company, company.anna)) == 3
    assert await drawn(company, company.tara, Suggest(company.tara.person_id or 0, "away", LAST)) == ASKED
    assert len(await audit(company)) == before, "nobody reads in the log who was asked"
    assert await counting(company) == []


async def test_of_whoever_has_no_role_nothing_is_kept(company: Company) -> None:
    await suspected(company, company.anna)
    await suspected(company, Visitor("slack:UNOBODY", None))
    assert await ledger(company) == []
    kept = await company.database.read(lambda store: store.outbox.has_keys(company.clock.now + timedelta(days=9)))
    assert not kept


async def test_the_same_status_is_put_once_and_another_anew(company: Company) -> None:
    for _ in range(3):
        assert len(await suspected(company, company.tara)) == 1
    await company.door.enter(Dismiss(LAST), company.tara)
    assert sorted(one.answer for one in await suspected(company, company.tara)) == ["", "no"]
    assert len(await suspected(company, company.tara, "2026-12-09T23:59:59+11:00")) == 3


async def test_p7_yes_is_what_it_would_be_at_home(company: Company) -> None:
    await suspected(company, company.tara)
    await company.door.enter(Accept(LAST), company.tara)
    assert await counting(company) == [(date(2026, 11, 24), date(2026, 12, 4))]
    [row] = await company.database.read(lambda store: store.session.query(Absence).all())
    detail = {"first": "2026-11-24", "last": LAST, "instead_of": []}
    assert (await audit(company, row.id))[-1] == (company.tara.actor, "away.accept", "done", "", detail)
    rows = [one.payload for one in await ledger(company, company.tara) if one.kind == "suggest"]
    [answered] = [one for one in rows if one["answer"]]
    assert await drawn(company, company.tara, Suggest(1, **answered)) == [
        "You are away until Fri 4 Dec. Press I'm back if that changes.", "[I'm back]",
    ]  # fmt: skip
    assert await findings(company.database) == []


async def test_p7_yes_twice_is_one_absence_and_a_later_one_joins_it(company: Company) -> None:
    for last in (LAST, LAST, "2026-12-09"):
        await company.door.enter(Accept(last), company.tara)
    assert await counting(company) == [(date(2026, 11, 24), date(2026, 12, 9))]
    [absence] = await company.database.read(
        lambda store: store.absences.of(company.tara.person_id or 0, date(2026, 11, 24))
    )
    await company.door.enter(Back(absence.id), company.tara)
    assert await counting(company) == []
    assert await drawn(company, company.tara, Suggest(1, "away", LAST, "yes")) == [SETTLED]


async def test_no_changes_nothing_and_the_message_says_so(company: Company) -> None:
    [asked] = await suspected(company, company.tara)
    before = len(await audit(company))
    await company.door.enter(Dismiss(LAST), company.tara)
    assert await counting(company) == []
    assert len(await audit(company)) == before
    assert await drawn(company, company.tara, Suggest(asked.person, "away", LAST, "no")) == [NEVER]


async def test_a_role_that_nobody_fills_meanwhile_is_told_with_the_answer(company: Company) -> None:
    await company.door.enter(Accept(LAST), company.deven)
    await company.door.enter(Accept(LAST), company.tara)
    [told, caution, back] = await drawn(company, company.tara, Suggest(1, "away", LAST, "yes"))
    assert told.startswith("You are away until")
    assert caution.startswith("⚠️ Today nobody stands in as")
    assert back == "[I'm back]"


async def test_what_was_said_meanwhile_or_is_over_is_asked_no_more(company: Company) -> None:
    [asked] = await suspected(company, company.tara)
    await company.door.enter(Say(date(2026, 11, 24), date(2026, 12, 5), "V1"), company.tara)
    assert await drawn(company, company.tara, asked) == []
    assert len(await suspected(company, company.tara)) == 1
    company.clock.pass_(days=30)
    assert await drawn(company, company.deven, asked) == []


@each("until", ["", "tomorrow", "2026-12-04", "2026-12-04T23:59:59", "9999-12-31T23:59:59+00:00"])
async def test_what_is_no_moment_asks_nothing(company: Company, until: str) -> None:
    await company.door.enter(Suspect(until), company.tara)
    assert await ledger(company) == []


async def test_whatever_a_client_sends_is_refused_as_the_form_refuses_it(company: Company) -> None:
    for intent in (Accept, Dismiss):
        assert (await refusal(company, intent("R-1"), company.tara)).code == "unknown"
        assert (await refusal(company, intent(LAST), company.anna)).code == "no_role"
    assert "last" in (await refusal(company, Accept("2026-11-01"), company.tara)).fields
    assert "last" in (await refusal(company, Accept("2099-11-01"), company.tara)).fields
    assert await counting(company) == []
