"""The people of a policy by number, for the rules: nothing here knows who they are."""

from bot.commands.route import People
from handlers.policy import Policy

PEOPLE = People()


def number(address: str) -> int:
    """The number of whoever has this address in a policy."""
    return PEOPLE[address]


def numbers(addresses: str | frozenset[str]) -> frozenset[int]:
    """Those of several people; each letter of a word is one."""
    return frozenset(map(number, addresses))


def address(person: int) -> str:
    """The address behind a number."""
    return PEOPLE.address(person)


def seated(policy: Policy) -> Policy:
    """The policy with its people by number."""
    return policy.seated(PEOPLE.ids)
