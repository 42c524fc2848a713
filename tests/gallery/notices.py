"""Notices to callers: cards in every state, forms, and what stands at a glance (P3)."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import CLOCK
from handlers.notices import outages, steps
from handlers.notices.forms import NoticeForm, OutageForm
from handlers.rules.notices import NOTICES, digest
from tests.gallery.house import HELENA, RUTH, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "Notices to callers"
UK = "+442036953777"
BOTH = {"Head of Customer Success": HELENA, "Manager, Human Resources": RUTH}
RANG = "Rang from my own mobile at 10:05 and listened until someone answered. Every word was there."
CUT = "Rang twice. Both times it broke off after “quality”, and then a clerk answered."


async def _asked(house: House) -> dict[str, str]:
    """The first working morning: each notice is asked for. Its id, by notice."""
    door = house.steward.door
    await door.enter(steps.plan(), CLOCK)
    house.clock.move(house.clock.now() + timedelta(days=3))
    for notice in NOTICES:
        await door.enter(steps.open_(notice), CLOCK)
    await house.settled()
    return {one.notice: one.id for one in await door.database.read(lambda store: store.notices.open())}


async def _answers(house: House, matter: str, notice: str, words: str = RANG, answer: str = "yes") -> None:
    about = digest(house.steward.policy, notice)[:8]
    who = await house.steward.directories["slack"].visitor(HELENA)
    form = NoticeForm.read({"answer": answer, "words": words})
    await house.steward.door.enter(steps.answer(matter, about, form), who)
    await house.settled()


async def _looks(house: House, answer: str, *reasons: str) -> None:
    wanted = digest(house.steward.policy, "website")
    await house.steward.door.enter(steps.looked(answer, reasons, wanted), CLOCK)
    await house.settled()


async def _enters(house: House, uid: str, first: int, last: int, line: str = "all") -> None:
    days = (house.clock.now().date() - timedelta(days=ago) for ago in (first, last))
    one, other = (day.isoformat() for day in days)
    form = OutageForm.read(
        {"line": line, "first": one, "last": other, "why": "The announcement broke off in the middle."}
    )
    who = await house.steward.directories["slack"].visitor(uid)
    await house.steward.door.enter(outages.enter(form, f"gallery:{uid}:{first}"), who)
    await house.settled()


async def waiting(house: House) -> list[Shot]:
    each = await _asked(house)
    await _looks(house, "no", "website:wording_missing", "contact:slow")
    await _answers(house, each["phone"], "phone")
    return [house.shot_of_card(name, HELENA, matter) for name, matter in each.items()]


async def confirmed(house: House) -> list[Shot]:
    each = await _asked(house)
    await _looks(house, "unseen", "website:scripts")
    await _answers(house, each["phone"], "phone")
    await _answers(house, each["website"], "website", words="Opened both pages on my phone, logged out.")
    return [house.shot_of_card(name, HELENA, each[name]) for name in ("phone", "website")]


async def lost(house: House) -> list[Shot]:
    """Seen and confirmed; then the website is away for days."""
    matter = (await _asked(house))["website"]
    await _looks(house, "yes")
    await _answers(house, matter, "website", words="Opened both pages on my phone, logged out.")
    for _ in range(4):
        house.clock.move(house.clock.now() + timedelta(days=1))
        await _looks(house, "unseen", "website:status")
    await house.steward.door.enter(steps.open_("website"), CLOCK)
    await house.settled()
    [again] = [
        one.id
        for one in await house.steward.door.database.read(lambda store: store.notices.open())
        if one.notice == "website"
    ]
    homes = [await house.shot_of_home(name, uid) for name, uid in BOTH.items()]
    return [house.shot_of_card("can’t be seen any more", HELENA, again), *homes]


async def refused(house: House) -> list[Shot]:
    matter = (await _asked(house))["phone"]
    await _answers(house, matter, "phone", CUT, "no")
    shots = [house.shot_of_card("answered no", HELENA, matter), house.shot_of_last("the others hear of it", RUTH)]
    await house.press(HELENA, house.card(HELENA, matter), "Enter an outage")
    shots.append(house.shot_of_modal("Enter an outage", HELENA))
    await _enters(house, HELENA, 9, 0, UK)
    return [*shots, house.shot_of_card("with its outage", HELENA, matter)]


async def forms(house: House) -> list[Shot]:
    each = await _asked(house)
    await _looks(house, "yes")
    shots = []
    for name, matter in each.items():
        await house.press(HELENA, house.card(HELENA, matter), "Confirm")
        shots.append(house.shot_of_modal(name, HELENA))
    return shots


async def at_a_glance(house: House) -> list[Shot]:
    each = await _asked(house)
    await _looks(house, "no", "contact:link_missing")
    await _answers(house, each["phone"], "phone")
    await _answers(house, each["outgoing"], "outgoing", "Listened to five calls of this week.", "no")
    await _enters(house, RUTH, 6, 5)
    return [await house.shot_of_home(name, uid) for name, uid in BOTH.items()]


SCENES = (
    Scene(GROUP, "to be confirmed", waiting),
    Scene(GROUP, "confirmed", confirmed),
    Scene(GROUP, "not seen any more", lost),
    Scene(GROUP, "not as it should be", refused),
    Scene(GROUP, "forms", forms),
    Scene(GROUP, "at a glance", at_a_glance),
)
