"""The same quarter while whoever works is killed again and again, and with three at once: it ends in the same state (P7, P9)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from tests.conftest import KINDS
from tests.quarter.checking import problems
from tests.quarter.ended import differences
from tests.quarter.facts import facts, sent
from tests.quarter.lives import A_LEASE, AT_ONE_MOMENT, AtOnce, Mortal
from tests.quarter.plan import Plan
from tests.quarter.promised import broken
from tests.quarter.quarters import LARGE, LARGER, SMALL, Ended, Undisturbed, a_quarter

pytestmark = pytest.mark.soak

NO_LATER = timedelta(0)


@pytest.mark.parametrize(
    ("database_url", "plan", "seed", "often", "least"),
    [
        pytest.param("postgresql", SMALL, 1, 16, 8, id="postgresql-small"),
        # On a file the crash stories die at every boundary.
        pytest.param("sqlite", SMALL, 1, 16, 8, id="sqlite-small", marks=pytest.mark.soak),
        *(
            pytest.param(kind, *one, id=f"{kind}-{name}", marks=pytest.mark.soak)
            for kind in KINDS
            for name, one in {"large": (LARGE, 2, 40, 40), "larger": (LARGER, 3, 20, 80)}.items()
        ),
    ],
    indirect=["database_url"],
)
async def test_p7_p9_with_kills_at_random_a_quarter_ends_as_if_nobody_had_died(
    database_url: str, tmp_path: Path, undisturbed: Undisturbed, plan: Plan, seed: int, often: int, least: int
) -> None:
    """What may have been sent already when somebody died is sent again, and says so; nothing else is there twice."""
    before = await asyncio.to_thread(undisturbed, plan)
    ended, crew = await a_quarter(
        database_url, tmp_path, plan, lambda where, database: Mortal(where, database, Random(seed), often)
    )
    deaths = crew.deaths
    print(*(f"{moment} {where}" for moment, where in deaths.at), sep="\n")
    _held_against(before, ended, AT_ONE_MOMENT * A_LEASE)
    assert list(broken(ended.taken, ended.ledger, ended.firm, deaths.unwritten)) == []
    assert len(deaths.at) >= least
    posted = Counter(one.outgoing for one in ended.taken if one.method == "post")
    assert max(posted.values()) > 1, "somebody died between posting and writing it down"


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(SMALL, id="small"),
        pytest.param(LARGE, id="large", marks=pytest.mark.soak),
        pytest.param(LARGER, id="larger", marks=pytest.mark.soak),
    ],
)
async def test_p7_p9_with_three_processes_at_once_a_quarter_ends_as_with_one(
    postgresql_url: str, tmp_path: Path, undisturbed: Undisturbed, plan: Plan
) -> None:
    """Each of them has every press and every tick at the same moment; each thing is done and sent once."""
    before = await asyncio.to_thread(undisturbed, plan)
    ended, _ = await a_quarter(postgresql_url, tmp_path, plan, lambda where, _: AtOnce(where, 3))
    _held_against(before, ended, NO_LATER)
    assert list(broken(ended.taken, ended.ledger, ended.firm)) == []


def _held_against(before: Ended, ended: Ended, late: timedelta) -> None:
    """The same state, and by itself a quarter as it should be."""
    assert differences(before.state, ended.state) == []
    assert problems(ended.log, sent(ended), facts(ended, late)) == []
    assert ended.unsound == []
