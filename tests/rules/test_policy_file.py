"""policy.yaml: the shipped one loads with every value, and each wrong one is refused with its line and a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.rules.marks import Flaw, key_of
from handlers.rules.policy import Policy, PolicyError, load_policy
from handlers.rules.values import Path

OPTIONAL = {"closure_days", "announcements_down", "staff", "deputies", "away", "start"}
OWN_KEYS = {("lines",), ("identity", "same_domains")}
"""Groups whose keys are the company's own."""


def plain(text: str) -> dict[str, Any]:
    values: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  makes nothing but texts
    return values


def written(values: object) -> str:
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10_000)


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Every key and list entry."""
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, step)
            yield from paths(inner, (*path, step))


def at(values: Any, path: Path) -> Any:
    for step in path:
        values = values[step]
    return values


def flaws(text: str) -> tuple[Flaw, ...]:
    with pytest.raises(PolicyError) as refusal:
        load_policy(text, "policy.yaml")
    for flaw in refusal.value.flaws:
        reads_well(flaw.sentence)
        assert f"line {flaw.line}, {flaw.key}: {flaw.sentence}" in str(refusal.value)
        assert 1 <= flaw.line <= len(text.splitlines()) + 1
    return refusal.value.flaws


def reads_well(sentence: str) -> None:
    """At least what is wrong and what to do, in short sentences and without the library's words."""
    parts = re.split(r"(?<=[.?]) ", sentence)
    assert len(parts) >= 2
    assert sentence[-1] in ".?”"
    assert all(len(part.split()) <= 20 for part in parts)
    assert not re.search(r"!|pydantic|str\b|Input|type=|NoneType", re.sub("“.*?”", "", sentence))


# --- the shipped policy


def test_the_shipped_policy_says_what_the_policy_says(policy: Policy) -> None:
    """P2, P4, P6 and the readings, value by value."""
    assert list(policy.clauses) == [f"P{number}" for number in range(1, 15)]
    assert list(policy.lines) == ["+61281979000", "+442036953777"]
    assert [(line.time_zone, line.calendar.country, line.calendar.subdivision) for line in policy.lines.values()] == [
        ("Australia/Sydney", "AU", "NSW"),
        ("Europe/London", "GB", "ENG"),
    ]
    assert list(policy.departments) == ["sales", "customer_success", "accounts_billing"]
    assert [key for key, reason in policy.reasons.items() if reason.route == "investigation"] == ["crime", "legal_claim"]
    assert [key for key, reason in policy.reasons.items() if not reason.announced] == ["crime", "legal_claim"]
    assert len(policy.reasons) == 8
    assert policy.access.days == 7
    assert policy.access.code_seconds == 60
    assert policy.access.history_days == 90
    assert policy.working_time.cut_off == time(17)
    assert policy.customers.working_days == 7
    assert policy.retention.months == 12
    assert policy.holds.most_days == 90
    assert policy.holds.open_request_working_days == 20
    assert policy.declined_midway == "discard"
    assert (policy.breach.acknowledge_working_days, policy.breach.feedback_working_days) == (2, 10)
    assert policy.policy_review.years == 2
    assert policy.records.closed_request_months == 12
    staff = policy.staff_requests
    assert (staff.remind_after, staff.deputy_after, staff.next_authority_after, staff.lapse_after) == (1, 2, 3, 10)


def test_the_shipped_policy_names_the_people_of_the_sample_company(policy: Policy) -> None:
    offices = {name: (role.holder, role.deputies) for name, role in policy.roles.offices().items()}
    assert offices == {
        "team_leader": ("tara.lindqvist@fernhill.example", ("deven.okafor@fernhill.example",)),
        "head_of_customer_success": ("helena.marsh@fernhill.example", ("henrik.solberg@fernhill.example",)),
        "manager_human_resources": ("ruth.adeyemi@fernhill.example", ()),
        "breach_fallback": ("miles.fairweather@fernhill.example", ()),
    }
    assert policy.roles.reviewers.holders == ("quinn.abara@fernhill.example",)


def test_a_policy_can_not_be_changed_once_read(policy: Policy) -> None:
    with pytest.raises(ValueError, match="frozen"):
        policy.access.days = 8  # type: ignore[misc]


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


def test_a_reason_is_found_by_its_key(policy: Policy) -> None:
    assert policy.reason("crime").clause == "P9"
    with pytest.raises(KeyError):
        policy.reason("curiosity")


