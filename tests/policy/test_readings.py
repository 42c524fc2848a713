"""P1: a sentence of the policy tells its own values, and one that names none that there is, is refused at start."""

import pytest

from handlers.policy import Policy, PolicyError, load_policy
from handlers.policy.file import fill_sentence, unknown_name
from tests.each import each


@each(
    ("sentence", "told"),
    [
        ("Kept {retention.months} months.", "Kept 12 months."),
        ("By {working_time.cut_off}", "By 17:00"),
        ("Since {policy_review.last}", "Since 1 July 2026"),
        ("{random_review.share_percent} %", "2 %"),
        ("On {working_time.days}.", "On monday, tuesday, wednesday, thursday and friday."),
        ("{policy_review.remind_days_before} days", "60, 30 and 7 days"),
        ("Closed on {company.closure_days}", "Closed on none"),
        ("By {company.name}, {declined_midway}", "By Fernhill Telecare, discard"),
        ("Announced: {reasons_announced}", None),
        ("No name in here", "No name in here"),
        ("{}", None), ("{retention}", None), ("{retention.month}", None), ("{retention.months.real}", None),
        ("{roles.team_leader}", None), ("{clauses.P1}", None), ("{__class__}", None), ("{retention.model_fields}", None),
    ],
)  # fmt: skip
def test_p1_a_name_stands_for_its_value(policy: Policy, sentence: str, told: str | None) -> None:
    if told is None:
        assert unknown_name(policy, sentence) == sentence.partition("{")[2].partition("}")[0]
        with pytest.raises(LookupError):
            fill_sentence(policy, sentence)
    else:
        assert (unknown_name(policy, sentence), fill_sentence(policy, sentence)) == (None, told)


def test_p1_yes_and_no_are_words(policy: Policy) -> None:
    assert fill_sentence(policy.reasons["training"], "{announced}") == "yes"  # type: ignore[arg-type]
    assert fill_sentence(policy.reasons["crime"], "{announced}") == "no"  # type: ignore[arg-type]


def test_p1_closure_days_are_told_with_the_lines_that_they_are_for(shipped: str) -> None:
    days = '[2026-12-24, {date: 2026-12-28, lines: ["+61 2 8197 9000"]}]'
    policy = load_policy(shipped.replace("closure_days: []", f"closure_days: {days}"))
    told = fill_sentence(policy, "Closed on {company.closure_days}.")
    assert told == "Closed on 24 December 2026 and 28 December 2026 (+61 2 8197 9000 only)."


def test_p1_a_reading_that_names_no_value_is_told_with_its_line(shipped: str) -> None:
    text = shipped.replace("{retention.months}", "{retention.month}")
    with pytest.raises(PolicyError, match=r"readings\.P12: \{retention\.month\} is no value of this file"):
        load_policy(text)


def test_p1_readings_may_be_left_out(shipped: str) -> None:
    text = shipped
    start = text.index("\nreadings:")
    end = text.index("\nnotices:", start)
    assert load_policy(text[:start] + text[end:]).readings == {}
