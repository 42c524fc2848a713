"""Where the delivery goes when one of several platforms is out, and whom the directory looks at again (P7)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.chats.directory import STALE, Directory
from bot.delivery.worker import Delivery
from bot.ports import NOT_INSTALLED, Address, Profile, Unavailable, Unreachable
from bot.rehearsal.fake_chat import FakeChat, Fault
from handlers.access.intents import Approve
from handlers.home import Prefer
from tests.each import each
from tests.handlers.builders import NAMES, account, approved, ask, email, ledger, meet
from tests.offices import Office, profile

OUTAGE = Unavailable("invalid_auth", outage=True)


def _directory(office: Office, chat: FakeChat) -> Directory:
    return Directory(chat, office.company.door, office.company.door.policy, lambda: office.clock().timestamp())


async def _with_teams(office: Office) -> FakeChat:
    """Tara has both platforms, and prefers the first."""
    teams = FakeChat([Profile("T-TARA", email(NAMES["tara"]), NAMES["tara"], "UTC", "member")], "teams")
    office.delivery = Delivery(office.company.door, [_directory(office, office.chat), _directory(office, teams)])
    await meet(office.company.door, replace(account("T-TARA", NAMES["tara"]), platform="teams"))
    await office.company.door.enter(Prefer("slack"), office.company.tara)
    return teams


async def test_p7_while_one_platform_is_out_the_card_goes_to_the_other(office: Office) -> None:
    teams = await _with_teams(office)
    office.chat.faults.append(Fault(OUTAGE, "post", "UTARA", times=9))
    await ask(office.company, office.company.anna)
    await office.delivery.drain()
    assert len(teams.cards("T-TARA")) == 1
    assert [one.platform for one in await ledger(office.company, office.company.tara)] == ["teams"]


async def test_p7_after_a_fault_that_may_have_posted_it_the_card_waits_for_the_same_platform(office: Office) -> None:
    teams = await _with_teams(office)
    office.chat.faults.append(Fault(Unavailable("http_500"), "post", "UTARA"))
    await ask(office.company, office.company.anna)
    await office.all_delivered()
    assert teams.cards("T-TARA") == []
    assert office.titles("tara") == ["⏳ Access request · waiting for you"]


async def test_p7_a_listener_whose_platform_never_told_that_he_left_is_found_out(office: Office) -> None:
    """A platform's word of a change gets lost when nobody is up to hear it."""
    company = office.company
    await approved(company)
    directory = _directory(office, office.chat)
    office.chat.people["UANNA"] = profile("anna", "deactivated")
    await directory.look_again()
    assert (
        await company.database.read(lambda store: store.people.get(company.anna.person_id or 0))
    ).standing == "member"
    office.clock.now += timedelta(seconds=STALE + 1)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UANNA"))
    for _ in range(2):
        await directory.look_again()
    found = await company.database.read(lambda store: store.people.get(company.anna.person_id or 0))
    assert found.standing == "deactivated"


@each(("code", "standing"), [(NOT_INSTALLED, "absent"), ("user_not_found", "foreign")])
async def test_who_has_not_added_the_bot_is_told_so(office: Office, code: str, standing: str) -> None:
    office.chat.faults.append(Fault(Unreachable(code), "profile", "UNEW"))
    assert (await _directory(office, office.chat).visitor("UNEW")).standing == standing


async def test_a_place_that_the_bot_was_taken_from_is_forgotten(office: Office) -> None:
    directory = _directory(office, office.chat)
    await directory.meet(profile("anna"), {"conversation": "a:1"})
    assert await directory.reference("UANNA") == {"conversation": "a:1"}
    await directory.left("UANNA")
    assert await directory.reference("UANNA") == {"left": True}
    await office.company.door.enter(Approve(await ask(office.company, office.company.anna)), office.company.tara)


async def test_p7_where_somebody_is_reached_now_counts_also_while_the_way_of_before_is_being_tried(
    office: Office,
) -> None:
    """In Teams a person adds the bot anew while the clock still looks at the conversation that is closed."""
    tried: list[dict[str, str]] = []
    going, goes_on = asyncio.Event(), asyncio.Event()

    class Closing(FakeChat):
        async def profile(self, to: Address) -> Profile:
            tried.append(dict(to.reference))
            if to.reference.get("conversation") == "closed":
                going.set()
                await goes_on.wait()
                raise Unreachable(NOT_INSTALLED)
            return await super().profile(to)

    teams = Closing([Profile("T-TARA", email(NAMES["tara"]), NAMES["tara"], "UTC", "member")], "teams")
    directory = _directory(office, teams)
    looking = asyncio.create_task(directory.visitor("T-TARA", reference={"conversation": "closed"}))
    await going.wait()
    heard = asyncio.create_task(directory.visitor("T-TARA", reference={"conversation": "open"}))
    await asyncio.sleep(0)
    goes_on.set()
    assert (await looking).standing == "absent"
    assert (await heard).standing == "member"
    assert [one["conversation"] for one in tried] == ["closed", "open"]
    assert await directory.reference("T-TARA") == {"conversation": "open"}
