"""The weekly digest is made once the log was verified that day and everyone was looked up, by one process alone."""

import pytest

from bot.clockwork.parts import WeeklyDigest
from bot.ports import Unavailable, Unreachable
from bot.rehearsal.fake_chat import Fault
from handlers.digest.steps import LogVerification
from storage.tables.reviews import Digest
from tests.each import each
from tests.handlers.digest.acts import MONDAY, digests
from tests.offices import Office
from tests.reaching import Looks, leaves


class Proving:
    """What verifies the log. It also counts how often everyone was looked up."""

    def __init__(self, last: LogVerification | None) -> None:
        self.last, self.tried = last, 0

    async def try_everybody(self) -> None:
        self.tried += 1


@pytest.fixture
def monday(office: Office) -> Office:
    office.clock.now = MONDAY
    return office


def _weekly(office: Office, proof: Proving) -> WeeklyDigest:
    return WeeklyDigest(office.company.door, proof, proof.try_everybody)


async def _made(office: Office) -> list[Digest]:
    return await digests(office.company)


async def test_it_waits_for_a_verification_tries_everyone_and_says_how_far_the_log_was_verified(monday: Office) -> None:
    proof = Proving(None)
    weekly = _weekly(monday, proof)
    await weekly.tick()
    assert (await _made(monday), proof.tried) == ([], 0)
    proof.last = LogVerification(7, 0, MONDAY)
    await weekly.tick()
    (digest,) = await _made(monday)
    assert (proof.tried, digest.verified_to) == (1, 7)


async def test_two_processes_make_one_and_a_tick_that_failed_is_made_up_for(
    monday: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (_weekly(monday, Proving(LogVerification(3, 0, MONDAY))) for _ in range(2))
    with monkeypatch.context() as broken:
        broken.setattr(monday.company.door, "enter", None)
        with pytest.raises(TypeError):
            await first.tick()
    await first.tick()
    await second.tick()
    assert len(await _made(monday)) == 1


FOR_EVER = 10**6


async def test_p7_who_was_never_met_is_looked_for_by_address(looks: Looks) -> None:
    policy = looks.office.company.door.policy
    customers = policy.customers.model_copy(update={"handlers": ("new.one@fernhill.example",)})
    looks.office.company.door.policy = policy.model_copy(update={"customers": customers})
    assert (
        "new.one@fernhill.example (who confirms customers’ requests) has no account that I can find"
        in await looks.told()
    )
    assert "new.one@fernhill.example" in [one.whom for one in looks.office.chat.calls if one.method == "find"]


@each("error", [AttributeError("get"), Unavailable("unreadable_answer")])
async def test_a2_an_account_that_answers_oddly_keeps_no_other_back(looks: Looks, error: Exception) -> None:
    looks.office.chat.faults.append(Fault(error, "knock", "UTARA", times=FOR_EVER))
    leaves(looks.office, "deven")
    told = await looks.told()
    assert "Deven Okafor" in told
    assert "Tara Lindqvist (" not in told


async def test_a_platform_that_seems_to_know_no_one_is_not_believed(looks: Looks) -> None:
    looks.office.chat.faults.append(Fault(Unreachable("users_not_found"), "knock", times=FOR_EVER))
    assert await looks.told() == ""
