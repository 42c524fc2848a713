"""How often the database is asked, and how many files one Approve runs through: the same on each machine."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from sqlite3 import connect
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import event

from handlers.access import deciding
from handlers.acting import DELIVERY, Actor, Intent
from handlers.customers.filing import file_customer_request
from handlers.customers.forms import ReleaseForm
from handlers.customers.steps import release_calls
from handlers.declined.saying import note_declined
from handlers.holds.state import HoldForm
from handlers.holds.steps import ask_for_hold
from handlers.matters.showing import kind_of
from handlers.policy_review.state import DeclareForm
from handlers.policy_review.steps import declare_change
from handlers.random_review.reviews import review_call
from handlers.random_review.state import ReviewForm
from storage.database.store import Database, Store
from storage.tables.reviews import CallReview
from tests.handlers.builders import CLAIM, Company, approved, ask, call, register
from tests.handlers.customers.acts import a_request, form
from tests.handlers.customers.releasing import as_shown
from tests.handlers.policy_review.acts import start
from tests.handlers.random_review.acts import a_month, all_drawn, heard, incoming
from tests.handlers.reading import home_of, looking, managed, seen
from tests.handlers.test_away_every_kind import KINDS, Begun
from tests.spoiling import said

AROUND = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """Every statement that runs meanwhile, without what begins and ends a transaction."""
    found: list[str] = []

    def note(*told: object) -> None:
        if not str(told[2]).startswith(AROUND):
            found.append(str(told[2]))

    engine = database.sessions.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def drawn(company: Company, matter: str, reader: Actor) -> None:
    """The card for one reader, as the delivery draws it."""
    person = reader.person_id or 0
    await looking(company, DELIVERY, lambda ctx: kind_of(matter).shown(ctx, matter, person))


async def test_a_filing_a_card_and_a_decision(company: Company) -> None:
    before = await ask(company, company.anna)
    with asked(company.database) as filing:
        request = await ask(company, company.anna, crm="CS-2")
    # The card of whoever asked; the approver's also tells of the requester's other requests.
    with asked(company.database) as card:
        await drawn(company, before, company.anna)
    with asked(company.database) as approvers:
        await drawn(company, request, company.tara)
    with asked(company.database) as decision:
        await company.door.enter(deciding.approve_request(request), company.tara)
    assert [len(one) for one in (filing, card, approvers, decision)] == [12, 4, 5, 12], "\n\n".join(decision)


async def _customers(company: Company) -> Begun:
    request = await a_request(company)
    return request, release_calls(
        *(await as_shown(company, request)).partition(":")[::2], ReleaseForm.read({"voices": "nobody"})
    )


async def _reviewed(company: Company) -> Begun:
    await a_month(company)
    review = await incoming(company, await all_drawn(company))
    await heard(company, review)
    return review.id, review_call(review.id, ReviewForm.read({"good": "Clear and kind.", "training": "None."}))


EACH: Mapping[str, tuple[int, int]] = {
    "an investigation": (5, 12), "a hold": (5, 14), "a call whose customer declined": (5, 14), "the review of the policy": (4, 13),
    "the weekly digest": (3, 12), "a notice": (4, 14), "a customer's request": (5, 13), "a drawn call": (4, 13),
}  # fmt: skip
"""For each kind of matter: the card of who decides it, and the decision with its messages."""


def _asked_first(store: Store, matter: str) -> int | None:
    review = store.matters.of_kind(CallReview, matter)
    return review.reviewer if review is not None else store.matters.parties(matter)[0].person_id


@pytest.mark.parametrize("kind", EACH)
async def test_a_card_and_a_decision_of_each_kind(company: Company, kind: str) -> None:
    await start(company)  # as each bot does: an erasure names the policy's text
    matter, decision = await {**KINDS, "a customer's request": _customers, "a drawn call": _reviewed}[kind](company)
    asked_first = await company.database.read(partial(_asked_first, matter=matter))
    decider = next(one for one in company.people.values() if one.person_id == asked_first)
    with asked(company.database) as card:
        await drawn(company, matter, decider)
    with asked(company.database) as decided:
        await company.door.enter(decision, decider)
    assert (len(card), len(decided)) == EACH[kind], "\n\n".join(decided)


def _hold(company: Company) -> Intent[Any]:
    chosen = [str(one) for one in company.calls[:2]]
    form = HoldForm.read({"recordings": chosen, "case": "Case 7", "reason": "A claim is coming."})
    return ask_for_hold(form, "slack:H1")


FILINGS: Mapping[str, tuple[str, int, Callable[[Company], Intent[Any]]]] = {
    "a hold": ("anna", 14, _hold), "a hold by who decides it": ("helena", 14, _hold),
    "a customer's request": ("anna", 14, lambda company: file_customer_request(form(company), "slack:C1")),
    "a change": ("helena", 12, lambda _: declare_change(DeclareForm.read({"what": "Another telephone system.", "changed": "2026-12-01", "significant": "yes"}), "slack:P1")),
    "a declined recording": ("bram", 7, lambda _: note_declined()),
}  # fmt: skip
"""For each kind that people file: who files it, and the statements; the first time, one more keeps where they want messages."""


@pytest.mark.parametrize("kind", FILINGS)
async def test_a_filing_of_each_kind(company: Company, kind: str) -> None:
    name, statements, filing = FILINGS[kind]
    await ask(company, company.people[name])
    with asked(company.database) as found:
        await company.door.enter(filing(company), company.people[name])
    assert len(found) == statements, "\n\n".join(found)


PAGE, FRAME = 4096, 4096 + 24


def pages(file: Path) -> int:
    """How many pages were written since the last time (sqlite.org/fileformat2: one frame each in the log)."""
    size = Path(f"{file}-wal").stat().st_size
    with closing(connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return max(size - 32, 0) // FRAME


async def test_a_lone_filing_writes_few_pages(company_in_a_file: Company, sqlite_url: str) -> None:
    """One in each of seven tables and fourteen indexes; and, as they grow, another where one had no more room."""
    company, file, found = company_in_a_file, Path(sqlite_url.removeprefix("sqlite:///")), []
    for number in range(40):
        await company.database.write(said("UPDATE outbox SET state = 'sent'"))
        pages(file)
        await ask(company, company.anna, crm=f"CS-{number}")
        found.append(pages(file))
    assert (min(found), sum(found) <= 40 * 23) == (21, True), found


async def _one_of_each_kind(company: Company, number: int) -> None:
    """What one person after another decides, and what the requester asks for himself."""
    for one in (company.anna, company.tara, company.helena, company.ruth):
        await ask(company, one, crm=f"CS-{number}")
    await approved(company, crm=f"CS-1{number}")
    await ask(company, company.anna, **{**CLAIM, "matter": f"Claim {number}"})
    [held_call] = await register(company.door, call(0, native_id=f"held-{number}"))
    held: dict[str, Any] = {"recordings": [str(held_call)], "case": f"Case {number}", "reason": "A claim is coming."}
    await company.door.enter(ask_for_hold(HoldForm.read(held), f"H{number}"), company.anna)
    await a_request(company, name=f"Customer {number}")
    told = {"what": f"Telephone system {number}.", "changed": "2026-12-01", "significant": "yes"}
    await company.door.enter(declare_change(DeclareForm.read(told), f"D{number}"), company.helena)
    await company.door.enter(note_declined(), company.bram)


async def test_a_home_and_manage_cost_the_same_whatever_they_list(company: Company) -> None:
    """Manage shows a single matter in place of its list, so it is counted from two on."""
    lengths: dict[tuple[str, str], list[int]] = {}
    for kind in ("a notice", "the weekly digest"):
        await KINDS[kind](company)
    for number in range(8):
        await _one_of_each_kind(company, number)
        for who in ("anna", "tara", "henrik", "ruth", "helena") if number in (0, 1, 7) else ():
            for page, look in (("home", home_of), ("Manage", managed)):
                with asked(company.database) as statements:
                    await look(company, company.people[who])
                lengths.setdefault((who, page), []).append(len(statements))
    assert {one: found for one, found in lengths.items() if found[1] != found[2] or max(found) > 20} == {}


ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT / floor}/" for floor in ("bot", "handlers", "storage"))
MOST = 47


@contextmanager
def entered() -> Iterator[set[str]]:
    """Every file of the product in which a function is called meanwhile, in any thread."""
    found: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            found.add(frame.f_code.co_filename)

    threading.setprofile_all_threads(note)  # type: ignore[attr-defined]  # the database works in threads of its own
    try:
        yield found
    finally:
        threading.setprofile_all_threads(None)  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="threads that are there already are told since Python 3.12")
async def test_a_decision_and_both_cards_run_through_few_files(company: Company) -> None:
    request = await ask(company, company.anna)
    with entered() as files:
        await company.door.enter(deciding.approve_request(request), company.tara)
        for reader in (company.tara, company.anna):
            await seen(company, request, reader)
    assert len(files) <= MOST, "\n".join(sorted(files))
