"""P7, P9: what is said about a request before it is made, and how its reason and its day are read."""

from datetime import UTC, date, datetime

import pytest

from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules.foreseeing import day_named, foresee_request, reason_named
from tests.handlers.builders import with_role
from tests.rules.roles import ANNA, DEVEN, HELENA, RUTH, TARA, concerning, matter
from tests.seats import number, seated

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # Tuesday, 14:00 in Sydney


def test_p7_the_next_are_those_asked_if_none_of_the_first_can_be_reached(policy: Policy) -> None:
    found = foresee_request(matter(policy, ANNA, "complaint"), NOW)
    assert ([one.person for one in found.where.approvers], [one.person for one in found.next]) == ([TARA], [DEVEN])
    out = foresee_request(matter(policy, ANNA, "complaint", unreachable=frozenset({TARA})), NOW)
    assert [one.person for one in out.next] == [HELENA]


def test_p7_a_staff_request_lapses_after_ten_working_days_and_an_investigation_never(policy: Policy) -> None:
    found = foresee_request(matter(policy, ANNA, "complaint"), NOW)
    assert found.lapses is not None
    assert (len(found.lapses.counted), found.lapses.at) == (10, datetime(2026, 12, 8, 6, tzinfo=UTC))
    assert foresee_request(matter(policy, ANNA, "crime"), NOW).lapses is None


def test_p9_everyone_who_is_passed_over_is_named_once_and_no_one_who_is_asked(policy: Policy) -> None:
    """No one decides for a superior; a deputy's own cause counts first, and a person asked in another role isn't passed
    over.
    """
    head = policy.role("head_of_customer_success")
    deputy = number(head.deputies[0])
    found = foresee_request(concerning(matter(policy, ANNA, "crime"), frozenset({HELENA})), NOW)
    assert found.passed_over == ((HELENA, "concerned"), (deputy, "superior"))
    both = foresee_request(concerning(matter(policy, ANNA, "crime"), frozenset({HELENA, deputy})), NOW)
    assert both.passed_over == ((HELENA, "concerned"), (deputy, "concerned"))
    doubled = seated(with_role(policy, "manager_human_resources", holder=head.deputies[0]))
    asked = foresee_request(concerning(matter(doubled, ANNA, "crime"), frozenset({HELENA})), NOW)
    assert [one.person for one in asked.where.approvers] == [deputy]
    assert asked.passed_over == ((HELENA, "concerned"),)
    out = foresee_request(matter(policy, ANNA, "complaint", unreachable=frozenset({TARA})), NOW)
    assert out.passed_over == ((TARA, "unreachable"),)


def test_p7_today_is_the_companys_and_comes_now_and_another_day_comes_when_work_begins(policy: Policy) -> None:
    late = datetime(2026, 11, 24, 14, tzinfo=UTC)  # past midnight in Sydney
    assert day_named(policy, "", late) == day_named(policy, "2026-11-25", late) == (date(2026, 11, 25), late)
    assert day_named(policy, " 2026-11-30 ", late) == (date(2026, 11, 30), datetime(2026, 11, 29, 22, tzinfo=UTC))


def test_p7_the_person_who_decides_is_not_told_as_well(policy: Policy) -> None:
    assert foresee_request(matter(policy, HELENA, "complaint"), NOW).told == (RUTH,)
    asked = foresee_request(matter(policy, HELENA, "complaint", TARA), NOW)
    assert ([one.person for one in asked.where.approvers], asked.told) == ([RUTH], ())


def test_a_reason_or_a_day_that_is_none_is_refused_with_what_to_write(policy: Policy) -> None:
    assert reason_named(policy, " Defence of a legal claim ") == reason_named(policy, "legal_claim") == "legal_claim"
    for typed in ("0001-01-01", "32 Nov"):
        with pytest.raises(Refused) as refused:
            day_named(policy, typed, NOW)
        assert list(refused.value.fields) == ["day"]
    with pytest.raises(Refused, match="one of the reasons"):
        reason_named(policy, "curiosity")
