"""A small company: everyone has met the bot, and a few calls are in the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers import listening, recordings
from handlers import people as handlers_people
from handlers.access import asking, deciding
from handlers.access.forms import AccessForm, InvestigationForm
from handlers.acting import CLOCK, DELIVERY, WEB, Actor, Intent
from handlers.door import Door, Repeated
from handlers.listening import ListeningSession
from handlers.matters.showing import kind_of
from handlers.policy import Policy, RoleName, load_policy
from handlers.policy.terms import Period, Role
from handlers.rules import Refused
from handlers.sealing import Keys, Written, read_request_words
from storage.audit import Entry
from storage.database.store import Database, Store
from storage.people import Account
from storage.records import ChatAccount, Grant, Outgoing, Party, Person, Recording, Request
from tests import keys
from tests.ledgers import outgoing
from tests.moments import NOW

KEYS = keys.KEYS
AU, UK = "+61281979000", "+442036953777"
POLICY = load_policy((Path(__file__).parents[2] / "policy.yaml").read_text(encoding="utf-8"))
COPIES = "https://steward.example/copy"
OUT: tuple[RoleName, ...] = ("team_leader", "manager_human_resources")
_views = count(1)
NAMES = {
    "anna": "Anna Quill", "bram": "Bram Tolliver", "tara": "Tara Lindqvist", "deven": "Deven Okafor",
    "helena": "Helena Marsh", "henrik": "Henrik Solberg", "ruth": "Ruth Adeyemi", "miles": "Miles Fairweather",
    "cora": "Cora Bellamy", "quinn": "Quinn Abara",
}  # fmt: skip


@dataclass
class Clock:
    """The company's clock, which moves only when a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Company:
    """The door, the clock, and the people."""

    door: Door
    clock: Clock
    people: dict[str, Actor]
    calls: list[int] = field(default_factory=list)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def database(self) -> Database:
        return self.door.database

    def seconds(self) -> float:
        """Return the company's moment in seconds."""
        return self.clock().timestamp()


def email(name: str) -> str:
    return f"{name.replace(' ', '.').lower()}@fernhill.example"


def account(slack_id: str, name: str, standing: str = "member", zone: str = "Australia/Sydney") -> Account:
    address = email(name)
    return Account("slack", slack_id, address, address, name, zone, standing, NOW)


async def meet(door: Door, told: Account) -> Actor:
    """Meet an account for the first time, as the directory does."""
    met = await door.enter(handlers_people.meet_account(told), DELIVERY)
    return Actor(f"{told.platform}:{told.account_id}", met.person_id, met.standing)


async def meet_everybody(door: Door) -> dict[str, Actor]:
    """Meet all of `NAMES`."""
    told = {short: account(f"U{short.upper()}", name) for short, name in NAMES.items()}
    people = {
        short: Person(email_key=one.email_key, email=one.email, name=one.name, zone=one.zone, checked_at=one.checked_at)
        for short, one in told.items()
    }

    def store_all(store: Store) -> None:
        store.session.add_all(people.values())
        store.session.flush()
        for short, one in told.items():
            store.session.add(
                ChatAccount(
                    platform=one.platform, account_id=one.account_id, person_id=people[short].id,
                    email_key=one.email_key, standing=one.standing, checked_at=one.checked_at,
                )
            )  # fmt: skip
        seeded(store, door.keys)

    await door.database.write(store_all)
    return {short: Actor(f"slack:{told[short].account_id}", one.id) for short, one in people.items()}


def seeded(store: Store, own: Keys = KEYS) -> None:
    """Log rows that a test wrote itself, as the door would have."""
    store.audit.append(Entry("command", "test.seed", "company"), NOW, own.log_seal)


def call(number: int, **facts: Any) -> dict[str, Any]:
    """Return a call as the recording system reports it, `number` days ago; Bram took it."""
    told = {
        "native_id": f"call-{number}", "stamp": "1", "line": AU, "direction": "incoming", "caller": f"+6141234567{number}",
        "operator_name": "Bram Tolliver", "operator_key": email("Bram Tolliver"), "department": "customer_success",
        "started": NOW - timedelta(days=number), "seconds": 61.0, "crm": f"CS-{10442 + number}",
        "media_type": "audio/wav", "size": 488_000,
    }  # fmt: skip
    return {**told, **facts}


