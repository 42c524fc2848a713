"""What a story reads in the store to see what reached whom, and where."""

from __future__ import annotations

from storage.records import Request
from tests.ledgers import outgoing
from tests.stories.house import House
from tests.stories.places import object_id


async def reached(house: House, uid: str, request: str) -> list[tuple[str, str]]:
    """What became of each drawing of this person's card, oldest first: the state and the platform."""
    one = await person(house, uid)
    rows = await house.steward.database.read(lambda store: outgoing(store, person_id=one, subject=request))
    return [(row.state, row.platform) for row in rows if row.kind == "show"]


async def place(house: House, uid: str, request: str) -> tuple[str, str]:
    """The platform and the conversation of this person's copy."""
    one = await person(house, uid)
    copy = await house.steward.database.read(lambda store: store.outbox.copy(request, one))
    assert copy, f"{uid} has no copy of {request}"
    return copy.platform, copy.conversation


async def person(house: House, uid: str) -> int:
    """Whose account this is, whatever the platform; all of a person's accounts must say the same."""
    names = {"slack": uid, "teams": object_id(uid)}
    rows = await house.steward.database.read(
        lambda store: [store.people.account(platform, name) for platform, name in names.items()]
    )
    [found] = {row.person_id for row in rows if row is not None}
    assert found
    return found


async def state(house: House, request: str) -> str:
    """How the request stands."""
    found = await house.steward.database.read(lambda store: store.matters.of_kind(Request, request))
    assert found
    return found.state
