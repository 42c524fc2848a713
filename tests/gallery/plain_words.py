"""Words of one's own: what stands there after each kind of sentence, and the form that asks which route it is (P1, P9, P13)."""

from __future__ import annotations

from functools import partial

from tests.gallery.house import ANNA, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "In plain words"
SENTENCES = {
    "a wish": "/recording-request I need the call CS-10442 because the price was wrong",
    "a customer's wish": "/recording-request a customer wants a copy of the call CS-10442",
    "a question": "/recording-policy how long are recodings kept?",
    "how it stands": "/recording-policy where is my request?",
    "who decides": "/recording-policy who decides now?",
    "an order": "/recording-policy approve it",
    "a caller declines": "/recording-policy the customer does not want to be recorded",
    "a breach": "/recording-policy Tom leaked a call to his friends",
    "one of two": "/recording-policy I want to know: a customer asked for something about a recording",
    "not known": "/recording-policy tell me a joke",
}


async def said(house: House, words: str) -> list[Shot]:
    await house.ask(ANNA, "complaint", ("CS-10431",))
    await house.person(ANNA).command(words)
    await house.settled()
    return [house.shot_of_modal("agent", ANNA)]


async def asked_which(house: House) -> list[Shot]:
    await house.person(ANNA).command("/recording-request I need CS-10442 for a complaint")
    await house.settled()
    await house.person(ANNA).submit({"reason": "complaint", "crm": "CS-10442", "purpose": "Her lawyer wrote to us."})
    await house.settled()
    return [house.shot_of_modal("agent", ANNA)]


SCENES: tuple[Scene, ...] = (
    *(Scene(GROUP, name, partial(said, words=words)) for name, words in SENTENCES.items()),
    Scene(GROUP, "words of a lawyer", asked_which),
)
