"""The policy's own review: its cards in every state, its forms, and what stands at home of it (P14)."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import CLOCK
from handlers.handling import Intent
from handlers.policy_review import in_force, steps
from handlers.policy_review.forms import CompleteForm, DeclareForm
from tests.gallery.house import HELENA, RUTH, TARA, House
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

GROUP = "Policy review"
WHAT = "Calls go through another telephone system, which keeps recordings for three months longer."
BOTH = {"Head of Customer Success": HELENA, "Manager, Human Resources": RUTH}


async def _declared(house: House, uid: str, significant: str) -> str:
    form = DeclareForm.read({"what": WHAT, "changed": "2026-12-01", "significant": significant})
    who = await house.steward.directories["slack"].visitor(uid)
    declared = await house.steward.door.enter(steps.declare(form, f"gallery:{uid}"), who)
    await house.settled()
    return declared.review


async def _does(house: House, uid: str, wanted: Intent[None]) -> None:
    await house.steward.door.enter(wanted, await house.steward.directories["slack"].visitor(uid))
    await house.settled()


async def due(house: House) -> list[Shot]:
    await house.steward.door.enter(in_force.in_force(), CLOCK)
    house.clock.move(house.clock.now() + timedelta(days=526))
    await house.steward.door.enter(steps.open_(), CLOCK)
    await house.settled()
    [review] = await house.steward.database.read(lambda store: [one.id for one in store.reviews.open()])
    return [house.shot_of_card(name, uid, review) for name, uid in BOTH.items()]


async def change(house: House) -> list[Shot]:
    review = await _declared(house, TARA, "yes")
    return [house.shot_of_card(name, uid, review) for name, uid in {"declarer": TARA, **BOTH}.items()]


async def second_person(house: House) -> list[Shot]:
    review = await _declared(house, HELENA, "no")
    return [house.shot_of_card(name, uid, review) for name, uid in BOTH.items()]


async def confirmed(house: House) -> list[Shot]:
    review = await _declared(house, HELENA, "no")
    await _does(house, RUTH, steps.confirm(review))
    return [house.shot_of_card(name, uid, review) for name, uid in BOTH.items()]


async def disagreed(house: House) -> list[Shot]:
    review = await _declared(house, HELENA, "no")
    await _does(house, RUTH, steps.disagree(review))
    return [house.shot_of_card(name, uid, review) for name, uid in BOTH.items()]


async def completed(house: House) -> list[Shot]:
    review = await _declared(house, TARA, "yes")
    told = {
        "took_part": "Helena Marsh, Ruth Adeyemi", "held": "2026-11-24", "outcome": "changed", "following": "2028-11-24",
        "words": "P12 names the new system. The rest stays as it is.",
    }  # fmt: skip
    await _does(house, RUTH, steps.complete(review, CompleteForm.read(told)))
    return [house.shot_of_card(name, uid, review) for name, uid in {"declarer": TARA, **BOTH}.items()]


async def forms(house: House) -> list[Shot]:
    shots = [await house.shot_of_home("Head of Customer Success", HELENA)]
    await house.press(HELENA, "home", "Declare a change")
    shots.append(house.shot_of_modal("Declare a change", HELENA))
    review = await _declared(house, TARA, "yes")
    await house.press(RUTH, house.card(RUTH, review), "Complete the review")
    return [*shots, house.shot_of_modal("Complete the review", RUTH)]


SCENES: tuple[Scene, ...] = (
    Scene(GROUP, "due", due),
    Scene(GROUP, "a significant change", change),
    Scene(GROUP, "not significant, waiting for a second person", second_person),
    Scene(GROUP, "not significant, confirmed", confirmed),
    Scene(GROUP, "significant after all", disagreed),
    Scene(GROUP, "completed", completed),
    Scene(GROUP, "forms", forms),
)
