"""The random review: its cards in every state, its forms, and what stands at home of it (P10)."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import CLOCK
from handlers.checkpoints import Restored
from handlers.listening import Exchange, Listen, Served
from handlers.random_review.forms import AgainForm, LineForm, OutgoingForm
from handlers.random_review.intents import (
    Again,
    Anew,
    Contribute,
    Count,
    DrawCalls,
    EndRestoredDraw,
    Open,
    Recheck,
    Review,
    Schedule,
)
from tests.gallery.house import HELENA, MILES, QUINN, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "Random review"
BOTH = {"reviewer": QUINN, "Head of Customer Success": HELENA}
WHY = "The list of Sales was short: two calls were registered late."


async def _opened(house: House) -> str:
    await house.steward.door.enter(Schedule(), CLOCK)
    house.clock.move(house.clock.now() + timedelta(days=6, hours=22, minutes=18))  # Tuesday, 1 December, 9:00 in Sydney
    await house.steward.door.enter(Open(), CLOCK)
    await house.settled()
    return (await house.steward.database.read(lambda store: store.draws.last(1)))[0].id


async def _line(house: House, uid: str, draw: str, words: str) -> None:
    who = await house.steward.directories["slack"].visitor(uid)
    await house.steward.door.enter(Contribute(draw, LineForm(line=words)), who)
    await house.settled()


async def _counted(house: House) -> str:
    draw = await _opened(house)
    await _line(house, QUINN, draw, "Seven grey herons at half past two")
    await _line(house, MILES, draw, "The kettle, again")
    return draw


async def _drawn(house: House) -> str:
    draw = await _counted(house)
    house.clock.move(house.clock.now() + timedelta(minutes=5))
    await house.steward.door.enter(DrawCalls(draw), CLOCK)
    await house.steward.tick()
    await house.settled()
    return draw


def _cards(house: House, draw: str) -> list[Shot]:
    return [house.shot_of_card(name, uid, draw) for name, uid in BOTH.items()]


async def announced(house: House) -> list[Shot]:
    return _cards(house, await _opened(house))


async def one_line(house: House) -> list[Shot]:
    draw = await _opened(house)
    await _line(house, QUINN, draw, "Seven grey herons at half past two")
    return [*_cards(house, draw), house.shot_of_last("receipt", QUINN)]


async def counted(house: House) -> list[Shot]:
    return _cards(house, await _counted(house))


async def drawn(house: House) -> list[Shot]:
    return _cards(house, await _drawn(house))


async def undrawn(house: House) -> list[Shot]:
    draw = await _opened(house)
    house.clock.move(house.clock.now() + timedelta(days=2))
    await house.steward.door.enter(Count(draw), CLOCK)
    await house.settled()
    return [*_cards(house, draw), house.shot_of_last("word", HELENA)]


async def restored(house: House) -> list[Shot]:
    draw = await _opened(house)
    await house.steward.door.enter(Restored(40, 56, "0" * 64, 44), CLOCK)
    await house.steward.door.enter(EndRestoredDraw(draw), CLOCK)
    await house.settled()
    shots = [*_cards(house, draw), house.shot_of_last("word", QUINN)]
    await house.steward.door.enter(Anew(draw), CLOCK)
    await house.settled()
    second = (await house.steward.database.read(lambda store: store.draws.last(1)))[0].id
    return [
        *shots,
        house.shot_of_card("reviewer, the next", QUINN, second),
        await house.shot_of_home("reviewer, both", QUINN),
    ]


async def early(house: House) -> list[Shot]:
    draw = await _opened(house)
    house.clock.move(house.clock.now() - timedelta(days=4))
    await house.steward.door.enter(Recheck(draw), CLOCK)
    await house.settled()
    return [*_cards(house, draw), house.shot_of_last("word", HELENA)]


async def in_doubt(house: House) -> list[Shot]:
    draw = await _drawn(house)
    house.clock.move(house.clock.now() - timedelta(days=4))
    await house.steward.door.enter(Recheck(draw), CLOCK)
    await house.settled()
    return [*_cards(house, draw), house.shot_of_last("word", HELENA)]


async def again(house: House) -> list[Shot]:
    draw = await _drawn(house)
    who = await house.steward.directories["slack"].visitor(HELENA)
    await house.steward.door.enter(Again(draw, AgainForm(why=WHY), "gallery"), who)
    await house.settled()
    second = (await house.steward.database.read(lambda store: store.draws.last(1)))[0].id
    return [
        house.shot_of_card("reviewer, the second", QUINN, second),
        house.shot_of_card("reviewer, the first", QUINN, draw),
    ]


async def a_call(house: House) -> list[Shot]:
    draw = await _drawn(house)
    await house.press(QUINN, house.card(QUINN, draw), "Details")
    shots = [house.shot_of_modal("a drawn call", QUINN)]
    await house.press(QUINN, house.card(QUINN, draw), "The files")
    return [*shots, house.shot_of_modal("The files", QUINN)]


async def reviewed(house: House) -> list[Shot]:
    draw = await _drawn(house)
    mine = await house.steward.database.read(lambda store: store.draws.reviews(draw))
    who = await house.steward.directories["slack"].visitor(QUINN)
    one = next(each for each in mine if each.reviewer == who.person_id)
    code = await house.steward.door.enter(Listen(one.id), who)
    opened = await house.steward.door.enter(Exchange(code), CLOCK)
    await house.steward.door.enter(Served(opened.grant, opened.secret, one.recording_id, 0, 30), CLOCK)
    words = {
        "good": "She let the caller finish, and said what happens next.",
        "training": "How to end a call that goes in circles.",
    }
    await house.steward.door.enter(Review(one.id, OutgoingForm.read({**words, "told": "no"})), who)
    await house.settled()
    return _cards(house, draw)


async def forms(house: House) -> list[Shot]:
    draw = await _opened(house)
    await house.press(QUINN, house.card(QUINN, draw), "Contribute")
    shots = [house.shot_of_modal("Contribute", QUINN), await house.shot_of_home("reviewer, a line", QUINN)]
    await _line(house, QUINN, draw, "Seven grey herons at half past two")
    await _line(house, MILES, draw, "The kettle, again")
    house.clock.move(house.clock.now() + timedelta(minutes=5))
    await house.steward.door.enter(DrawCalls(draw), CLOCK)
    await house.steward.tick()
    await house.settled()
    shots.append(await house.shot_of_home("reviewer, calls", QUINN))
    await house.press(HELENA, house.card(HELENA, draw), "Draw again")
    shots.append(house.shot_of_modal("Draw again", HELENA))
    await house.press(QUINN, house.card(QUINN, draw), "Details")
    await house.press(QUINN, "modal", "Review this call")
    return [*shots, house.shot_of_modal("Review this call", QUINN)]


SCENES = (
    Scene(GROUP, "announced", announced),
    Scene(GROUP, "one line is in", one_line),
    Scene(GROUP, "lines counted", counted),
    Scene(GROUP, "drawn", drawn),
    Scene(GROUP, "nothing drawn", undrawn),
    Scene(GROUP, "ended by a restore", restored),
    Scene(GROUP, "frozen too early", early),
    Scene(GROUP, "in doubt", in_doubt),
    Scene(GROUP, "drawn again", again),
    Scene(GROUP, "a drawn call", a_call),
    Scene(GROUP, "a call reviewed", reviewed),
    Scene(GROUP, "forms and home", forms),
)
