"""policy.yaml: the shipped one loads with every value, and each wrong one is refused with its line and a remedy."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from handlers.policy import Policy, PolicyError, load_policy
from handlers.policy.marks import key_of
from handlers.policy.values import Path
from tests.each import each
from tests.policy.texts import flaws, plain, written

pytestmark = pytest.mark.long


OPTIONAL = {
    "closure_days", "crm_pattern", "announcements_down", "staff", "deputies", "away", "start", "readings", "remind_days_before",
    "provisional_working_days", "most_calls", "pause_above", "last_resort", "steps", "closed_months", "privacy", "terms", "handlers",
    "identity_checks", "refusals", "complain", "link_days", "passcode_tries", "passcodes",
    "copy_kept_working_days", "investigation_hidden_months",
    "contact", "owners", "confirm_months",
}  # fmt: skip
RANDOM_REVIEW = {("random_review", one) for one in ("review_working_days", "remind_before", "beacon")}
OPTIONAL_THERE = {("holds", "remind_before"), ("company", "website"), ("notices", "website"), *RANDOM_REVIEW}
"""Of a name that is needed elsewhere."""
OWN_KEYS = {
    ("lines",),
    ("identity", "same_domains"),
    *(("customers", one) for one in ("identity_checks", "refusals", "complain")),
}
"""Groups whose keys are the company's own."""


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


# --- every key with a value gone, misspelt, of the wrong kind: all of them at once


def leaves(values: object) -> list[Path]:
    return [path for path in paths(values) if not isinstance(at(values, path), dict | list)]


def needed(path: Path) -> bool:
    own = isinstance(path[-1], int) or path[:-1] in OWN_KEYS or path[0] == "identity" != path[-1]
    left_out = path[:2] in OPTIONAL_THERE or not OPTIONAL.isdisjoint(path)
    return not own and not left_out


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


def test_what_may_be_left_out_may_be_left_out(shipped: str) -> None:
    values = plain(shipped)
    left_out = [path for path in paths(values) if path[-1] in OPTIONAL or path in OPTIONAL_THERE]
    assert load_policy(without(values, *left_out)).roles


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
        assert path[0] in ("clauses", "readings") or f"Did you mean “{path[-1]}”?" in flaw.sentence


WORDS = {
    "name", "crm_pattern", "title", "label", "announcement", "outgoing", "website", "regions", "subdivision", "clauses",
    "readings", "last_resort", "steps", "identity_checks", "refusals", "complain",
}  # fmt: skip
NONE = {("company", one) for one in ("website", "privacy", "terms")} | {
    ("notices", one) for one in ("website", "contact")
}
"""Empty where there is none."""


@each("wrong", [{"zebra": "1"}, "zebra", [["zebra"]], ""])
def test_every_value_of_a_wrong_kind_is_told_at_its_key(shipped: str, wrong: object) -> None:
    values = plain(shipped)
    broken = deepcopy(values)
    changed = [path for path in leaves(values) if wrong != "zebra" or WORDS.isdisjoint(path)]
    changed = [path for path in changed if wrong or path not in NONE]
    for path in changed:
        at(broken, path[:-1])[path[-1]] = deepcopy(wrong)
    told = {flaw.key for flaw in flaws(written(broken))}
    assert {key_of(path) for path in changed} <= told


