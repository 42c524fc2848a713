"""The shipped policy says what the policy says, answers who holds what and when, and its sentences tell its own values (P1)."""

from datetime import UTC, date, datetime, time

import pytest

from handlers.policy import Policy, PolicyError, load_policy
from handlers.policy.file import fill_sentence, unknown_name
from tests.each import each
from tests.policy.texts import plain, written
from tests.seats import number, seated


def test_the_shipped_policy_says_what_the_policy_says(policy: Policy) -> None:
    """P2, P4, P6 and the readings, value by value."""
    assert list(policy.clauses) == [f"P{number}" for number in range(1, 15)]
    assert list(policy.lines) == ["+61281979000", "+442036953777"]
    assert [(line.time_zone, line.calendar.country, line.calendar.subdivision) for line in policy.lines.values()] == [
        ("Australia/Sydney", "AU", "NSW"),
        ("Europe/London", "GB", "ENG"),
    ]
    assert list(policy.departments) == ["sales", "customer_success", "accounts_billing"]
    assert [key for key, reason in policy.reasons.items() if reason.route == "investigation"] == [
        "crime",
        "legal_claim",
    ]
    assert [key for key, reason in policy.reasons.items() if not reason.announced] == ["crime", "legal_claim"]
    assert len(policy.reasons) == 8
    assert policy.access.days == (1, 7, 30)
    assert policy.access.default_days == 7
    assert policy.access.code_seconds == 60
    assert policy.access.history_days == 90
    assert policy.working_time.cut_off == time(17)
    assert policy.company.crm_pattern == "CS-[0-9]+"
    assert policy.customers.working_days == 7
    assert policy.customers.remind_before == (4, 2, 1)
    assert policy.retention.months == 12
    assert policy.holds.most_days == 90
    assert policy.holds.open_request_working_days == 20
    assert policy.declined_midway == "discard"
    assert (policy.breach.acknowledge_working_days, policy.breach.feedback_working_days) == (2, 10)
    assert policy.breach.closed_months == 24
    assert policy.breach.last_resort.startswith("Please write to the chair of the board, board@fernhill.example.")
    assert len(policy.breach.steps) == 4
    assert policy.policy_review.years == 2
    assert policy.records.closed_request_months == 12
    staff = policy.staff_requests
    assert (staff.remind_after, staff.deputy_after, staff.next_authority_after, staff.lapse_after) == (1, 2, 3, 10)


def test_the_shipped_policy_names_the_people_of_the_sample_company(policy: Policy) -> None:
    held = {name: (role.holder, role.deputies) for name, role in policy.roles.held().items()}
    assert held == {
        "team_leader": ("tara.lindqvist@fernhill.example", ("deven.okafor@fernhill.example",)),
        "head_of_customer_success": ("helena.marsh@fernhill.example", ("henrik.solberg@fernhill.example",)),
        "manager_human_resources": ("ruth.adeyemi@fernhill.example", ()),
        "breach_fallback": ("miles.fairweather@fernhill.example", ()),
    }
    assert policy.roles.reviewers.holders == ("quinn.abara@fernhill.example", "miles.fairweather@fernhill.example")


def test_p13_a_file_of_before_says_what_it_did_not_say_in_words_for_any_company(shipped: str) -> None:
    values = plain(shipped)
    for later in ("last_resort", "steps", "closed_months"):
        del values["breach"][later]
    found = load_policy(written(values)).breach
    assert found.last_resort == (
        "Please turn to the owners of the company, or to the public authority for privacy or for work."
    )
    assert found.steps == load_policy(shipped).breach.steps
    assert found.closed_months == 24


def test_p8_a_closure_day_is_for_all_lines_or_for_those_that_it_names(shipped: str) -> None:
    values = plain(shipped)
    line = "+61 2 8197 9000"
    values["company"]["closure_days"] = [
        "2026-12-24", {"date": "2026-12-28", "lines": [line]}, {"date": "2026-12-28", "lines": ["+44 20 3695 3777"]},
    ]  # fmt: skip
    closures = load_policy(written(values)).company.closure_days
    assert [(one.day.day, one.lines) for one in closures] == [
        (24, ()),
        (28, ("+61281979000",)),
        (28, ("+442036953777",)),
    ]


