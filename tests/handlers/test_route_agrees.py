"""P7, P9: what is told beforehand of who decides is what really happens, for every asker, kind, absence and conflict."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, product

import pytest

from bot.commands.route import People, foresee_route, route_data
from handlers.access import asking
from handlers.policy import Policy, RoleName
from storage.database.store import Store
from storage.records import Party
from tests.each import each
from tests.handlers.builders import NAMES, POLICY, Company, away, claim_about, email, form, missed, parts
from tests.rules.roles import subsets

pytestmark = pytest.mark.long

HOLDERS: dict[str, RoleName] = {
    "tara": "team_leader", "helena": "head_of_customer_success", "ruth": "manager_human_resources",
}  # fmt: skip
_numbers = count(1)


@dataclass(frozen=True)
class Matter:
    """One request: who asks, and of which kind."""

    asker: str
    kind: str

    def said(self, policy: Policy, now: datetime) -> list[list[str]]:
        """Whom `route` says it goes to: role and address of who is asked, who is only told, and who is next."""
        reason = "complaint" if self.kind == "staff" else "legal_claim"
        people, asker = People(), email(NAMES[self.asker])
        found = foresee_route(policy.seated(people.ids), people, asker, reason, [], [], "", now)
        told = route_data(found, people)
        asked, after = ([f"{one['role']} {one['email']}" for one in told[name]] for name in ("asked", "next"))
        return [sorted(asked), sorted(told["told"]), sorted(after)]


def _absences() -> Iterator[tuple[str, Policy]]:
    for absent in subsets(tuple(HOLDERS)):
        yield ", ".join(sorted(absent)), away(POLICY, *(HOLDERS[one] for one in absent))


async def _filed(company: Company, matter: Matter) -> str:
    crm = f"CS-{next(_numbers)}"
    more = {"crm": crm} if matter.kind == "staff" else claim_about(crm=crm)
    wanted = asking.file_request(form(company.calls[:1], **more), f"slack:route:{next(_numbers)}")
    return (await company.door.enter(wanted, company.people[matter.asker])).request


def _went_to(store: Store, requests: list[str]) -> dict[str, list[list[str]]]:
    found = store.session.query(Party).where(Party.matter_id.in_(requests)).all()
    parties = {request: [one for one in found if one.matter_id == request] for request in requests}
    people = store.people.named(one.person_id for theirs in parties.values() for one in theirs)

    def told(theirs: list[Party]) -> list[list[str]]:
        asked = (f"{one.role} {people[one.person_id].email_key}" for one in theirs if one.part == "approver")
        return [sorted(asked), sorted(people[one.person_id].email_key for one in theirs if one.part == "copy")]

    return {request: told(parties[request]) for request in requests}


@each("kind", ["staff", "investigation"])
async def test_p9_whom_route_names_as_next_is_asked_next(company: Company, kind: str) -> None:
    for (absent, policy), asker in product(_absences(), ("anna", "helena")):
        company.door.policy = policy
        matter = Matter(asker, kind)
        request = await _filed(company, matter)
        company.clock.pass_(seconds=1)
        await _out_of_reach(company, request)
        [asked, _] = (await company.database.read(lambda store, one=request: _went_to(store, [one])))[request]  # type: ignore[misc]
        first, _, after = matter.said(policy, company.clock.now)
        assert asked == sorted([*first, *after]), (matter, absent)


async def _out_of_reach(company: Company, request: str) -> None:
    for name, part in (await parts(company, request)).items():
        if part == "approver":
            await missed(company, request, company.people[name])
