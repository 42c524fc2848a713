"""P13: what is filed and by whom, what is kept of who filed it, and who reads it first."""

from datetime import timedelta

import pytest

from handlers import SEARCHES
from handlers.acting import WEB, Actor
from handlers.breach import clock, filing, readers, steps
from handlers.breach.filing import (
    FORM,
    LINK,
    LINK_LASTS,
    LONGEST,
    READERS,
    WRITING,
    from_form,
    link_page,
    make_token,
    read_token,
)
from handlers.breach.state import Known, Statement
from handlers.breach.vault import Vault
from handlers.cards import Actions, Option
from handlers.rules import Refused
from handlers.sealing import Keys
from storage.breaches import SENT, Breaches
from storage.database.store import Store
from storage.people import Account
from storage.tables.breaches import ReportPart
from tests.each import each
from tests.handlers.breach.reporting import (
    WORDS,
    a_known,
    anonymous,
    heard,
    page,
    pages,
    report,
    the_report,
    tick,
    told,
)
from tests.handlers.builders import NAMES, Company, email, ledger
from tests.moments import NOW

pytestmark = pytest.mark.long


async def known(company: Company) -> Known:
    """What the only report holds."""

    def look(store: Store) -> Known:
        [one] = Vault(company.door.context(store, WEB)).all()
        return one.known

    return await company.database.read(look)


def on_the_page(**more: object) -> Statement:
    return Statement("page", "He sold them.", **more)  # type: ignore[arg-type]


async def test_p13_of_who_withholds_a_name_nothing_is_kept(company: Company) -> None:
    await report(company, company.anna)
    found = await known(company)
    assert (found.named, found.reporter, found.account, found.reporter_name, found.conflicts) == (False, 0, "", "", [])
    assert "anna" not in found.model_dump_json().lower()


@pytest.mark.parametrize("who", ["ruth", "helena", "henrik", "miles"])
async def test_p13_a_would_be_reader_who_withholds_a_name_is_kept_as_any_conflict(company: Company, who: str) -> None:
    """Not to be told from a named conflict: the report holds the same for both."""
    await report(company, company.people[who])
    found = await known(company)
    assert found == a_known(
        company.clock.now, source="chat", counter=found.counter, receipt=found.receipt, what=found.what, conflicts=[company.people[who].person_id], fired=found.fired,
        readers=found.readers, log=found.log,
    )  # fmt: skip
    assert who not in await heard(company)


async def test_p13_on_the_page_only_who_picks_himself_is_kept_out(company: Company) -> None:
    await company.door.enter(filing.file_report(on_the_page(conflicts=(email(NAMES["ruth"]),)), "page:1"), WEB)
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
    await company.door.enter(clock.review_reports(), WEB)
    assert await company.database.read(lambda store: store.session.query(ReportPart).filter_by(kind=SENT).count()) == 0


async def test_p13_whom_one_chose_and_is_gone_is_told_at_the_field(company: Company) -> None:
    form = told(company).model_copy(update={"accused": ["999"]})
    with pytest.raises(Refused) as refusal:
        await company.door.enter(from_form(form, "slack:V-gone"), anonymous(company.anna))
    assert list(refusal.value.fields) == ["accused"]


async def test_p13_a_report_reaches_manager_and_head_and_no_one_else(company: Company) -> None:
    await report(company, company.anna, accused=["bram"])
    name = await the_report(company)
    assert await heard(company) == {
        "helena": ["A confidential report has come in."],
        "ruth": ["A confidential report has come in."],
    }
    for who in (company.helena, company.ruth):
        view = await (await page(company, who, name)).read()
        assert ("What happened", WORDS) in view.facts
        assert ("Who it is about", "Bram Tolliver") in view.facts
        assert ("Name of the reporter", "not given") in view.facts


@pytest.mark.parametrize("who", ["anna", "bram", "tara", "deven", "henrik", "miles"])
async def test_p13_to_everyone_else_a_known_id_is_like_a_wrong_one(company: Company, who: str) -> None:
    await report(company, company.anna, accused=["bram"])
    said = []
    for name in (await the_report(company), "B-22222222"):
        with pytest.raises(Refused) as refusal:
            await company.door.enter(readers.make_code(name), company.people[who])
        said.append((str(refusal.value), refusal.value.code))
    assert said[0] == said[1]


