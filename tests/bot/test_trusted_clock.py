"""A2, P12: `now` never runs back and never follows a wrong clock; and the clock is trusted only while others bear it out."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import product
from typing import Any

from bot.clockwork.trusted_clock import TrustedClock
from storage.chain import GENESIS, Verdict, entry_digest
from tests.clocks import Seconds
from tests.each import each
from tests.ledgers import check_chain
from tests.machines import Machine
from tests.moments import NOW

STEPS: dict[str, dict[str, float]] = {
    "an hour back": {"hours": -1},
    "five days ahead": {"days": 5},
    "a year ahead": {"days": 365},
}


def running(**told: Any) -> Machine:
    """A bot that was started when its log was an hour old, and heard one answer then."""
    machine = Machine(**told)
    machine.clock.begin(machine.right - timedelta(hours=1))
    machine.answer()
    return machine


@each("step", STEPS.values())
def test_a_step_while_running_moves_no_moment_and_is_over_as_soon_as_it_is_put_right(step: dict[str, float]) -> None:
    for answers in (True, False):
        machine = running()
        if answers:
            machine.answer()
        assert machine.clock.trusted()
        machine.clock.now()
        machine.step(**step)
        machine.pass_(seconds=10)
        assert (machine.clock.trusted(), machine.clock.now()) == (False, machine.right)
        machine.step()
        assert (machine.clock.trusted(), machine.clock.now()) == (True, machine.right)


@each("step, answers", product(STEPS.values(), (True, False)))
def test_a_step_before_a_start_moves_no_moment_until_it_is_put_right(step: dict[str, float], answers: bool) -> None:
    machine = Machine()
    machine.step(**step)
    machine.clock.begin(machine.right)
    machine.pass_(seconds=10)
    assert (machine.clock.trusted(), machine.clock.now()) == (False, machine.right)
    if answers:
        machine.answer()
    assert (machine.clock.trusted(), machine.clock.now()) == (False, machine.right)
    machine.step()
    assert (machine.clock.trusted(), machine.clock.now()) == (answers, machine.right)


def test_an_answer_decides_for_an_hour() -> None:
    machine = running()
    machine.answer(minutes=4)
    assert machine.clock.trusted()
    machine.answer(minutes=-6)
    assert machine.clock.doubt() is not None
    machine.answer()
    assert machine.clock.trusted()
    machine.answer("s3.example", hours=1)
    doubt = machine.clock.doubt()
    assert doubt is not None
    assert doubt.words == (
        "My machine's clock says Tue 24 Nov 2026, 03:00 UTC, but s3.example says Tue 24 Nov 2026, 04:00 UTC."
    )
    machine.pass_(minutes=30)
    machine.answer()
    machine.pass_(minutes=31)
    assert machine.clock.trusted(), "what a service told an hour ago counts no more, where another has answered"


def test_without_any_answer_the_two_clocks_move_together_within_ten_minutes() -> None:
    machine = running()
    machine.pass_(days=30)
    machine.step(minutes=9)
    assert machine.clock.trusted()
    machine.step(minutes=11)
    assert not machine.clock.trusted()


@each("newest", [None, 0, 30, 47, 49, -1])
def test_p12_a_start_without_an_answer_is_not_trusted_whatever_the_log_says(newest: int | None) -> None:
    machine = Machine()
    machine.clock.begin(None if newest is None else NOW - timedelta(hours=newest))
    assert not machine.clock.trusted()
    machine.answer()
    assert machine.clock.trusted()


@each("newest, moves", [(None, True), (47, True), (49, False), (-1, False)])
def test_until_an_answer_now_goes_with_a_clock_that_follows_soon_after_the_newest_entry(
    newest: int | None, moves: bool
) -> None:
    """Else access that ended while the bot was down would be open again until a service answers."""
    machine = Machine()
    machine.clock.begin(None if newest is None else NOW - timedelta(hours=newest))
    assert (machine.clock.now() == NOW) == moves
    before = machine.clock.now()
    machine.step(hours=5)
    assert machine.clock.now() == before, "from then on only together with the steady clock"


def test_the_heads_word_counts_whatever_an_answer_says_and_only_for_this_step() -> None:
    machine = running()
    machine.answer(days=3)
    assert not machine.clock.trusted()
    machine.clock.confirm()
    machine.answer(days=3)
    machine.pass_(days=1)
    assert machine.clock.trusted()
    machine.step(days=5)
    assert not machine.clock.trusted()


def test_a_new_database_on_a_machine_a_year_ahead_does_not_stay_there_and_its_log_holds() -> None:
    machine = Machine()
    machine.step(days=365)
    machine.clock.begin(None)
    moments = [machine.clock.now()]
    machine.answer()
    machine.pass_(seconds=5)
    moments.append(machine.clock.now())
    assert (moments[1], machine.clock.trusted()) == (machine.right, False), "the first answer tells the time"
    machine.step()
    moments.append(machine.clock.now())
    assert moments[2] == machine.right
    verdict = _log_of(moments)
    assert verdict.fault == ""


def _log_of(moments: list[datetime]) -> Verdict:
    rows, last = list[dict[str, Any]](), GENESIS
    for seq, at in enumerate(moments, 1):
        told = dict.fromkeys(("actor", "action", "subject", "outcome", "clause"), "")
        row = {
            **told,
            "seq": seq,
            "at": at.isoformat(timespec="microseconds"),
            "detail": {},
            "marks": {},
            "journal": 0,
            "previous": last,
        }
        last = row["hash"] = entry_digest(row)
        rows.append(row)
    return check_chain(rows, (len(rows), last))


def test_p12_a_storage_server_that_shares_the_wrong_clock_confirms_nothing() -> None:
    """After an hour without a chat's answer a bucket on this machine vouched for a year ahead."""
    seconds, wrong = Seconds(), timedelta()
    clock = TrustedClock(lambda: NOW + timedelta(seconds=seconds.now) + wrong, seconds)
    clock.begin(NOW)
    clock.hear("slack.com", {"Date": format_datetime(NOW, usegmt=True)})
    assert clock.trusted()
    seconds.now += 66 * 60
    wrong = timedelta(days=366)
    clock.hear_storage("minio.local", {"Date": format_datetime(clock.wall(), usegmt=True)})
    assert not clock.trusted()
    wrong = timedelta()
    clock.hear_storage("minio.local", {"Date": format_datetime(clock.wall(), usegmt=True)})
    assert clock.trusted()
