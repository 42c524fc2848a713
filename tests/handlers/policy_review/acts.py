"""What people and the clock do about the policy's review, for its tests."""

from datetime import UTC, datetime
from itertools import count

from handlers import DUE
from handlers.acting import CLOCK, Actor
from handlers.policy import Policy, load_policy
from handlers.policy_review import steps
from handlers.policy_review.state import CompleteForm, DeclareForm
from storage.deadlines import DueDeadline
from storage.tables.reviews import PolicyReview
from tests.handlers.builders import POLICY, Company
from tests.handlers.passing_time import digests
from tests.ledgers import fallen

FIRST = datetime(2028, 5, 1, 23, tzinfo=UTC)  # 2 May 2028, 09:00 in Sydney: 60 days before 1 July
_keys = count(1)


def another(*pairs: tuple[str, str], of: Policy = POLICY) -> Policy:
    """Return the policy with another text: this one, with these words replaced."""
    text = of.text
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return load_policy(text)


async def start(company: Company, policy: Policy | None = None) -> bool:
    """Start the program with this policy; return whether it is another one."""
    company.door.policy = policy or company.door.policy
    return await company.door.enter(steps.keep_policy_text(), CLOCK)


async def declare(company: Company, who: Actor, significant: str = "yes", **more: str) -> str:
    """Declare a change as this person; return its id."""
    told = {"what": "Another telephone system.", "changed": "2026-12-01", "significant": significant, **more}
    key = f"slack:V{next(_keys)}"
    return (await company.door.enter(steps.declare_change(DeclareForm.read(told), key), who)).review


def held(on: str = "2026-11-24", following: str = "2028-11-24", **more: str) -> CompleteForm:
    """Return a review, filled in."""
    told = {
        "took_part": "Helena and Ruth", "held": on, "outcome": "unchanged", "words": "All fits.",
        "following": following,
    }  # fmt: skip
    return CompleteForm.read({**told, **more})


async def complete(company: Company, review: str, who: Actor, **more: str) -> None:
    await company.door.enter(steps.complete_review(review, held(**more)), who)


async def reviews(company: Company) -> list[PolicyReview]:
    """Return all of them, the oldest first."""
    query = PolicyReview.asked_at, PolicyReview.id
    return await company.database.read(lambda store: store.session.query(PolicyReview).order_by(*query).all())


async def one(company: Company, review: str) -> PolicyReview:
    return next(found for found in await reviews(company) if found.id == review)


async def coming(company: Company, kind: str = "policy_review.open", subject: str = "policy") -> datetime | None:
    return await company.database.read(lambda store: store.deadlines.coming(kind, subject))


async def tick(company: Company) -> int:
    """Do what is due; return how much of that was the review's."""
    done = 0
    while due := await _due(company):
        for found in due:
            await company.door.enter(DUE[found.kind](found.subject), CLOCK, due=found.key)
            done += found.kind.startswith("policy_review")
    return done


async def _due(company: Company) -> list[DueDeadline]:
    return await company.database.read(lambda store: fallen(store, company.clock.now))


async def reminded(company: Company, who: Actor) -> str:
    """Return this holder's last reminder, as it reads now."""
    told = await digests(company, who)
    return told[-1][0] if told and told[-1] else ""


async def at(company: Company, moment: datetime) -> int:
    """Set the clock to that moment, and do what is due."""
    company.clock.now = moment
    return await tick(company)


async def opened(company: Company) -> str:
    """Return the review that is due in 2028, opened by the clock."""
    await start(company)
    await at(company, FIRST)
    [review] = await reviews(company)
    return review.id
