"""P7: a matter that somebody has only since others are away goes back when they are there again."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.rules.returning import Return, goes_back, there_again
from tests.rules.roles import ANNA, DEVEN, HELENA, HENRIK, MILES, RUTH, TARA, TODAY, matter


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def away(policy: Policy, *told: tuple[str, int, int]) -> Policy:
    return policy.absent((who, Period.model_validate({"from": day(a), "to": day(b)})) for who, a, b in told)


def back(policy: Policy, person: str, *told: tuple[str, int, int], asker: str = ANNA) -> Return | None:
    return goes_back(matter(away(policy, *told), asker, "complaint"), person)


def test_p7_it_goes_back_after_the_last_day_of_whoever_is_away(policy: Policy) -> None:
    assert back(policy, DEVEN, (TARA, -3, 4)) == Return((TARA,), day(4))


def test_p7_absences_that_follow_each_other_are_one(policy: Policy) -> None:
    assert back(policy, DEVEN, (TARA, 0, 2), (TARA, 3, 5)) == Return((TARA,), day(5))
    assert back(policy, DEVEN, (TARA, 0, 2), (TARA, 4, 5)) == Return((TARA,), day(2))


def test_p7_whoever_is_back_first_has_it_next(policy: Policy) -> None:
    assert back(policy, HELENA, (TARA, 0, 5), (DEVEN, 0, 1)) == Return((DEVEN,), day(1))
    assert back(policy, HENRIK, (TARA, 0, 9), (DEVEN, 0, 9), (HELENA, 0, 4)) == Return((HELENA,), day(4))


def test_p7_that_a_deputy_goes_away_gives_it_to_nobody_back(policy: Policy) -> None:
    assert back(policy, DEVEN, (TARA, 0, 5), (DEVEN, 2, 3)) == Return((TARA,), day(5))


def test_p7_who_keeps_it_reads_no_day(policy: Policy) -> None:
    assert back(policy, TARA) is None
    assert back(policy, HELENA, (HENRIK, 0, 2)) is None
    assert back(policy, HELENA, (TARA, 0, 2), asker=TARA) is None, "a holder with a conflict takes nothing back"
    endless = policy.absent([(TARA, Period.model_validate({"from": TODAY, "to": date.max}))])
    assert goes_back(matter(endless, ANNA, "complaint"), DEVEN) is None


def test_p9_an_investigation_goes_back_to_nobody_beneath(policy: Policy) -> None:
    case = matter(away(policy, (TARA, 0, 1), (HELENA, 0, 3), (HENRIK, 0, 3)), ANNA, "crime")
    assert goes_back(case, RUTH) == Return((HELENA,), day(3))


def test_p7_what_nobody_may_decide_goes_to_whoever_is_there_first(policy: Policy) -> None:
    everybody = [(one, 0, last) for one, last in ((TARA, 9), (DEVEN, 2), (HELENA, 5), (HENRIK, 5), (RUTH, 3))]
    assert there_again(matter(away(policy, *everybody), ANNA, "complaint")) == day(3)
    assert there_again(matter(away(policy, *everybody, (DEVEN, 3, 9)), ANNA, "complaint")) == day(4)
    assert there_again(matter(away(policy, *everybody, (MILES, 0, 9)), ANNA, "crime")) == day(4)


def test_p7_where_no_absence_says_so_no_day_is_named(policy: Policy) -> None:
    endless = Period.model_validate({"from": TODAY, "to": date.max})
    gone = policy.absent((one, endless) for one in (TARA, DEVEN, HELENA, HENRIK, RUTH))
    assert there_again(matter(gone, ANNA, "complaint")) is None
