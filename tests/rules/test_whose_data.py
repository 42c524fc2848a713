"""P9, P11: what an operator may see of who listened: never an investigation before its time, whatever else there is or comes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import load_policy
from handlers.policy.terms import Reason
from handlers.rules.whose_data import (
    NEVER,
    Hold,
    Inquiry,
    hidden_at,
    is_investigation,
    may_see,
    shown_from,
    when_each_ends,
)
from tests.each import each
from tests.rules.conftest import SHIPPED

pytestmark = pytest.mark.long

POLICY = load_policy(SHIPPED.read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)

MOMENTS = st.integers(-900, 60).map(lambda days: NOW + timedelta(days=days))
SPANS = st.tuples(MOMENTS, st.integers(0, 500).map(lambda days: timedelta(days=days)))
CALLS = st.integers(1, 4)


def _inquiry(name: str, about: str, calls: frozenset[int], span: tuple[datetime, timedelta], *, waits: bool) -> Inquiry:
    return Inquiry(name, about, calls, span[0], None if waits else span[0] + span[1])


INQUIRIES = st.lists(
    st.builds(
        _inquiry, st.integers(1, 9).map("R-{}".format), st.sampled_from(["", "mark of one", "mark of another"]),
        st.frozensets(CALLS, min_size=1, max_size=3), SPANS, waits=st.booleans(),
    ),
    max_size=6, unique_by=lambda one: one.id,
)  # fmt: skip
HOLDS = st.lists(st.builds(lambda call, span: Hold(call, span[0], span[0] + span[1]), CALLS, SPANS), max_size=3)


def _belong(one: Inquiry, other: Inquiry) -> bool:
    """Said once more, by the text: about the same matter, or naming one of the same calls."""
    same = bool(one.about) and one.about == other.about
    return one is other or same or not set(one.calls).isdisjoint(other.calls)


def _last(one: Inquiry, inquiries: list[Inquiry], holds: list[Hold]) -> datetime:
    """Its end, said once more: whatever belongs to it and began before it showed, over and over until nothing is added."""
    spans = {(other.began, other.ends_at or NEVER) for other in inquiries if _belong(one, other)}
    spans |= {(hold.began, hold.ends_at) for hold in holds if hold.call in one.calls}
    end = one.ends_at or NEVER
    while later := [ended for began, ended in spans if began < shown_from(POLICY, end) and ended > end]:
        end = max(later)
    return end


@given(INQUIRIES, HOLDS)
def test_p9_p11_one_is_open_as_long_as_anything_that_belongs_to_it(inquiries: list[Inquiry], holds: list[Hold]) -> None:
    found = when_each_ends(POLICY, inquiries, holds)
    assert found == {one.id: _last(one, inquiries, holds) for one in inquiries}


@given(INQUIRIES, HOLDS, INQUIRIES, HOLDS)
def test_p9_p11_whatever_begins_makes_nothing_appear(
    known: list[Inquiry], holds: list[Hold], more: list[Inquiry], held: list[Hold]
) -> None:
    new = [one for one in more if one.id not in {other.id for other in known}]
    before = hidden_at(POLICY, NOW, when_each_ends(POLICY, known, holds))
    after = hidden_at(POLICY, NOW, when_each_ends(POLICY, [*known, *new], [*holds, *held]))
    assert before <= after


@given(INQUIRIES, st.lists(st.tuples(st.integers(1, 12).map("R-{}".format), st.booleans()), max_size=30))
def test_p9_p11_what_is_hidden_takes_no_place(inquiries: list[Inquiry], heard: list[tuple[str, bool]]) -> None:
    """Number and order as well: what is hidden takes no place."""
    hides = hidden_at(POLICY, NOW, when_each_ends(POLICY, inquiries, ()))
    seen = [one for one in heard if may_see(one[0], hides, own=one[1])]
    assert seen == [one for one in heard if one[1] or one[0] not in hides]
    assert not {matter for matter, own in seen if not own} & hides


@each(
    ("end", "shows"),
    [
        ("2027-02-28T13:00:00+00:00", "2028-02-29T13:00:00+00:00"),  # 1 March in Sydney
        ("2028-02-29T01:00:00+00:00", "2029-02-28T13:00:00+00:00"),  # 29 February: the 1st of March, 00:00
        ("2026-11-24T03:00:00+00:00", "2027-11-24T03:00:00+00:00"),
    ],
)
def test_p11_months_are_calendar_months_of_the_company(end: str, shows: str) -> None:
    assert shown_from(POLICY, datetime.fromisoformat(end)) == datetime.fromisoformat(shows)
    assert shown_from(POLICY, NEVER) == NEVER


@each("key", [*POLICY.reasons, "gone"])
@each("longer", [True, False])
def test_p9_a_request_is_an_investigation_as_asked_or_by_its_reason(key: str, *, longer: bool) -> None:
    by_policy = key in ("crime", "legal_claim")
    assert is_investigation(POLICY, key, longer=longer) is (longer or by_policy)
    if key in POLICY.reasons:
        other = Reason.model_validate(POLICY.reasons[key].model_dump() | {"route": "staff", "clause": "P6"})
        changed = POLICY.model_copy(update={"reasons": {**POLICY.reasons, key: other}})
        assert is_investigation(changed, key, longer=longer) is longer
