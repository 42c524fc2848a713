"""P3: what both pages say together, told to the door: yes, no, or could not be seen, and what each change leads to."""

from datetime import timedelta

import pytest

from bot.pages import Noticing, look_at_pages
from bot.rehearsal.website import PAGES
from handlers.policy import Policy
from storage.database.store import Database
from storage.tables.reviews import PageLook
from tests.bot.pages.street import Street, html, leads
from tests.each import each
from tests.handlers.builders import POLICY, Clock, Company, a_company
from tests.handlers.notices.acts import answer, checks, open_now
from tests.handlers.passing_time import fall, pass_until

SAYS, LINKS = PAGES["privacy"], PAGES["contact"]
UNLINKED = LINKS.replace("/privacy", "/terms")


def without(**values: str) -> Policy:
    return POLICY.model_copy(update={"notices": POLICY.notices.model_copy(update=values)})


@each(
    ("privacy", "contact", "answer", "reasons"),
    [
        (html(SAYS), html(LINKS), "yes", ()),
        (html(SAYS.replace("quality", "quaIity")), html(LINKS), "no", ("website:wording_missing",)),
        (html(SAYS), html(UNLINKED), "no", ("contact:link_missing",)),
        (leads("/gone"), html(LINKS), "unseen", ("website:status",)),
        (leads("/terms", 301), html(LINKS), "yes", ()),
        (leads("/terms"), html(UNLINKED), "yes", ()),
        (leads("/gone"), html(UNLINKED), "no", ("website:status", "contact:link_missing")),
    ],
)  # fmt: skip
async def test_p3_both_pages_are_judged_together(
    street: Street, privacy: object, contact: object, answer: str, reasons: tuple[str, ...]
) -> None:
    street.pages = {"/privacy": privacy, "/contact": contact, "/terms": html(SAYS)}  # type: ignore[dict-item]
    assert await look_at_pages(street.reader(), POLICY) == (answer, reasons)


@pytest.mark.parametrize(
    "website",
    [
        "", "see the Contact us page", "http://fernhill.example/privacy", "https://127.0.0.1/x", "https://[::1]/x",
        "https://2130706433/x",
    ],
)  # fmt: skip
async def test_p3_without_an_address_it_could_not_be_seen_and_that_is_said(street: Street, website: str) -> None:
    street.pages = {"/contact": html(LINKS)}
    found = await look_at_pages(street.reader(), without(website=website))
    assert found == ("unseen", ("website:no_address",))


async def test_p3_the_clock_looks_once_a_day_and_asks_about_what_is_gone(street: Street, database: Database) -> None:
    company = await a_company(database, clock := Clock())
    street.pages = {"/privacy": html(SAYS), "/contact": html(LINKS)}
    noticing = Noticing(company.door, street.reader())
    await noticing.tick()
    await noticing.tick()
    assert len(street.asked) == 2
    clock.pass_(days=1)
    await fall(company)
    matter = await open_now(company, "website")
    assert matter is not None
    await answer(company, matter.id, company.helena)
    await noticing.tick()
    assert len(street.asked) == 4
    street.pages = {"/privacy": html(SAYS), "/contact": html(UNLINKED)}
    await pass_until(company, clock.now + timedelta(days=1))
    await noticing.tick()
    await fall(company)
    assert [look.answer for look in await looks(company)] == ["yes", "no"]
    assert [check.why for check in await checks(company) if check.notice == "website"] == ["first", "seen"]


async def looks(company: Company) -> list[PageLook]:
    return await company.database.read(lambda store: store.session.query(PageLook).order_by(PageLook.number).all())
