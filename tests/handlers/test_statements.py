"""How often the database is asked, and how many files one Approve runs through: the same on each machine."""

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import event

from handlers.access import deciding
from handlers.acting import DELIVERY, Actor
from handlers.customers.forms import ReleaseForm
from handlers.customers.steps import release_calls
from handlers.holds.state import HoldForm
from handlers.holds.steps import ask_for_hold
from handlers.matters.showing import kind_of
from handlers.random_review.reviews import review_call
from handlers.random_review.state import ReviewForm
from storage.database.store import Database, Store
from storage.tables.reviews import CallReview
from tests.handlers.breach.reporting import be_away
from tests.handlers.builders import CLAIM, Company, ask, call, register
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import as_shown
from tests.handlers.policy_review.acts import start
from tests.handlers.random_review.acts import a_month, all_drawn, heard, incoming
from tests.handlers.reading import home_of, looking, managed, seen
from tests.handlers.test_away_every_kind import KINDS, Begun

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
    # The requester's card; the approver's also shows the requester's other requests.
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
    "the weekly digest": (3, 12), "a notice": (4, 14), "a customer's request": (5, 13), "a drawn call": (5, 13),
}  # fmt: skip
"""For each kind of matter: the card of who decides it, and the decision with its messages."""


async def _decider_of(company: Company, matter: str) -> Actor:
    person = await company.database.read(partial(_asked_first, matter=matter))
    return next(one for one in company.people.values() if one.person_id == person)


def _asked_first(store: Store, matter: str) -> int | None:
    review = store.matters.of_kind(CallReview, matter)
    return review.reviewer if review is not None else store.matters.parties(matter)[0].person_id


@pytest.mark.parametrize("kind", EACH)
async def test_a_card_and_a_decision_of_each_kind(company: Company, kind: str) -> None:
    await start(company)  # as each bot does: an erasure names the policy's text
    matter, decision = await {**KINDS, "a customer's request": _customers, "a drawn call": _reviewed}[kind](company)
    decider = await _decider_of(company, matter)
    with asked(company.database) as card:
        await drawn(company, matter, decider)
    with asked(company.database) as decided:
        await company.door.enter(decision, decider)
    assert (len(card), len(decided)) == EACH[kind], "\n\n".join(decided)


async def _one_more_of_each(company: Company, number: int) -> None:
    """Requests that wait, have a question or want more time, an investigation, a customer's request, and a hold."""
    for step in ("waits", "question", "longer"):
        request = await ask(company, company.anna, crm=f"CS-{number}{len(step)}")
        if step == "question":
            await company.door.enter(deciding.ask_requester(request, "Which call?"), company.tara)
        elif step == "longer":
            await company.door.enter(deciding.approve_request(request), company.tara)
            await company.door.enter(deciding.ask_for_more_time(request), company.anna)
    await ask(company, company.anna, **{**CLAIM, "matter": f"Claim {number}"})
    await a_request(company, person=f"Customer {number}")
    [held] = await register(company.door, call(4, native_id=f"held-{number}"))
    told: dict[str, Any] = {"recordings": [f"{held}"], "case": f"Case {number}", "reason": "A claim is coming."}
    await company.door.enter(ask_for_hold(HoldForm.read(told), f"H{number}"), company.anna)


async def test_a_home_and_manage_cost_the_same_whatever_they_list(company: Company) -> None:
    lengths: dict[str, list[int]] = {}
    for number in range(8):
        await _one_more_of_each(company, number)
        for who in ("anna", "tara", "helena") if number in (1, 7) else ():
            for look in (home_of, managed):
                with asked(company.database) as statements:
                    await look(company, company.people[who])
                lengths.setdefault(f"{who} {look.__name__}", []).append(len(statements))
    assert {one: found for one, found in lengths.items() if found[1] > min(found[0], 20)} == {}


async def test_a_home_costs_no_more_while_its_reader_is_away(company: Company) -> None:
    counted = []
    for _ in range(2):
        with asked(company.database) as statements:
            await home_of(company, company.tara)
        counted.append(len(statements))
        await be_away(company, company.tara)
    assert counted[0] == counted[1]


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