def away(shipped: str, **roles: tuple[str, str]) -> Policy:
    values = plain(shipped)
    for role, (first, last) in roles.items():
        values["roles"][role]["away"] = [{"from": first, "to": last}]
    return load_policy(written(values))


def test_a_deputy_sits_in_the_office_while_the_holder_is_away(shipped: str) -> None:
    policy = away(shipped, team_leader=("2026-12-21", "2027-01-08"), manager_human_resources=("2026-12-21", "2026-12-21"))
    tara, deven = "tara.lindqvist@fernhill.example", "deven.okafor@fernhill.example"
    assert policy.holders_on("team_leader", date(2026, 12, 20)) == (tara,)
    assert policy.holders_on("team_leader", date(2026, 12, 21)) == (deven,)
    assert policy.holders_on("team_leader", date(2027, 1, 8)) == (deven,)
    assert policy.holders_on("team_leader", date(2027, 1, 9)) == (tara,)
    assert policy.holders_on("manager_human_resources", date(2026, 12, 21)) == ()


def test_a_deputy_who_is_away_from_an_office_of_their_own_sits_in_none(shipped: str) -> None:
    values = plain(shipped)
    ruth = values["roles"]["manager_human_resources"]
    values["roles"]["head_of_customer_success"]["deputies"].append(ruth["holder"])
    for role in (ruth, values["roles"]["head_of_customer_success"]):
        role["away"] = [{"from": "2026-12-21", "to": "2026-12-21"}]
    policy = load_policy(written(values))
    assert policy.holders_on("head_of_customer_success", date(2026, 12, 21)) == ("henrik.solberg@fernhill.example",)


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


# --- every key gone, misspelt, of the wrong kind: those with a value all at once, groups and lists in turn


def leaves(values: object) -> list[Path]:
    return [path for path in paths(values) if not isinstance(at(values, path), dict | list)]


def branches(values: object) -> list[list[Path]]:
    """Groups and lists, those of one depth together: none of them holds another."""
    found = [path for path in paths(values) if isinstance(at(values, path), dict | list)]
    return [[path for path in found if len(path) == depth] for depth in sorted({len(path) for path in found})]


def needed(path: Path) -> bool:
    own = isinstance(path[-1], int) or path[:-1] in OWN_KEYS or path[0] == "identity" != path[-1]
    return not own and path[-1] not in OPTIONAL


def without(values: Any, *gone: Path) -> str:
    broken = deepcopy(values)
    for path in gone:
        del at(broken, path[:-1])[path[-1]]
    return written(broken)


def missed(text: str) -> set[str]:
    return {flaw.key for flaw in flaws(text) if flaw.sentence.startswith("This is missing. ")}


def test_every_value_is_missed(shipped: str) -> None:
    values = plain(shipped)
    gone = [path for path in leaves(values) if needed(path)]
    assert len(gone) > 90
    assert missed(without(values, *gone)) == {key_of(path) for path in gone}


def test_every_group_is_missed(shipped: str) -> None:
    values = plain(shipped)
    for level in branches(values):
        gone = [path for path in level if needed(path)]
        assert not gone or missed(without(values, *gone)) == {key_of(path) for path in gone}


def test_what_may_be_left_out_may_be_left_out(shipped: str) -> None:
    values = plain(shipped)
    load_policy(without(values, *(path for path in paths(values) if path[-1] in OPTIONAL)))


def test_a_key_with_nothing_behind_it_is_missed_on_its_own_line(shipped: str) -> None:
    """A role without holder."""
    holder = "    holder: ruth.adeyemi@fernhill.example\n"
    line = shipped[: shipped.index(holder)].count("\n") + 1
    (flaw,) = flaws(shipped.replace(holder, "    holder:\n"))
    assert (flaw.line, flaw.key) == (line, "roles.manager_human_resources.holder")
    assert flaw.sentence.startswith("This is missing.")


def test_every_misspelt_key_is_told_with_its_line_and_the_right_one(shipped: str) -> None:
    values = plain(shipped)
    broken = deepcopy(values)
    wrong = [path for path in leaves(values) if not isinstance(path[-1], int) and path[:-1] not in OWN_KEYS]
    for path in wrong:
        group = at(broken, path[:-1])
        group[f"{path[-1]}x"] = group.pop(path[-1])
    text = written(broken)
    told = {flaw.key: flaw for flaw in flaws(text) if "There is no such key." in flaw.sentence}
    for path in wrong:
        flaw = told[key_of((*path[:-1], f"{path[-1]}x"))]
        assert text.splitlines()[flaw.line - 1].lstrip(" -").startswith(f"{path[-1]}x:")
        assert path[0] == "clauses" or f"Did you mean “{path[-1]}”?" in flaw.sentence


