"""P13: what is filed, and what is kept of who filed it."""

from __future__ import annotations

import pytest

from handlers.acting import WEB
from handlers.breach import clock, reporting
from handlers.breach.known import Filed, Known, Told
from handlers.breach.reporting import from_form
from handlers.breach.room import ROOM, receipt
from handlers.breach.vault import Vault
from handlers.cards import Heading, Line, Page
from handlers.rules.refusal import Refused
from storage.breaches import SENT
from storage.database.store import Store
from storage.tables.breaches import ReportPart
from tests.handlers.breach.reporting import a_known, anonymous, heard, report, the_report, told
from tests.handlers.builders import NAMES, Company, email


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


async def test_p13_on_the_page_only_who_picks_himself_is_kept_out(company: Company) -> None:
    await company.door.enter(reporting.file(on_the_page(conflicts=(email(NAMES["ruth"]),)), "page:1"), WEB)
    assert set(await heard(company)) == {"helena"}
    found = await known(company)
    assert (found.source, found.named, found.account) == ("page", False, "")


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
    assert await company.database.read(lambda store: store.session.query(ReportPart).filter_by(kind=SENT).count()) == 0


async def test_p13_whom_one_chose_and_is_gone_is_told_at_the_field(company: Company) -> None:
    form = told(company).model_copy(update={"accused": ["999"]})
    with pytest.raises(Refused) as refusal:
        await company.door.enter(from_form(form, "slack:V-gone"), anonymous(company.anna))
    assert list(refusal.value.fields) == ["accused"]


def test_p13_after_sending_stands_the_receipt(company: Company) -> None:
    day = company.clock.now.date()
    shown = receipt(Filed("ABCD2345", day, day, "Turn to the owners."))
    lines = [str(part.words) for part in shown.parts if isinstance(part, Line)]
    assert Heading("ABCD 2345") in shown.parts
    assert "Turn to the owners." in lines
    assert ROOM.forms[0].sent("") == Page("Sent", (Line("Your report is in."),))