async def register(door: Door, *found: dict[str, Any]) -> list[int]:
    """Have the recording system report these; return their ids."""
    await door.enter(recordings.register_calls("file", found, ()), CLOCK)
    ids = await door.database.read(lambda store: {one.native_id: one.id for one in store.session.query(Recording)})
    return [ids[one["native_id"]] for one in found]


async def a_company(database: Database, clock: Clock, policy: Policy = POLICY) -> Company:
    """Return a company that has met everyone, with three calls registered."""
    door = Door(database, policy, clock, keys=KEYS, copies_at=COPIES)
    company = Company(door, clock, await meet_everybody(door))
    company.calls = await register(door, *(call(number) for number in (1, 2, 3)))
    return company


def answers(calls: Iterable[int], **more: Any) -> dict[str, Any]:
    """Return the form, filled in."""
    told = {"reason": "complaint", "crm": "CS-10442", "purpose": "The customer complains."}
    return {"recordings": [str(one) for one in calls], **told, **more}


CLAIM = {"reason": "legal_claim", "matter": "Claim 12", "basis": "Police ref 9", "audience": "nobody"}


def chosen(name: str) -> str:
    """Return one of `NAMES` as a form has them chosen: by id, in the order in which they were met."""
    return str(list(NAMES).index(name) + 1)


def claim_about(*names: str, **more: Any) -> dict[str, Any]:
    """Return a claim that concerns these people, as the form is filled in."""
    return {**CLAIM, "concerned": [chosen(one) for one in names], **more}


def form(calls: Iterable[int], **more: Any) -> AccessForm:
    """Return the form that these answers ask for, parsed."""
    kind = InvestigationForm if "matter" in more else AccessForm
    return kind.read(answers(calls, **more))


async def ask(company: Company, who: Actor, **more: Any) -> str:
    """File a request for the first call as this person; return its id."""
    calls = more.pop("calls", company.calls[:1])
    filed = await company.door.enter(asking.file_request(form(calls, **more), f"slack:V{next(_views)}"), who)
    return filed.request


async def also_asked(company: Company, request: str, who: Actor, role: RoleName = "head_of_customer_success") -> None:
    """Ask this person too, as after the absence of someone who is back."""
    party = Party(matter_id=request, person_id=who.person_id or 0, part="approver", role=role, since=company.clock.now)
    entry = Entry(
        "clock", "access.recheck", request, detail={"asked": [who.person_id], "told": [], "because": "", "over": []}
    )

    def work(store: Store) -> None:
        store.session.add(party)
        store.audit.append(entry, company.clock.now, KEYS.log_seal)

    await company.database.write(work)


async def approved(company: Company, who: Actor | None = None, **more: Any) -> str:
    """Return a request that Tara has approved."""
    request = await ask(company, who or company.anna, **more)
    await company.door.enter(deciding.approve_request(request), company.tara)
    return request


async def player_of(company: Company, request: str, who: Actor | None = None) -> ListeningSession:
    """Open the player with a new code for the person with access, Anna by default."""
    code = await company.door.enter(listening.make_listen_code(request), who or company.anna)
    return await company.door.enter(listening.exchange_code(code), WEB)


async def grant_of(company: Company, request: str) -> Grant | None:
    return await company.database.read(lambda store: store.grants.of(request))


async def parts(company: Company, matter: str) -> dict[str, str]:
    """Return everyone's part, by short name."""
    names = {one.person_id: short for short, one in company.people.items()}
    found = await company.database.read(lambda store: store.matters.parties(matter))
    return {names[one.person_id]: one.part for one in found}


async def missed(company: Company, matter: str, *people: Actor, code: str = "user_disabled") -> None:
    """Have the delivery give up on the newest card of each of these, one after the other."""
    for who in people:
        card = [one for one in await ledger(company, who) if one.payload.get("matter") == matter][-1]
        lost = kind_of(matter).reroute(matter, who.person_id or 0, code, card.id, None)
        await company.door.enter(lost, DELIVERY)


