"""P14: a change is declared, a second person calls it significant, the policy is reviewed, and two years later again."""

import re
from datetime import timedelta

import pytest

from bot.rehearsal.slack import Person
from handlers.rules.notices import next_working_morning
from tests.stories.errands import card, done, manage, press, press_in_manage
from tests.stories.house import ANNA, HELENA, RUTH, TARA, House
from tests.stories.waiting import until

pytestmark = pytest.mark.story
REVIEW = re.compile(r"PR-[2-9A-HJ-NP-Z]{8}")


def _reviews(house: House, uid: str) -> set[str]:
    """All reviews that the person has a card of."""
    return {found for one in house.somebody(uid).cards("PR-") for found in REVIEW.findall(one.words)}


async def _fill_in(house: House, person: Person, sign: str, **answers: str) -> None:
    await until(
        lambda: person.modal and person.modal["submit"] and sign in str(person.modal), f"the form that says {sign}"
    )
    outcome = await person.submit(answers)
    assert outcome.ok, outcome
    await house.settled()


async def test_p14_a_change_is_declared_judged_by_a_second_person_and_reviewed(house: House) -> None:
    today = house.clock.now().date()
    assert await done(house, "policy") == ["policy.in_force"]
    assert "Declare a change" not in (await manage(house, ANNA)).buttons
    await press_in_manage(house, HELENA, "Declare a change")
    told = {"what": "Another telephone system.", "changed": f"{today}", "significant": "no"}
    await _fill_in(house, house.person(HELENA), "Is it significant?", **told)
    [review] = _reviews(house, RUTH)
    assert card(house, RUTH, review).offers == ["Confirm", "It is significant"]
    assert card(house, HELENA, review).offers == []
    assert house.somebody(TARA).cards("PR-") == []
    await press(house, RUTH, review, "It is significant")
    assert card(house, HELENA, review).offers == card(house, RUTH, review).offers == ["Complete the review"]
    await press(house, HELENA, review, "Complete the review")
    answers = {"took_part": "Helena, Ruth", "outcome": "unchanged", "words": "All fits."}
    # By the company's day, which may be another one than that of UTC.
    held = today + timedelta(days=1)
    house.clock.move(house.clock.now() + timedelta(days=2))
    await _fill_in(house, house.person(HELENA), "Who took part?", held=f"{held}", **answers)
    assert "completed by Helena Marsh" in card(house, RUTH, review).words
    actions = await done(house, review)
    assert [one for one in actions if one != "policy_review.remind"] == [
        "policy_review.declare",
        "policy_review.disagree",
        "policy_review.complete",
    ]
    house.clock.move(next_working_morning(house.steward.policy, house.clock.now() + timedelta(days=2 * 365 - 30)))
    await house.steward.tick()
    await house.settled()
    [following] = _reviews(house, RUTH) - {review}
    assert "The policy is reviewed every 2 years" in card(house, RUTH, following).words
    due = await house.on_slack(HELENA).open_from_morning("The review of the call recording policy is due")
    assert "Complete the review" in due.buttons
