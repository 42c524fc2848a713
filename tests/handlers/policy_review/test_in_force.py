"""P14: each text of the policy that was in force is kept, and the people a changed role concerns are told, once; home asks for the review."""

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from handlers import BUTTONS
from handlers.acting import CLOCK
from handlers.cards import Page
from handlers.policy import load_policy
from handlers.policy_review import steps
from handlers.room import Shows
from tests.handlers.builders import POLICY, Company, audit, words_for
from tests.handlers.policy_review.acts import another, complete, declare, start
from tests.handlers.reading import lines, listed, looking, title

pytestmark = pytest.mark.long

SHIPPED = Path(__file__).parents[3] / "policy.yaml"
HOLDER = "holder: tara.lindqvist@fernhill.example"
TITLE = "Customer Success Specialist Team Leader"
UNEXPECTED = "If you did not expect this, please ask the person who keeps the policy file."
EVERYBODY = ("anna", "bram", "tara", "deven", "helena", "henrik", "ruth", "miles")
BACK = load_policy(f"{POLICY.text}\n# back since today\n")
PROMOTED = another((HOLDER, "holder: anna.quill@fernhill.example"))


async def _texts(company: Company) -> list[tuple[int, str]]:
    return await company.database.read(lambda store: [(one.number, one.digest) for one in store.policy_texts.all()])


async def _heard(company: Company) -> dict[str, list[str]]:
    found = {who: await words_for(company, company.people[who]) for who in EVERYBODY}
    return {who: words for who, words in found.items() if words}


async def test_p14_the_first_start_keeps_the_text_with_its_digest_and_tells_nobody(company: Company) -> None:
    digest = sha256(SHIPPED.read_bytes()).hexdigest()
    assert await start(company)
    assert await _texts(company) == [(1, digest)]
    detail = {"told": [], "digest": digest, "number": 1}
    assert await audit(company, "policy") == [("clock", "policy.in_force", "done", "P14", detail)]
    assert await _heard(company) == {}


async def test_p14_several_programs_that_start_at_once_keep_it_once_and_tell_each_once(company: Company) -> None:
    await start(company)
    company.door.policy = PROMOTED
    kept = await asyncio.gather(*(company.door.enter(steps.keep_policy_text(), CLOCK) for _ in range(4)))
    assert sorted(kept) == [False, False, False, True]
    assert len(await _texts(company)) == 2
    assert {len(words) for words in (await _heard(company)).values()} == {1}


async def test_p14_a_changed_holder_is_told_to_all_whom_it_concerns(company: Company) -> None:
    await start(company)
    await start(company, PROMOTED)
    words = (
        f"The policy file says from now on who is {TITLE}: Anna Quill and Deven Okafor. Before, it was Tara Lindqvist and "
        f"Deven Okafor. {UNEXPECTED}"
    )
    heard = await _heard(company)
    assert heard == {who: [words] for who in ("anna", "tara", "deven", "helena", "ruth")}
    detail = (await audit(company, "policy"))[-1][-1]
    assert detail["told"] == sorted(company.people[who].person_id or 0 for who in heard)


async def test_p14_whoever_changes_the_head_and_the_manager_at_once_hides_it_from_neither(company: Company) -> None:
    await start(company)
    both = another(
        ("holder: helena.marsh@", "holder: anna.quill@"),
        ("holder: ruth.adeyemi@", "holder: bram.tolliver@"),
        (HOLDER, "holder: quinn.abara@fernhill.example"),
    )
    await start(company, both)
    heard = await _heard(company)
    assert {"helena", "ruth", "anna", "bram", "tara"} <= set(heard)
    assert TITLE in heard["helena"][0]
    assert TITLE in heard["ruth"][0]


async def test_p14_the_head_and_the_manager_see_when_the_next_review_is_due(company: Company) -> None:
    for who in (company.helena, company.henrik, company.ruth):
        told = lines(await listed(company, who))
        assert "# The policy’s review" in told
        assert "Next review due by Sat 1 Jul 2028 [Declare a change]" in told
    assert "Is the recording system changing? [Declare a change]" in lines(await listed(company, company.tara))
    for who in (company.anna, company.miles):
        assert "policy’s review" not in str(lines(await listed(company, who)))


async def test_p14_what_waits_stands_with_who_is_asked_and_with_who_declared_it(company: Company) -> None:
    review = await declare(company, company.helena, "no")
    ruth, helena = await listed(company, company.ruth), await listed(company, company.helena)
    assert "1 to do" in title(ruth)
    row = f"⏳ Is this change significant? (since <24 Nov 03:00> · {review}) [Details]"
    assert (lines(ruth).count(row), lines(helena).count(row)) == (1, 1)
    assert "nothing needs you" in title(helena)
    assert row not in lines(await listed(company, company.tara))


async def test_p14_details_of_what_was_decided_name_the_text_of_its_day(company: Company) -> None:
    await start(company)
    review = await declare(company, company.tara)
    details = BUTTONS["details"]
    assert isinstance(details, Shows)

    async def page() -> Page:
        return await looking(company, company.ruth, lambda ctx: details.page(ctx, review))

    assert "Decided by the policy" not in str((await page()).parts)
    await complete(company, review, company.ruth)
    assert f"Decided by the policy {POLICY.digest[:12]}" in str((await page()).parts)