async def refusal(company: Company, intent: Intent[Any], who: Actor, *, key: str = "") -> Refused:
    """Return the refusal that this leads to."""
    with pytest.raises(Refused) as refused:
        await company.door.enter(intent, who, key=key)
    return refused.value


async def quiet(company: Company, intent: Intent[Any], who: Actor, *, key: str = "") -> None:
    """Check that it counts as done already, and leaves no entry and no effect."""
    before = len(await audit(company)), len(await ledger(company))
    with pytest.raises(Repeated):
        await company.door.enter(intent, who, key=key)
    assert (len(await audit(company)), len(await ledger(company))) == before


async def audit(
    company: Company, subject: str = "", *, noted: bool = True
) -> list[tuple[str, str, str, str, dict[str, Any]]]:
    """Return who did what with what outcome, by which clause, and the details; about one subject, or all. `noted`: also
    entries that only vouch for rows.
    """
    rows = await company.database.read(lambda store: list(store.audit.exported()))
    told = [one for one in rows if subject in ("", one["subject"]) and (noted or one["outcome"] != "noted")]
    return [(one["actor"], one["action"], one["outcome"], one["clause"], one["detail"]) for one in told]


async def ledger(company: Company, who: Actor | None = None) -> list[Outgoing]:
    """Return the effects that were left, oldest first."""
    return await company.database.read(lambda store: outgoing(store, person_id=who.person_id if who else None))


async def left(company: Company, since: int = 0) -> list[tuple[str, str]]:
    """Return effects as (kind, whom), in the order in which they were left."""
    names = {one.person_id: short for short, one in company.people.items()}
    return [(one.kind, names.get(one.person_id, "?")) for one in (await ledger(company))[since:]]


async def words_for(company: Company, who: Actor) -> list[str]:
    """Return the private words that this person receives."""
    return [one.payload["words"] for one in await ledger(company, who) if "words" in one.payload]


async def person(company: Company, who: Actor) -> Person:
    return await company.database.read(lambda store: store.people.get(who.person_id or 0))


async def stored(company: Company, request_id: str) -> Request:
    """Return a request as it is stored."""
    request = await company.database.read(lambda store: store.matters.of_kind(Request, request_id))
    assert request is not None
    return request


async def written(company: Company, request_id: str) -> Written:
    """Return what people wrote about it, opened with its key."""
    request = await stored(company, request_id)
    return await company.database.read(lambda store: read_request_words(company.door.context(store, CLOCK), request))


def away(policy: Policy, *roles: RoleName, now: datetime = NOW) -> Policy:
    """Return the policy while the holders of these roles are away, on the day of `now` in Sydney."""
    day = now.astimezone(ZoneInfo("Australia/Sydney")).date()
    period = Period.model_validate({"from": day, "to": day})
    return _with_roles(policy, {role: policy.role(role).model_copy(update={"away": (period,)}) for role in roles})


def without_deputies(policy: Policy, *roles: RoleName) -> Policy:
    return _with_roles(policy, {role: policy.role(role).model_copy(update={"deputies": ()}) for role in roles})


def _with_roles(policy: Policy, held: Mapping[RoleName, Role]) -> Policy:
    return policy.model_copy(update={"roles": policy.roles.model_copy(update=dict(held.items()))})


def with_role(policy: Policy, role: str, **told: Any) -> Policy:
    """Return the policy with something changed about one role."""
    held = getattr(policy.roles, role).model_copy(update=told)
    return policy.model_copy(update={"roles": policy.roles.model_copy(update={role: held})})


def nobody_left(now: datetime = NOW) -> Policy:
    """Return the policy on a day on which no one may decide what the Head of Customer Success asks for."""
    return away(without_deputies(POLICY, *OUT), *OUT, now=now)


def with_access(policy: Policy, **values: Any) -> Policy:
    return policy.model_copy(update={"access": policy.access.model_copy(update=values)})