def test_every_misspelt_group_is_told_with_the_right_one(shipped: str) -> None:
    values = plain(shipped)
    for level in branches(values):
        broken = deepcopy(values)
        wrong = [path for path in level if path[:-1] not in OWN_KEYS]
        for path in wrong:
            group = at(broken, path[:-1])
            group[f"{path[-1]}x"] = group.pop(path[-1])
        told = {flaw.key: flaw.sentence for flaw in flaws(written(broken))}
        for path in wrong:
            sentence = told[key_of((*path[:-1], f"{path[-1]}x"))]
            assert sentence == f"There is no such key. Did you mean “{path[-1]}”?"


def test_a_key_that_is_near_to_none_is_told_too(shipped: str) -> None:
    values = plain(shipped)
    values["roles"]["team_leader"]["away"] = [{"from": "2026-12-21", "to": "2026-12-22", "zebra": "1"}]
    (flaw,) = flaws(written(values))
    assert flaw.key == "roles.team_leader.away, entry 1.zebra"
    assert flaw.sentence.startswith("There is no such key. Delete it")


WORDS = {"name", "title", "label", "announcement", "outgoing", "website", "regions", "subdivision", "clauses"}


@pytest.mark.parametrize("wrong", [{"zebra": "1"}, "zebra", [["zebra"]], ""])
def test_every_value_of_a_wrong_kind_is_told_at_its_key(shipped: str, wrong: object) -> None:
    values = plain(shipped)
    broken = deepcopy(values)
    changed = [path for path in leaves(values) if wrong != "zebra" or WORDS.isdisjoint(path)]
    for path in changed:
        at(broken, path[:-1])[path[-1]] = deepcopy(wrong)
    told = {flaw.key for flaw in flaws(written(broken))}
    assert {key_of(path) for path in changed} <= told


@pytest.mark.parametrize("wrong", ["zebra", {"zebra": "1"}, ["zebra"]])
def test_every_group_of_a_wrong_kind_is_told_at_its_key(shipped: str, wrong: object) -> None:
    values = plain(shipped)
    for level in branches(values):
        broken = deepcopy(values)
        changed = [path for path in level if path[-1] != "regions" or not isinstance(wrong, list)]
        for path in changed:
            at(broken, path[:-1])[path[-1]] = deepcopy(wrong)
        told = [flaw.key for flaw in flaws(written(broken))]
        assert all(any(key.startswith(key_of(path)) for key in told) for path in changed)


