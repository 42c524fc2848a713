"""P7, P9: what is told beforehand of who decides is what really happens, for every asker, kind, absence and conflict."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, product

import pytest

from bot.commands.route import People, foresee_route, route_data
from handlers.access import asking
from handlers.policy import Policy
from handlers.policy.values import RoleName
from storage.database.store import Store
from storage.records import Party
from tests.each import each
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Company,
    away,
    call,
    claim_about,
    email,
    form,
    missed,
    parts,
    register,
)
from tests.rules.roles import subsets

pytestmark = pytest.mark.long

FIVE = ("tara", "deven", "helena", "henrik", "ruth")
HOLDERS: dict[str, RoleName] = {
    "tara": "team_leader", "helena": "head_of_customer_success", "ruth": "manager_human_resources",
}  # fmt: skip
_numbers = count(1)


@dataclass(frozen=True)
class Matter:
    """One request: who asks, of which kind, about whose call (nobody's of the five where empty), and whom it concerns."""

    asker: str
    kind: str
    operator: str = ""
    concerned: frozenset[str] = frozenset()

    def said(self, policy: Policy, now: datetime) -> list[list[str]]:
        """Whom `route` says it goes to: role and address of who is asked, who is only told, and who is next."""
        operators = [email(NAMES[self.operator])] if self.operator else []
        concerned = [email(NAMES[one]) for one in sorted(self.concerned)]
        reason = "complaint" if self.kind == "staff" else "legal_claim"
        people, asker = People(), email(NAMES[self.asker])
        found = foresee_route(policy.seated(people.ids), people, asker, reason, operators, concerned, "", now)
        told = route_data(found, people)
        asked, after = ([f"{one['role']} {one['email']}" for one in told[name]] for name in ("asked", "next"))
        return [sorted(asked), sorted(told["told"]), sorted(after)]


def _matters() -> Iterator[Matter]:
    for asker, operator in product((*FIVE, "anna"), ("", *FIVE)):
        yield Matter(asker, "staff", operator)
        for concerned in subsets(FIVE, 1):
            yield Matter(asker, "investigation", operator, concerned)


def _absences() -> Iterator[tuple[str, Policy]]:
    for absent in subsets(tuple(HOLDERS)):
        yield ", ".join(sorted(absent)), away(POLICY, *(HOLDERS[one] for one in absent))


async def _calls(company: Company) -> dict[str, int]:
    """A call of each of the five, and one of nobody among them."""
    found = {"": company.calls[0]}
    for number, one in enumerate(FIVE, 4):
        theirs = call(number, native_id=one, operator_key=email(NAMES[one]), operator_name=NAMES[one])
        [found[one]] = await register(company.door, theirs)
    return found


async def _filed(company: Company, matter: Matter, calls: dict[str, int]) -> str:
    more = {"crm": f"CS-{next(_numbers)}"}
    more = more if matter.kind == "staff" else claim_about(*sorted(matter.concerned), **more)
    wanted = asking.file_request(form([calls[matter.operator]], **more), f"slack:route:{next(_numbers)}")
    return (await company.door.enter(wanted, company.people[matter.asker])).request


def _went_to(store: Store, requests: list[str]) -> dict[str, list[list[str]]]:
    found = store.session.query(Party).where(Party.matter_id.in_(requests)).all()
    parties = {request: [one for one in found if one.matter_id == request] for request in requests}
    people = store.people.named(one.person_id for theirs in parties.values() for one in theirs)

    def told(theirs: list[Party]) -> list[list[str]]:
        asked = (f"{one.role} {people[one.person_id].email_key}" for one in theirs if one.part == "approver")
        return [sorted(asked), sorted(people[one.person_id].email_key for one in theirs if one.part == "copy")]

    return {request: told(parties[request]) for request in requests}


async def _compared(company: Company, matters: list[Matter]) -> int:
    calls = await _calls(company)
    for absent, policy in _absences():
        company.door.policy = policy
        filed = [await _filed(company, one, calls) for one in matters]
        assert len(set(filed)) == len(matters)
        went = await company.database.read(lambda store, filed=filed: _went_to(store, filed))  # type: ignore[misc]
        for matter, request in zip(matters, filed, strict=True):
            assert went[request] == matter.said(policy, company.clock.now)[:2], (matter, absent)
    return len(list(_absences())) * len(matters)


@pytest.mark.soak
async def test_p9_route_agrees_with_what_really_happens(company_in_a_file: Company) -> None:
    """Each of the five and somebody else asks; at most one of them was on the call, and one is concerned."""
    assert await _compared(company_in_a_file, list(_matters())) == 8 * 6 * 6 * (1 + 6)


@each("kind", ["staff", "investigation"])
async def test_p9_whom_route_names_as_next_is_asked_next(company: Company, kind: str) -> None:
    calls = await _calls(company)
    for (absent, policy), asker in product(_absences(), ("anna", "helena")):
        company.door.policy = policy
        matter = Matter(asker, kind)
        request = await _filed(company, matter, calls)
        company.clock.pass_(seconds=1)
        await _out_of_reach(company, request)
        [asked, _] = (await company.database.read(lambda store, one=request: _went_to(store, [one])))[request]  # type: ignore[misc]
        first, _, after = matter.said(policy, company.clock.now)
        assert asked == sorted([*first, *after]), (matter, absent)


async def _out_of_reach(company: Company, request: str) -> None:
    for name, part in (await parts(company, request)).items():
        if part == "approver":
            await missed(company, request, company.people[name])
