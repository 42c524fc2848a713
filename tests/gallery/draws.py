"""The random review: its cards in every state, its forms, and what stands at home of it (P10)."""

from __future__ import annotations

from datetime import timedelta

from handlers import listening
from handlers.acting import CLOCK
from handlers.notices import outages
from handlers.notices.forms import OutageForm
from handlers.random_review import reviews, steps
from handlers.random_review.forms import OutgoingForm
from tests.gallery.house import HELENA, QUINN, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "Random review"
BOTH = {"reviewer": QUINN, "Head of Customer Success": HELENA}


async def _frozen(house: House) -> str:
    await house.steward.door.enter(steps.schedule(), CLOCK)
    house.clock.move(house.clock.now() + timedelta(days=6, hours=22, minutes=18))  # Tuesday, 1 December, 9:00 in Sydney
    await house.steward.door.enter(steps.freeze(), CLOCK)
    await house.settled()
    return (await house.steward.database.read(lambda store: store.draws.last(1)))[0].id


async def _drawn(house: House) -> str:
    draw = await _frozen(house)
    house.clock.move(house.clock.now() + timedelta(minutes=11))
    await house.steward.door.enter(steps.draw_with_beacon(draw, "b713718a" * 12), CLOCK)
    await house.steward.tick()
    await house.settled()
    return draw


async def _late(house: House) -> str:
    draw = await _frozen(house)
    await house.steward.door.enter(steps.note_trouble(draw, "forged"), CLOCK)
    house.clock.move(house.clock.now() + timedelta(days=1, hours=8))
    await house.steward.door.enter(steps.ask_head(draw), CLOCK)
    await house.settled()
    return draw


def _cards(house: House, draw: str) -> list[Shot]:
    return [house.shot_of_card(name, uid, draw) for name, uid in BOTH.items()]


async def late(house: House) -> list[Shot]:
    draw = await _late(house)
    return [
        house.shot_of_card("Head of Customer Success", HELENA, draw),
        await house.shot_of_home("Head of Customer Success", HELENA),
    ]


async def without_the_beacon(house: House) -> list[Shot]:
    draw = await _late(house)
    who = await house.steward.directories["slack"].visitor(HELENA)
    await house.steward.door.enter(steps.draw_with_number(draw), who)
    await house.settled()
    return _cards(house, draw)


async def drawn(house: House) -> list[Shot]:
    return _cards(house, await _drawn(house))


async def taken_out(house: House) -> list[Shot]:
    draw = await _drawn(house)
    [one, *_] = await house.steward.database.read(lambda store: store.draws.reviews(draw))
    call = await house.steward.database.read(lambda store: store.recordings.get(one.recording_id))
    day = call.local_day if call else ""
    form = OutageForm.read({"line": "all", "first": day, "last": day, "why": "It was silent."})
    await house.steward.door.enter(
        outages.enter(form, "gallery"), await house.steward.directories["slack"].visitor(HELENA)
    )
    await house.steward.door.enter(steps.recheck(draw), CLOCK)
    await house.settled()
    return _cards(house, draw)


async def a_call(house: House) -> list[Shot]:
    draw = await _drawn(house)
    await house.press(QUINN, house.card(QUINN, draw), "Details")
    shots = [house.shot_of_modal("a drawn call", QUINN)]
    await house.press(QUINN, house.card(QUINN, draw), "The file")
    return [*shots, house.shot_of_modal("The file", QUINN)]


async def reviewed(house: House) -> list[Shot]:
    draw = await _drawn(house)
    mine = await house.steward.database.read(lambda store: store.draws.reviews(draw))
    who = await house.steward.directories["slack"].visitor(QUINN)
    one = next(each for each in mine if each.reviewer == who.person_id)
    code = await house.steward.door.enter(listening.listen(one.id), who)
    opened = await house.steward.door.enter(listening.exchange(code), CLOCK)
    await house.steward.door.enter(listening.served(opened.grant, opened.secret, one.recording_id, 0, 30), CLOCK)
    words = {
        "good": "She let the caller finish, and said what happens next.",
        "training": "How to end a call that goes in circles.",
    }
    await house.steward.door.enter(reviews.review_call(one.id, OutgoingForm.read({**words, "told": "no"})), who)
    await house.settled()
    return _cards(house, draw)


async def forms(house: House) -> list[Shot]:
    draw = await _drawn(house)
    shots = [await house.shot_of_home("reviewer, calls", QUINN)]
    await house.press(QUINN, house.card(QUINN, draw), "Details")
    await house.press(QUINN, "modal", "Review this call")
    return [*shots, house.shot_of_modal("Review this call", QUINN)]


SCENES = (
    Scene(GROUP, "drawn", drawn),
    Scene(GROUP, "the beacon is late", late),
    Scene(GROUP, "drawn without the beacon", without_the_beacon),
    Scene(GROUP, "a call taken out", taken_out),
    Scene(GROUP, "a drawn call", a_call),
    Scene(GROUP, "a call reviewed", reviewed),
    Scene(GROUP, "forms and home", forms),
)