anything = st.recursive(
    st.text(st.characters(exclude_categories=["C"]), max_size=60) | st.sampled_from(["-1", "1e9", "nan", "9" * 5000]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("abcfromt<{}", max_size=5), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.soak
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_whatever_is_anywhere_is_taken_or_told(shipped: str, data: st.DataObject) -> None:
    values = plain(shipped)
    path = data.draw(st.sampled_from(list(paths(values))))
    at(values, path[:-1])[path[-1]] = data.draw(anything)
    try:
        load_policy(written(values))
    except PolicyError as refusal:
        assert refusal.flaws
        assert all("\n" not in flaw.key for flaw in refusal.flaws)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_the_file_holds_is_told_in_sentences(text: str) -> None:
    with pytest.raises(PolicyError, match=r"^policy\.yaml can't be used: "):
        load_policy(text)


# fmt: off
WRONG = [
    ("_days: 7", "_days: -7", "access.default_days", "-7 is too small. Write 1 or more."),
    ("_days: 7", "_days: 7000", "access.default_days", "7000 is too large. Write 1000 or less."),
    ("_days: 7", "_days: 8", "access.default_days", "This isn't one of access.days. Write one of those."),
    ("_days: 7", "_days: seven", "access.default_days", "“seven” isn't a whole number. Write one in digits, like 7."),
    ("share_percent: 2", "share_percent: few", "random_review.share_percent", "“few” isn't a number. Write one in"),
    ("announced: true", "announced: maybe", "reasons.training.announced", "“maybe” is neither yes nor no. Write"),
    ("Europe/London", "Europe/Londn", "lines.+44 20 3695 3777.time_zone", "“Europe/Londn” isn't a time zone that I know. Did"),
    ("region_code: GB", "region_code: UK", "lines.+44 20 3695 3777.region_code", "“UK” isn't the two-letter code of a"),
    ('"+44 20 3695 3777"', '"020 3695"', "lines.020 3695", "“020 3695” isn't a telephone number. Write it with"),
    ('"+44 20 3695 3777"', '"+61281979000"', "lines.+61281979000", "+61281979000 is here twice. Keep one of the two."),
    ('line: "+61 2 8197 9000"', 'line: "+61 2 8197 9001"', "company.home_line", "+61281979001 isn't one of the lines. Write one"),
    ("[fernhill.example]", "[]", "company.mail_domains", "Nothing is listed here. List at least one."),
    ("[fernhill.example]", "[fernhill]", "company.mail_domains, entry 1", "“fernhill” isn't a mail domain. Write it"),
    ("[fernhill.example]", "fernhill.example", "company.mail_domains", "This must be a list. Write it like [one, two]"),
    ("googlemail.com: g", "gmail: g", "identity.same_domains.gmail", "“gmail” isn't a mail domain. Write it like"),
    ("googlemail.com: gmail.com", "a.com: a.com", "identity", "a.com leads to a.com, which itself leads to another"),
    ("tara.lindqvist@", "tara.lindqvist", "roles.team_leader.holder", "“tara.lindqvistfernhill.example” isn't an e-mail"),
    ("quinn.abara@fernhill", "quinn@fernhil", "roles.reviewers.holders, entry 1", "fernhil.example isn't one of the company's."),
    ("holder: miles.fairweather", "holder: ruth.adeyemi", "roles.breach_fallback.holder", "This must be a third person, for"),
    ("contact: https://fernhill.example/contact", "contact: http://fernhill.example/contact", "notices.contact", "“http://fernhill.example/contact” must begin with https://. Write it like https://example.com/privacy."),
    ("feedback_working_days: 10", "feedback_working_days: 1", "breach.feedback_working_days", "This can't come before the report is acknowledged. Write 2 or more."),
    ("route: staff", "route: saff", "reasons.training.route", "“saff” can't be here. Write staff or investigation."),
    ("  P7: Staff", "  Q: Staff", "clauses.P7", "This is missing. Write it here, as the policy.yaml that"),
    ("  crime:", "  crimes:", "reasons.crimes", "There is no such key. Did you mean “crime”?"),
    ("label: Training needs", f"label: {'x' * 76}", "reasons.training.label", "This is longer than 75 characters. Shorten it."),
    ("calendar: {country: AU, subdivision: NSW}", "calendar: {country: AU, subdivision: XYZ}", "lines.+61 2 8197 9000.calendar.subdivision", "AU has no subdivision XYZ with a calendar. Write one of: ACT"),
    ('cut_off: "17:00"', "cut_off: 17:60", "working_time.cut_off", "“17:60” isn't a time of day. Write it like 17:00."),
    ("last: 2026-07-01", "last: 1.7.2026", "policy_review.last", "“1.7.2026” isn't a day. Write year, month and day, like"),
    ("not_identified: We", "Not-Identified: We", "customers.refusals.Not-Identified", "“Not-Identified” can't be a key. Use small letters"),
    ("CS-[0-9]+", "CS-[0-9", "company.crm_pattern", "“CS-[0-9” can't be read: unterminated character set. Write it like"),
    ("CS-[0-9]+", "[0-9]*", "company.crm_pattern", "“[0-9]*” matches an empty text. Write it like CS-[0-9]+."),
    ('cut_off: "17:00"', 'cut_off: "09:00"', "working_time.cut_off", "The day doesn't begin until 09:00. Write a later time."),
    ("route: investigation", "route: staff", "reasons.crime.route", "P9 leaves this to the Head of Customer Success. Write"),
    ("closure_days: []", "closure_days: [{date: 25 December}]", "company.closure_days, entry 1.date", "“25 December” isn't a day."),
    ("closure_days: []", 'closure_days: [{date: 2026-12-24, lines: ["+61 2 8197 9001"]}]', "company.closure_days, entry 1.lines, entry 1", "+61281979001 isn't one of the lines. Write one of: +6"),
    ("  default_days: 7", "  default_days: 7\n  default_days: 8", "access.default_days", "This is on line "),
    ("  mail_domains", "\tmail_domains", "the text", "This line begins with a tab. Use spaces instead."),
    ("_days: 7", "_days: 7: 8", "the text", "This isn't YAML: mapping values are not allowed here. Check the colon, the"),
    ("_days: 7", "_days: 7\n  [days]: 7", "access", "A key must be a single word. Write it before the colon."),
    ("label: Training needs", 'label: "\u200b"', "reasons.training.label", "Nothing visible is written here. Write a text."),
    ("_days: 7", "_days: 7\x00", "the text", "The character U+0000 can't be in this file. Delete it."),
]
# fmt: on


@each(("right", "wrong", "key", "sentence"), WRONG)
def test_each_kind_of_flaw_is_told(shipped: str, right: str, wrong: str, key: str, sentence: str) -> None:
    assert right in shipped
    text = shipped.replace(right, wrong, 1)
    found = {flaw.key: flaw for flaw in flaws(text)}
    assert found[key].sentence.startswith(sentence)
    changed = shipped[: shipped.index(right)].count("\n") + 1
    assert abs(found[key].line - changed) <= 4 or "missing" in sentence or "one of the lines" in sentence


def test_several_flaws_are_listed_together_in_the_order_of_the_file(shipped: str) -> None:
    text = (
        shipped.replace("Europe/London", "Mars").replace("code_seconds: 60", "code_seconds: 5").replace("AU,", "AUX,")
    )
    text = text.replace("  announcement: Calls", "  annuoncement: Calls")
    found = flaws(text)
    assert [flaw.key.rpartition(".")[2] for flaw in found] == [
        "announcement", "annuoncement", "country", "time_zone", "code_seconds",
    ]  # fmt: skip
    assert [flaw.line for flaw in found] == sorted(flaw.line for flaw in found)
    with pytest.raises(PolicyError, match=r"my\.yaml can't be used: 5 things have to be fixed"):
        load_policy(text, "my.yaml")


@each("text", ["", "# only a note\n", "just words", "- a\n- b\n"])
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
    assert [flaw.key for flaw in found] == [
        "departments.sales.staff, entry 1",
        "departments.customer_success.staff, entry 1",
    ]


def test_p13_the_fallback_and_its_deputies_are_neither_of_the_two(shipped: str) -> None:
    """Reports about the two go to them; a deputy who is one of the two would get a report about the other."""
    values = plain(shipped)
    last = values["roles"]["breach_fallback"]
    last["deputies"] = ["Helena.Marsh+x@fernhill.example", "dora@fernhill.example", "ruth.adeyemi@fernhill.example"]
    found = flaws(written(values))
    assert [(flaw.key, flaw.sentence) for flaw in found] == [
        (
            f"roles.breach_fallback.deputies, entry {place}",
            f"{who}@fernhill.example is one of the two people that reports may be about. Name someone else, or no one.",
        )
        for place, who in ((1, "helena.marsh"), (3, "ruth.adeyemi"))
    ]
    last["deputies"] = ["dora@fernhill.example", "henrik.solberg@fernhill.example"]
    load_policy(written(values))


def test_yaml_has_no_traps_for_people_who_do_not_know_it(shipped: str) -> None:
    """YAML itself would read 17:00 as 1020 and NO (Norway) as false."""
    text = shipped.replace('cut_off: "17:00"', "cut_off: 17:00").replace("region_code: GB", "region_code: NO")
    policy = load_policy(text)
    assert policy.working_time.cut_off == time(17)
    assert policy.lines["+442036953777"].region_code == "NO"


def test_what_the_library_says_of_a_wrong_policy_repeats_nothing_of_it() -> None:
    """Its own error would stand in a traceback, whole addresses and all."""
    with pytest.raises(ValidationError) as wrong:
        Policy.model_validate({"company": {"name": ["hush"]}, "roles": "hush", "identity": {"same_domains": "hush"}})
    assert "hush" not in str(wrong.value)


@each(("hour", "right"), [(13, False), (14, True)])
def test_p14_the_last_review_is_past_by_the_home_line_s_day(shipped: str, hour: int, right: bool) -> None:
    """14:00 UTC is midnight in Sydney."""
    now = datetime(2026, 6, 30, hour, tzinfo=UTC)
    if right:
        assert load_policy(shipped, now=now).policy_review.last == date(2026, 7, 1)
        return
    with pytest.raises(PolicyError) as refusal:
        load_policy(shipped, now=now)
    (flaw,) = refusal.value.flaws
    assert (flaw.key, shipped.splitlines()[flaw.line - 1]) == ("policy_review.last", "  last: 2026-07-01")
    assert flaw.sentence == "This is in the future: today is 2026-06-30. Write the day of the last review."