async def test_p13_filing_leaves_no_trace_in_the_main_log(company: Company) -> None:
    before = await company.database.read(lambda store: store.audit.head())
    await report(company, company.anna, named="named")
    await tick(company)
    assert await company.database.read(lambda store: store.audit.head()) == before


async def found(company: Company, typed: str) -> list[Option]:
    return await company.database.read(
        lambda store: SEARCHES[READERS].find(company.door.context(store, Actor("anybody")), typed)
    )


async def test_p13_only_those_who_would_read_a_report_can_be_kept_from_it(company: Company) -> None:
    names = [one.label for one in await found(company, "")]
    assert names == ["Helena Marsh", "Henrik Solberg", "Ruth Adeyemi", "Miles Fairweather"]
    [helena] = await found(company, "helena")
    assert (helena.label, helena.small) == ("Helena Marsh", "Head of Customer Success")
    assert await found(company, "tara") == []
    named = await company.database.read(
        lambda store: SEARCHES[READERS].named(company.door.context(store, Actor("anybody")), [helena.value, "nobody"])
    )
    assert named == [helena]


async def test_p13_a_sealed_report_says_openly_that_no_one_may_read_it(company: Company) -> None:
    filed = await report(company, company.anna, accused=["helena", "ruth", "miles"])
    assert filed.last_resort.startswith("Until then, please write to the chair")
    assert (await heard(company), await tick(company)) == ({}, 0)
    view = await company.door.enter(filing.follow_report(filed.receipt), WEB)
    assert view.state == "kept, and no one may read it at the moment"
    assert (view.last_resort, view.evidence) == (filed.last_resort, "")


async def test_p13_a_press_that_is_refused_is_told_by_the_answer_and_is_nowhere(company: Company) -> None:
    before, queued = await company.database.read(lambda store: store.audit.head()), await ledger(company)
    with pytest.raises(Refused):
        await company.door.enter(readers.make_code("B-22222222"), company.anna, key="k", whisper=True)
    assert await ledger(company) == queued
    assert await company.database.read(lambda store: store.audit.head()) == before


async def test_p13_words_are_read_by_people_alone(company: Company) -> None:
    """A person named only in words is neither asked about nor kept out: the form asks who should not see it."""
    told = Statement(
        "page", "Helena Marsh, Head of Customer Success, did it.", concerned="helena.marsh@fernhill.example"
    )
    filed = await company.door.enter(filing.file_report(told, "page:1"), WEB)
    assert sorted(await heard(company)) == ["helena", "ruth"]
    await company.door.enter(filing.add_words(filed.receipt, "It was Ruth Adeyemi as well."), WEB)
    assert sorted(await heard(company)) == ["helena", "ruth"]


async def test_p13_a_handler_may_name_anyone_who_was_ever_here(company: Company) -> None:
    [ruth] = await pages(company, "ruth")
    people = {name.partition(",")[0]: key for key, name in (await ruth.read()).people}
    assert list(people)[:2] == ["Helena Marsh", "Henrik Solberg"]
    await ruth.do(steps.accuse_person, people["Bram Tolliver"], "He was there.")
    assert ("Accused since", "Bram Tolliver (named by Ruth Adeyemi)") in (await ruth.read()).facts
    with pytest.raises(Refused):
        await ruth.do(steps.accuse_person, "999", "Nobody.")


async def test_p13_a_name_that_was_typed_is_told_from_one_that_a_platform_knows(company: Company) -> None:
    link = Statement("link", "They sold them.", named=True, account="slack:UBRAM")
    typed = Statement("page", "They sold them.", named=True, name="Bram Tolliver")
    said = []
    for number, account in enumerate((link, typed)):
        await company.door.enter(filing.file_report(account, f"page:{number}"), WEB)
    for one in await company.database.read(_ids):
        facts = dict((await (await page(company, company.ruth, one)).read()).facts)
        said.append((facts["Name of the reporter"], facts["Sent"]))
    assert sorted(said) == [
        ("Bram Tolliver", "on the page, by a link from chat"),
        ("Bram Tolliver (typed on the page; no one checked it)", "on the page without login"),
    ]


