"""P14: a deployment with another policy takes over in order, and two policies are never kept at once."""

from dataclasses import replace

import pytest

from bot.clockwork.parts import PolicyOfTheDay
from bot.trouble import database_sentence
from handlers.access import deciding
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.policy import load_policy
from handlers.policy_review import steps
from storage.database.faults import OtherPolicy
from storage.database.store import Database, DatabaseDown
from tests.handlers.builders import KEYS, POLICY, Clock, a_company, ask, audit, stored

OTHER = load_policy(POLICY.text + "\n# another text\n")


async def test_p14_a_bot_that_starts_again_with_a_replaced_policy_does_not_take_it_back(database_url: str) -> None:
    bots = [Database(database_url) for _ in range(3)]
    company = await a_company(bots[0], Clock())
    back = load_policy(POLICY.text + "\n# back since today\n")
    older, newer, again = (
        PolicyOfTheDay(Door(one, policy, company.clock, keys=KEYS))
        for one, policy in zip(bots, (POLICY, OTHER, POLICY), strict=True)
    )
    for one in (older, newer):
        await one.check()
        await one.look()
    for step in (again.check, again.look):
        with pytest.raises(OtherPolicy) as told:
            await step()
        assert (told.value.in_force, told.value.mine) == (OTHER.digest, POLICY.digest)
        assert "change something in it, such as the date in a comment" in database_sentence(told.value)
    await newer.door.enter(steps.keep_policy_text(), CLOCK)
    returned = PolicyOfTheDay(Door(bots[2], back, company.clock, keys=KEYS))
    await returned.check()
    await returned.look()
    with pytest.raises(OtherPolicy):
        await newer.door.enter(steps.keep_policy_text(), CLOCK)
    for database in bots:
        await database.close()


async def test_p14_once_a_bot_with_another_policy_begins_the_older_one_decides_nothing(database_url: str) -> None:
    older, newer = Database(database_url), Database(database_url)
    company = await a_company(older, Clock())
    first, second = (PolicyOfTheDay(one) for one in (company.door, Door(newer, OTHER, company.clock, keys=KEYS)))
    request = await ask(company, company.anna)
    for one in (first, second):
        await one.look()
    with pytest.raises(DatabaseDown, match="other_policy"):
        await company.door.enter(deciding.approve_request(request), company.tara)
    company.clock.pass_(days=1)
    with pytest.raises(DatabaseDown, match="other_policy"):
        await first.look()
    await second.door.enter(deciding.approve_request(request), company.tara)
    assert (await stored(replace(company, door=second.door), request)).state == "approved"
    assert [one[1] for one in await audit(company, "policy")] == ["policy.in_force"] * 2
    for database in (older, newer):
        await database.close()
