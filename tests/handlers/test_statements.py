"""How often the database is asked, and how many files one Approve runs through: the same on each machine."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import event

from handlers import home
from handlers.access import deciding
from handlers.acting import DELIVERY, Actor, Context
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
from handlers.room import ROOMS
from storage.database.store import Database, Store
from storage.records import Alarm, Matter, Party, Request
from storage.tables.calls import Erasure, ErasurePause
from storage.tables.customers import CustomerRequest
from storage.tables.reviews import CallReview
from tests.handlers.breach.reporting import be_away, report
from tests.handlers.builders import CLAIM, NAMES, POLICY, Company, ask, call, email, register, seeded, with_role
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import as_shown
from tests.handlers.notices.acts import enter as enter_outage
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


OFFICERS = ("tara", "henrik", "helena", "ruth", "miles", "quinn")
STATES = ("present", "erased", "closed", "declined")


async def _requests_of_staff(company: Company, number: int) -> None:
    """One that waits, one with a question, one with access whose holder wants more time; and an investigation with access."""
    for who in (company.anna, company.tara, company.helena, company.ruth):
        for step in ("waits", "question", "longer"):
            request = await ask(company, who, crm=f"CS-{number}{len(step)}")
            decider = await _decider_of(company, request)
            if step == "question":
                await company.door.enter(deciding.ask_requester(request, "Which call?"), decider)
            elif step == "longer":
                await company.door.enter(deciding.approve_request(request), decider)
                await company.door.enter(deciding.ask_for_more_time(request), who)
    claim = await ask(company, company.anna, **{**CLAIM, "matter": f"Claim {number}"})
    await company.door.enter(deciding.approve_request(claim), company.helena)
    await company.door.enter(deciding.ask_for_more_time(claim), company.anna)


async def _customers_and_holds(company: Company, number: int) -> list[int]:
    """Customers ask for calls that are soon in each state, and for all with a number; two calls are held. Those calls."""
    found = [call(0, native_id=f"{one}-{number}", caller=f"+6149900000{number}") for one in STATES]
    calls = await register(company.door, *found)
    for one in (*calls, f"number:+6149900000{number}"):
        await a_request(company, recordings=[f"{one}"], person=f"Customer {one}")
    for who, until in (("anna", {}), ("helena", {"until": "2027-02-01"})):
        held: dict[str, Any] = {
            "recordings": [f"{calls[0]}"], "case": f"Case {number}", "reason": "A claim is coming.", **until,
        }  # fmt: skip
        await company.door.enter(ask_for_hold(HoldForm.read(held), f"H{number}{who}"), company.people[who])
    return calls


async def _one_of_each_kind(company: Company, number: int) -> None:
    """One more of everything that a home or Manage may list, and all of it waits for every officer."""
    await _requests_of_staff(company, number)
    calls = await _customers_and_holds(company, number)
    told = {"what": f"Telephone system {number}.", "changed": "2026-12-01", "significant": "yes"}
    await company.door.enter(declare_change(DeclareForm.read(told), f"D{number}"), company.helena)
    await company.door.enter(note_declined(), company.bram)
    await report(company, company.bram, what=f"Report {number}.")
    await enter_outage(company, company.helena, f"2026-10-0{number + 1}", f"2026-10-0{number + 1}")
    for name in OFFICERS[:-1]:
        await be_away(company, company.people[name], 30 + 3 * number, 30 + 3 * number)
    await company.database.write(lambda store: _by_hand(company, store, number, calls))


def _by_hand(company: Company, store: Store, number: int, calls: list[int]) -> None:
    """What takes a year: calls that are over, a pause, and matters that are stuck; and everyone is asked about everything."""
    now, pause, role = company.clock.now, f"EP-{number}", "head_of_customer_success"
    for one, state in zip(calls, STATES, strict=True):
        store.recordings.by_id([one])[one].state = state
    over: dict[str, Any] = {"moment": now, "closed_at": now, "next_at": now, "erased_at": now}
    store.insert(Erasure(id=f"E-{number}", why="retention", recording_id=calls[1], state="erased", **over))
    store.insert(ErasurePause(id=pause, asked_at=now, causes=["many"], day="2026-11-24", coming=0))
    store.session.flush()
    for matter in store.rows(Matter, Matter.kind != "call_review", by=(Matter.asked_at,)):
        asked_before = {one.person_id for one in store.matters.parties(matter.id)}
        for person in {company.people[one].person_id or 0 for one in OFFICERS} - asked_before - {matter.begun_by}:
            store.insert(Party(matter_id=matter.id, person_id=person, part="approver", role=role, since=now))
    for kind in (CustomerRequest, Request):
        stuck = next(one for one in store.rows(kind) if one.state == "waiting")
        stuck.state, alarm = "stuck", f"A-{stuck.id}"
        told = company.bram.person_id
        store.insert(
            Alarm(
                id=alarm, alarm=alarm, subject=stuck.id, why="nobody_left", words="", person_id=told, state="told",
                raised_at=now,
            )
        )  # fmt: skip
    seeded(store)


async def _lists(company: Company, who: Actor, *, at_home: bool) -> None:
    """Draw every list of one of the two pages whole."""

    def draw(ctx: Context) -> None:
        lists = home.collect_lists(ctx, ROOMS, lambda name: (name in home.AT_HOME) is at_home)
        assert all(one.rows(1000, 0) for one in lists.values() if one.number)

    await looking(company, who, draw)


PAGES: Mapping[str, Callable[[Company, Actor], Any]] = {
    "home": home_of, "all of home": partial(_lists, at_home=True), "Manage": managed, "all of Manage": partial(_lists, at_home=False),
}  # fmt: skip


async def test_a_home_and_manage_cost_the_same_whatever_they_list(company: Company) -> None:
    """A home shows the first rows of its lists, so all of them are drawn as well; Manage draws lists of a single row only."""
    reviewers = (*POLICY.roles.reviewers.holders, *(email(NAMES[one]) for one in ("tara", "helena", "ruth")))
    company.door.policy = with_role(POLICY, "reviewers", holders=reviewers)
    lengths: dict[tuple[str, str], list[int]] = {}
    for kind in ("a notice", "the weekly digest"):
        await KINDS[kind](company)
    await a_month(company)
    await all_drawn(company)
    for number in range(8):
        await _one_of_each_kind(company, number)
        for who in ("anna", *OFFICERS) if number in (0, 1, 7) else ():
            for page, look in PAGES.items():
                with asked(company.database) as statements:
                    await look(company, company.people[who])
                lengths.setdefault((who, page), []).append(len(statements))
    assert {one: found for one, found in lengths.items() if max(found) > 20 and one[1] != "all of Manage"} == {}
    assert {one: found for one, found in lengths.items() if found[1] != found[2] and one[1] != "home"} == {}


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