@pytest.mark.by_hand
async def test_p13_a_name_that_no_one_knew_is_told_once_it_is_known(company: Company) -> None:
    """The database showed the account id of a first-time reporter who gave a name, even after they met the bot."""
    told = Statement("link", "They sold them.", named=True, account="slack:UNEWCOMER")
    await company.door.enter(filing.file_report(told, "page:1"), WEB)
    ruth = await page(company, company.ruth, await the_report(company))
    assert dict((await ruth.read()).facts)["Name of the reporter"].startswith(
        "the holder of the account slack:UNEWCOMER"
    )
    account = Account(
        "slack", "UNEWCOMER", "nora@fernhill.example", "nora@fernhill.example", "Nora Newcomer", "Australia/Sydney",
        "member", company.clock.now,
    )  # fmt: skip
    await company.database.write(lambda store: store.meetings.meet(account))
    assert dict((await ruth.read()).facts)["Name of the reporter"] == "Nora Newcomer"


def _ids(store: Store) -> list[str]:
    return [one.id for one in Breaches(store.session).all()]


KEYS, OTHER = Keys(bytes(32)), Keys(bytes(range(32)))
WHO = "teams:00000001-aaaa-4000-8000-000000000000"


def over(told: str, keys: Keys = KEYS, **later: float) -> str:
    with pytest.raises(Refused) as refused:
        read_token(keys, told, NOW + timedelta(**later))
    return refused.value.code


def test_p13_it_names_the_account_for_ten_minutes_and_no_two_are_alike() -> None:
    one, other = make_token(KEYS, WHO, NOW), make_token(KEYS, WHO, NOW)
    assert one != other and WHO not in one
    start = read_token(KEYS, one, NOW + LINK_LASTS)
    assert (start.account, start.ends, len(start.id)) == (WHO, NOW + LINK_LASTS, 43)
    assert read_token(KEYS, other, NOW).id != start.id
    assert over(one, minutes=10, seconds=1) == "start_over"


@each(("purpose", "lasts"), [(LINK, LINK_LASTS), (FORM, WRITING)])
def test_p13_a7_neither_a_link_nor_a_form_is_good_before_its_own_time(purpose: str, lasts: timedelta) -> None:
    """A link that a clock ahead made was good for as long as a form, an hour before its ten minutes."""
    told, ahead = make_token(KEYS, WHO, NOW + timedelta(hours=3), purpose), timedelta(hours=3)
    for later in (timedelta(0), ahead - WRITING + LINK_LASTS, ahead - timedelta(seconds=1), ahead + lasts + LINK_LASTS):
        with pytest.raises(Refused):
            read_token(KEYS, told, NOW + later, purpose)


@each(("purpose", "other"), [(LINK, FORM), (FORM, LINK)])
def test_p13_neither_a_link_nor_a_form_is_good_as_the_other(purpose: str, other: str) -> None:
    told = make_token(KEYS, WHO, NOW, purpose)
    assert read_token(KEYS, told, NOW, purpose).account == WHO
    with pytest.raises(Refused):
        read_token(KEYS, told, NOW, other)


@each(
    "told",
    ["", "x", "é" * 9, "A" * (LONGEST + 1), "\ud800", make_token(OTHER, WHO, NOW), make_token(KEYS, WHO, NOW)[:-2]],
)
def test_p13_whatever_else_comes_is_answered_alike(told: str) -> None:
    assert over(told) == "start_over"


def test_p13_the_page_has_it_behind_the_fragment_where_no_server_and_no_log_sees_it() -> None:
    shown = link_page(KEYS, WHO, NOW, "https://steward.example.com")
    [button] = next(part for part in shown.parts if isinstance(part, Actions)).buttons
    address, _, told = str(button.url).partition("#")
    assert address == "https://steward.example.com/report/start"
    assert read_token(KEYS, told, NOW).account == WHO
    assert "10 minutes" in str(shown.parts)


async def test_p13_a_reporter_who_has_written_fifty_times_waits_for_an_answer(company: Company) -> None:
    filed = await report(company, company.anna)
    for number in range(50):
        await company.door.enter(filing.add_words(filed.receipt, f"More {number}"), WEB)
    with pytest.raises(Refused, match="reached the limit"):
        await company.door.enter(filing.add_words(filed.receipt, "More"), WEB)
