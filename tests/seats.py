"""The people of a policy by number, for the rules: nothing here knows who they are."""

from bot.commands.route import People
from handlers.policy import Policy

PEOPLE = People()


def number(address: str) -> int:
    """Return the number of the person with this address in a policy."""
    return PEOPLE[address]


def numbers(addresses: str | frozenset[str]) -> frozenset[int]:
    """Return the numbers of several people; each letter of a word is one."""
    return frozenset(map(number, addresses))


def address(person: int) -> str:
    """Return the address behind a number."""
    return PEOPLE.address(person)


def seated(policy: Policy) -> Policy:
    """Return the policy with its people by number."""
    return policy.seated(PEOPLE.ids)
