"""Addresses that change, and then belong to another person: what the tests of both do."""

from dataclasses import replace

from handlers import people
from handlers.acting import COMMAND, DELIVERY, Actor, Intent
from handlers.people import Trouble, list_troubles
from handlers.policy import Policy, RoleName
from storage.people import Account
from tests.handlers.builders import NAMES, POLICY, Company, account, email, meet, person, with_role

ANNA, TARA = NAMES["anna"], NAMES["tara"]
OLD, NEW = email(TARA), "t.new@fernhill.example"
SETTLE = "Another account has or had your e-mail address, so I can’t tell who is who. Please ask the bot’s administrator to settle it."


async def moves(company: Company, name: str = "tara", address: str = NEW) -> None:
    """Give a person another address in Slack."""
    told = account(f"U{name.upper()}", NAMES[name])
    await company.door.enter(people.meet_account(replace(told, email=address, email_key=address)), DELIVERY)


def led_by(address: str, role: RoleName = "team_leader", policy: Policy = POLICY) -> Policy:
    """Return the policy with the holder of this address as team leader, or in another role."""
    return with_role(policy, role, holder=address)


async def approvers(company: Company, request: str) -> set[int]:
    """Return who is asked to decide it."""
    parties = await company.database.read(lambda store: store.matters.parties(request))
    return {one.person_id for one in parties if one.part == "approver"}


def anew(account_id: str, address: str, name: str = "Nia Newcomer", platform: str = "slack") -> Account:
    """Return an account that the bot hasn't met, with an address that another person had."""
    return replace(account(account_id, name), platform=platform, email=address, email_key=address)


async def settled(company: Company, intent: Intent[tuple[str, ...]], told: Account) -> Actor:
    """Settle it as the bot's administrator, and meet the account again."""
    await company.door.enter(intent, COMMAND)
    return await meet(company.door, told)


async def standing_of(company: Company, who: Actor) -> str:
    """Return the person's standing now."""
    return (await person(company, who)).standing


async def ambiguous(company: Company) -> list[Trouble]:
    """Return who is listed as hard to tell apart."""
    found = await company.database.read(lambda store: list_troubles(store, company.door.policy))
    return [one for one in found if one.kind == "ambiguous"]
