"""policy.yaml: the shipped one loads with every value, and each wrong one is refused with its line and a remedy."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.policy import PolicyError, load_policy
from handlers.policy.marks import key_of
from handlers.policy.values import Path
from tests.each import each

from .texts import flaws, plain, written

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
    load_policy(without(values, *(path for path in paths(values) if path[-1] in OPTIONAL or path in OPTIONAL_THERE)))


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
def test_whatever_stands_anywhere_is_taken_or_told(shipped: str, data: st.DataObject) -> None:
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
