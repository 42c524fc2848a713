"""P13: what is filed, and what is kept of who filed it."""

from __future__ import annotations

import pytest

from handlers.acting import WEB, Visitor
from handlers.breach import clock, reporting
from handlers.breach.known import Filed, Known, Told
from handlers.breach.reporting import from_form
from handlers.breach.room import ROOM, receipt
from handlers.breach.vault import Vault
from handlers.cards import Heading, Line, Page
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.tables.breaches import ReportDraft
from tests.handlers.breach.reporting import a_known, anonymous, be_away, heard, page, report, the_report, told
from tests.handlers.builders import NAMES, Company, account, email, meet


async def known(company: Company) -> Known:
    """What the only report holds."""

    def look(store: Store) -> Known:
        [one] = Vault(company.door.act(store, WEB)).all()
        return one.known

    return await company.database.read(look)


def on_the_page(**more: object) -> Told:
    return Told("page", "He sold them.", **more)  # type: ignore[arg-type]


async def test_p13_of_who_withholds_a_name_nothing_is_kept(company: Company) -> None:
    await report(company, company.anna)
    found = await known(company)
    assert (found.named, found.reporter, found.account, found.reporter_name, found.conflicts) == (False, "", "", "", [])
    assert "anna" not in found.model_dump_json().lower()


async def test_p13_who_gives_a_name_is_kept_with_account_and_address(company: Company) -> None:
    await report(company, company.anna, named="named")
    found = await known(company)
    assert (found.named, found.reporter, found.account) == (True, email(NAMES["anna"]), "slack:UANNA")


async def test_p13_an_account_that_was_never_here_may_report_with_a_name(company: Company) -> None:
    stranger = Visitor("slack:UNEW")
    people = await company.database.read(lambda store: store.people.account("slack", "UNEW"))
    await company.door.enter(from_form(told(company, named="named"), "slack:V-new"), stranger)
    assert people is None
    assert (await known(company)).account == "slack:UNEW"
    assert await company.database.read(lambda store: store.people.account("slack", "UNEW")) is None


@pytest.mark.parametrize("who", ["ruth", "helena", "henrik", "miles"])
async def test_p13_a_would_be_reader_who_withholds_a_name_is_kept_as_any_conflict(company: Company, who: str) -> None:
    """Not to be told from a named conflict: the report holds the same for both."""
    await report(company, company.people[who])
    found = await known(company)
    assert found == a_known(
        company.clock.now, source="chat", counter=found.counter, receipt=found.receipt, what=found.what, conflicts=[email(NAMES[who])], fired=found.fired,
        readers=found.readers, log=found.log,
    )  # fmt: skip
    assert who not in await heard(company)


async def test_p13_a_reader_who_reports_with_a_name_sees_it_as_reporter_only(company: Company) -> None:
    await report(company, company.ruth, named="named")
    assert set(await heard(company)) == {"helena"}
    own = await page(company, company.ruth, await the_report(company))
    assert (await own.own()).state == "waiting for someone to read it"
    with pytest.raises(Refused):
        await own.read()


async def test_p13_on_the_page_only_who_picks_himself_is_kept_out(company: Company) -> None:
    await company.door.enter(reporting.file(on_the_page(conflicts=(email(NAMES["ruth"]),)), "page:1"), WEB)
    assert set(await heard(company)) == {"helena"}
    found = await known(company)
    assert (found.source, found.named, found.account) == ("page", False, "")


async def test_p13_a_name_given_on_the_page_is_words_and_reaches_nobody(company: Company) -> None:
    await company.door.enter(reporting.file(on_the_page(named=True, name="Anna"), "page:1"), WEB)
    view = await (await page(company, company.ruth, await the_report(company))).read()
    assert ("Name of the reporter", "Anna (typed on the page; no one checked it)") in view.facts


async def test_p13_the_same_sent_again_is_filed_once_with_the_same_receipt(company: Company) -> None:
    wanted = from_form(told(company), "slack:V-once")
    first = await company.door.enter(wanted, anonymous(company.anna))
    again = await company.door.enter(wanted, anonymous(company.anna))
    assert again == first
    assert await the_report(company)


async def test_p13_after_an_hour_nothing_ties_a_submission_to_its_report(company: Company) -> None:
    wanted = from_form(told(company), "slack:V-once")
    await company.door.enter(wanted, anonymous(company.anna))
    company.clock.pass_(hours=1, seconds=1)
    await company.door.enter(clock.look(), WEB)
    assert await company.database.read(lambda store: store.session.query(ReportDraft).count()) == 0


async def test_p13_whom_one_chose_and_is_gone_is_told_at_the_field(company: Company) -> None:
    form = told(company).model_copy(update={"accused": ["999"]})
    with pytest.raises(Refused) as refusal:
        await company.door.enter(from_form(form, "slack:V-gone"), anonymous(company.anna))
    assert list(refusal.value.fields) == ["accused"]


async def test_p13_what_comes_after_the_cut_off_counts_from_the_next_working_day(company: Company) -> None:
    in_time = await report(company, company.anna)
    company.clock.pass_(hours=4)
    late = await report(company, company.anna)
    assert (late.acknowledged_by - in_time.acknowledged_by).days == 1


async def test_p13_the_deputies_stand_in_while_a_holder_is_away(company: Company) -> None:
    await be_away(company, company.helena)
    await report(company, company.anna)
    assert set(await heard(company)) == {"henrik", "ruth"}


async def test_p13_an_accused_head_takes_the_deputies_along(company: Company) -> None:
    await be_away(company, company.helena)
    await report(company, company.anna, accused=["helena"])
    assert set(await heard(company)) == {"ruth"}


async def test_p13_who_is_accused_by_another_address_of_the_same_person_is_out(company: Company) -> None:
    """An address that changed is the same person."""
    moved = account("UHELENA", "Helena Marsh")
    old = moved.email_key
    changed = type(moved)(
        "slack",
        "UHELENA",
        "h.marsh@fernhill.example",
        "h.marsh@fernhill.example",
        "Helena Marsh",
        moved.zone,
        "member",
        company.clock.now,
    )
    await meet(company.door, changed)
    await company.door.enter(reporting.file(on_the_page(accused=("h.marsh@fernhill.example",)), "page:2"), WEB)
    assert old == email(NAMES["helena"])
    assert set(await heard(company)) == {"ruth"}


def test_p13_after_sending_stands_the_receipt(company: Company) -> None:
    day = company.clock.now.date()
    shown = receipt(Filed("ABCD2345", day, day, "Turn to the owners."))
    lines = [str(part.words) for part in shown.parts if isinstance(part, Line)]
    assert Heading("ABCD 2345") in shown.parts
    assert "Turn to the owners." in lines
    assert ROOM.forms[0].sent("") == Page("Sent", (Line("Your report is in."),))