anything = st.recursive(
    st.text(st.characters(exclude_categories=["C"]), max_size=60) | st.sampled_from(["-1", "1e9", "nan", "9" * 5000]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("abcfromt<{}", max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_whatever_stands_anywhere_is_taken_or_told(shipped: str, data: st.DataObject) -> None:
    values = plain(shipped)
    path = data.draw(st.sampled_from(list(paths(values))))
    at(values, path[:-1])[path[-1]] = data.draw(anything)
    try:
        load_policy(written(values))
    except PolicyError as refusal:
        assert refusal.flaws
        assert all("\n" not in flaw.key for flaw in refusal.flaws)


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_the_file_holds_is_told_in_sentences(text: str) -> None:
    with pytest.raises(PolicyError, match=r"^policy\.yaml can't be used: "):
        load_policy(text)


# --- each kind of flaw, with its words

WRONG = [
    ("days: 7", "days: -7", "access.days", "-7 is too small. Write 1 or more."),
    ("days: 7", "days: 7000", "access.days", "7000 is too large. Write 1000 or less."),
    ("days: 7", "days: seven", "access.days", "“seven” isn't a whole number. Write one in digits, like 7."),
    ("days: 7", f"days: 1{'0' * 4400}", "access.days", "This number is far too large. Write a smaller one."),
    ("days: 7", "days: {a: 1}", "access.days", "This must be a whole number. Write one in digits, like 7."),
    ("share_percent: 2", "share_percent: few", "random_review.share_percent", "“few” isn't a number. Write one in"),
    ("share_percent: 2", "share_percent: 0", "random_review.share_percent", "0 is too small. Write more than 0.0."),
    ("share_percent: 2", "share_percent: []", "random_review.share_percent", "This must be a number. Write one in"),
    ("announced: true", "announced: maybe", "reasons.training.announced", "“maybe” is neither yes nor no. Write"),
    ("announced: true", "announced: []", "reasons.training.announced", "This must be true or false. Write one"),
    ("Europe/London", "Europe/Londn", "lines.+44 20 3695 3777.time_zone", "“Europe/Londn” is no time zone that I know. Did"),
    ("Europe/London", "Zzz", "lines.+44 20 3695 3777.time_zone", "“Zzz” is no time zone that I know. Write it like"),
    ("Europe/London", "Europe", "lines.+44 20 3695 3777.time_zone", "“Europe” is no time zone that I know."),
    ("region_code: GB", "region_code: UK", "lines.+44 20 3695 3777.region_code", "“UK” isn't the two-letter code of a"),
    ('"+44 20 3695 3777"', '"020 3695"', "lines.020 3695", "“020 3695” isn't a telephone number. Write it with"),
    ('"+44 20 3695 3777"', '"+61281979000"', "lines.+61281979000", "+61281979000 stands here twice. Keep one of the two."),
    ('line: "+61 2 8197 9000"', 'line: "+61 2 8197"', "company.home_line", "“+61 2 8197” isn't a telephone number. Write"),
    ('line: "+61 2 8197 9000"', 'line: "+61 2 8197 9001"', "company.home_line", "+61281979001 isn't one of the lines. Write one"),
    ("[fernhill.example]", "[]", "company.mail_domains", "Nothing is listed here. List one at least."),
    ("[fernhill.example]", "[fernhill]", "company.mail_domains, entry 1", "“fernhill” isn't a mail domain. Write it"),
    ("[fernhill.example]", "fernhill.example", "company.mail_domains", "This must be a list. Write it like [one, two]"),
    ("[gmail.com, g", "gmail.com #", "identity.ignores_dots", "This must be a list. Write it like [one, two]"),
    ("googlemail.com: g", "gmail: g", "identity.same_domains.gmail", "“gmail” isn't a mail domain. Write it like"),
    ("googlemail.com: gmail.com", "a.com: a.com", "identity", "a.com is another name of a.com, which has another name"),
    ("tara.lindqvist@", "tara.lindqvist", "roles.team_leader.holder", "“tara.lindqvistfernhill.example” isn't an e-mail"),
    ("[deven.okafor@", "[TARA.lindqvist+x@", "roles.team_leader.deputies, entry 1", "tara.lindqvist@fernhill.example is here"),
    ("quinn.abara@fernhill", "quinn@fernhil", "roles.reviewers.holders, entry 1", "fernhil.example isn't the company's. Mend"),
    ("holder: miles.fairweather", "holder: ruth.adeyemi", "roles.breach_fallback.holder", "This must be a third person, for"),
    ("holder: miles.fairweather", "holder: helena.marsh", "roles.breach_fallback.holder", "This must be a third person, for"),
    ("route: staff", "route: saff", "reasons.training.route", "“saff” can't stand here. Write staff or investigation."),
    ("  P7: Staff", "  Q: Staff", "clauses.P7", "This is missing. Write it here, as the policy.yaml that"),
    ("  crime:", "  crimes:", "reasons.crimes", "There is no such key. Did you mean “crime”?"),
    ("label: Training needs", f"label: {'x' * 76}", "reasons.training.label", "This is longer than 75 characters. Shorten it."),
    ("label: Training needs", 'label: " "', "reasons.training.label", "Nothing is written here. Write a text."),
    ("label: Training needs", "label: [x]", "reasons.training.label", "This must be a text. Write it on this line,"),
    ("calendar: {country: AU, subdivision: NSW}", "calendar: AU", "lines.+61 2 8197 9000.calendar", "This must be a group. Write"),
    ('cut_off: "17:00"', "cut_off: 17:60", "working_time.cut_off", "“17:60” isn't a time of day. Write it like 17:00."),
    ("last: 2026-07-01", "last: 1.7.2026", "policy_review.last", "“1.7.2026” isn't a day. Write year, month and day, like"),
    ("last: 2026-07-01", "last: 2026-02-30", "policy_review.last", "“2026-02-30” isn't a day. Write year, month and day,"),
    ("[monday,", "[mondy,", "working_time.days, entry 1", "“mondy” can't stand here. Write monday, tuesday,"),
    ("deputy_after: 2", "deputy_after: 1", "staff_requests.deputy_after", "This must come after remind_after. Write 2 or more."),
    ("declined_midway: discard", "declined_midway: burn", "declined_midway", "“burn” can't stand here. Write discard or restrict."),
    ("closure_days: []", "closure_days: [25 December]", "company.closure_days, entry 1", "“25 December” isn't a day. Write"),
    ("  days: 7", "  days: 7\n  days: 8", "access.days", "This stands on line 170 already. Keep one of the two."),
    ("  days: 7", "  ? [days]\n  : 8", "access", "A key must be a single word. Write it before the colon."),
    ("  mail_domains", "\tmail_domains", "the text", "There is a tab in front. Put spaces in its place."),
    ("  days: 7", "  days: [7", "the text", "This isn't YAML: "),
    ("  days: 7", "  days: 7: 8", "the text", "This isn't YAML: mapping values are not allowed here. Check the colon, the"),
    ("  days: 7", "  days: *x", "the text", "This isn't YAML: names that stand for something else (& and *) aren't understood"),
    ("  days: 7", "  days: 7\x00", "the text", "The character U+0000 can't stand in this file. Delete it."),
    ("declined_midway: discard", "---\ndeclined_midway: discard", "the text", "This isn't YAML: but found another document."),
]


@pytest.mark.parametrize(("right", "wrong", "key", "sentence"), WRONG)
def test_each_kind_of_flaw_is_told_with_line_key_and_remedy(
    shipped: str, right: str, wrong: str, key: str, sentence: str
) -> None:
    assert right in shipped
    text = shipped.replace(right, wrong, 1)
    found = {flaw.key: flaw for flaw in flaws(text)}
    assert found[key].sentence.startswith(sentence)
    changed = shipped[: shipped.index(right)].count("\n") + 1
    assert abs(found[key].line - changed) <= 4 or "missing" in sentence or "one of the lines" in sentence


def test_several_flaws_are_listed_together_in_the_order_of_the_file(shipped: str) -> None:
    text = shipped.replace("Europe/London", "Mars").replace("code_seconds: 60", "code_seconds: 5").replace("AU,", "AUX,")
    found = flaws(text)
    assert [flaw.key.rpartition(".")[2] for flaw in found] == ["country", "time_zone", "code_seconds"]
    assert [flaw.line for flaw in found] == sorted(flaw.line for flaw in found)
    with pytest.raises(PolicyError, match="my.yaml can't be used: 3 things have to be mended"):
        load_policy(text, "my.yaml")


def test_a_long_value_is_not_repeated_in_full(shipped: str) -> None:
    for right in ("days: 7", 'home_line: "+61 2 8197 9000"', "last: 2026-07-01", "route: staff", "Europe/London"):
        key = right.partition(":")[0] + ": " if ":" in right else ""
        (flaw,) = flaws(shipped.replace(right, f"{key}{'seven ' * 50}", 1))
        assert len(flaw.sentence) < 140


@pytest.mark.parametrize("text", ["", "# only a note\n", "just words", "- a\n- b\n"])
def test_a_file_that_is_no_policy_at_all(text: str) -> None:
    (flaw,) = flaws(text)
    assert (flaw.line, flaw.key) == (1, "the file")
    assert flaw.sentence.endswith("Start again from the policy.yaml that comes with the bot.")


def test_periods_and_outages_are_checked(shipped: str) -> None:
    values = plain(shipped)
    values["roles"]["team_leader"]["away"] = [{"from": "2026-12-24", "to": "2026-12-20"}]
    (flaw,) = flaws(written(values))
    assert flaw.key == "roles.team_leader.away, entry 1.to"
    assert flaw.sentence.startswith("2026-12-20 is before 2026-12-24.")
    values["roles"]["team_leader"]["away"] = []
    values["announcements_down"] = [{"from": "2026-12-24", "to": "2026-12-24", "lines": ["+61 2 8197 9001"]}]
    (flaw,) = flaws(written(values))
    assert flaw.key == "announcements_down, entry 1.lines, entry 1"


def test_a_person_works_in_one_department_only(shipped: str) -> None:
    """P2"""
    values = plain(shipped)
    for key in ("sales", "customer_success"):
        values["departments"][key]["staff"] = ["anna@fernhill.example", f"{key}@fernhill.example"]
    found = flaws(written(values))
    assert [flaw.key for flaw in found] == ["departments.sales.staff, entry 1", "departments.customer_success.staff, entry 1"]


def test_yaml_has_no_traps_for_people_who_do_not_know_it(shipped: str) -> None:
    """YAML itself would read 17:00 as 1020 and NO (Norway) as false."""
    text = shipped.replace('cut_off: "17:00"', "cut_off: 17:00").replace("region_code: GB", "region_code: NO")
    policy = load_policy(text)
    assert policy.working_time.cut_off == time(17)
    assert policy.lines["+442036953777"].region_code == "NO"