def test_a_line_is_found_by_its_number_and_no_other_line_is_in_scope(policy: Policy) -> None:
    """P4"""
    line = policy.line("+442036953777")
    assert line is not None
    assert line.region_code == "GB"
    assert policy.line("+442036953778") is None


def test_addresses_of_a_policy_are_normal_forms(shipped: str) -> None:
    values = plain(shipped)
    values["roles"]["team_leader"]["holder"] = "Tara.Lindqvist+calls@FERNHILL.example"
    values["departments"]["sales"]["staff"] = ["Anna+x@fernhill.example"]
    policy = load_policy(written(values))
    assert policy.role("team_leader").holder == "tara.lindqvist@fernhill.example"
    assert policy.department_of("anna@fernhill.example") == "sales"
    assert policy.department_of("tara.lindqvist@fernhill.example") is None


def away(shipped: str, **roles: tuple[str, str]) -> Policy:
    values = plain(shipped)
    for role, (first, last) in roles.items():
        values["roles"][role]["away"] = [{"from": first, "to": last}]
    return seated(load_policy(written(values)))


def test_a_deputy_fills_the_role_while_the_holder_is_away(shipped: str) -> None:
    policy = away(
        shipped, team_leader=("2026-12-21", "2027-01-08"), manager_human_resources=("2026-12-21", "2026-12-21")
    )
    tara, deven = number("tara.lindqvist@fernhill.example"), number("deven.okafor@fernhill.example")
    assert policy.holders_on("team_leader", date(2026, 12, 20)) == (tara,)
    assert policy.holders_on("team_leader", date(2026, 12, 21)) == (deven,)
    assert policy.holders_on("team_leader", date(2027, 1, 8)) == (deven,)
    assert policy.holders_on("team_leader", date(2027, 1, 9)) == (tara,)
    assert policy.holders_on("manager_human_resources", date(2026, 12, 21)) == ()


def test_a_deputy_who_is_away_from_a_role_of_their_own_fills_none(shipped: str) -> None:
    values = plain(shipped)
    ruth = values["roles"]["manager_human_resources"]
    values["roles"]["head_of_customer_success"]["deputies"].append(ruth["holder"])
    for role in (ruth, values["roles"]["head_of_customer_success"]):
        role["away"] = [{"from": "2026-12-21", "to": "2026-12-21"}]
    policy = seated(load_policy(written(values)))
    henrik = number("henrik.solberg@fernhill.example")
    assert policy.holders_on("head_of_customer_success", date(2026, 12, 21)) == (henrik,)


def test_a_call_of_a_day_without_announcement_is_known_by_the_day_of_its_line(shipped: str) -> None:
    """P3: 13:30 UTC is 00:30 of the next day in Sydney."""
    values = plain(shipped)
    values["announcements_down"] = [
        {"from": "2026-03-02", "to": "2026-03-02", "lines": ["+61 2 8197 9000"]},
        {"from": "2026-05-01", "to": "2026-05-02"},
    ]
    policy = load_policy(written(values))
    assert policy.announcement_down("+61281979000", datetime(2026, 3, 1, 13, 30, tzinfo=UTC))
    assert not policy.announcement_down("+61281979000", datetime(2026, 3, 2, 13, 30, tzinfo=UTC))
    assert not policy.announcement_down("+442036953777", datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert policy.announcement_down("+442036953777", datetime(2026, 5, 2, 9, tzinfo=UTC))


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
    with pytest.raises(PolicyError, match=r"readings\.P12: \{retention\.month\} isn't a value in this file"):
        load_policy(text)


def test_p1_readings_may_be_left_out(shipped: str) -> None:
    text = shipped
    start = text.index("\nreadings:")
    end = text.index("\nnotices:", start)
    assert load_policy(text[:start] + text[end:]).readings == {}
