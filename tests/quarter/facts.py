"""What the checker is told of a company beforehand, and the ledger as it reads it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.quarter.checking import Facts
from tests.quarter.deciders import FALLBACK, HEAD, LEADER, RESOURCES, Call, Role
from tests.quarter.firm import EVERYBODY, SHUT, calls
from tests.quarter.quarters import Ended
from tests.quarter.told import Sent

POLICY = Path(__file__).parents[2] / "policy.yaml"


def facts(ended: Ended, late: timedelta = timedelta(0)) -> Facts:
    """By people's ids: roles out of the policy file, zones and calls as the company was made."""
    people = ended.firm.people
    ids = {one.email: people[one.account] for one in EVERYBODY}
    told = yaml.safe_load(POLICY.read_text(encoding="utf-8"))["roles"]
    roles = {name: _role(told[name], ids) for name in (LEADER, HEAD, RESOURCES, FALLBACK)}
    zones = {people[one.account]: one.zone for one in EVERYBODY}
    known = {
        number: Call(one["line"], ids[one["operator_key"]])
        for number, one in zip(ended.firm.calls, calls(), strict=True)
    }
    shut = [one for one in ended.plan.lost if one.how in {"blocked", "removed"}]
    heard = [(people[one.account], one.until) for one in shut]
    return Facts(roles, zones, known, SHUT, people, heard, ended.plan.end, late)


def sent(ended: Ended) -> list[Sent]:
    """The ledger as the checker reads it."""
    return [Sent(one.kind, one.person_id, one.queued_at, one.done_at, one.state, one.payload) for one in ended.ledger]


def _role(told: dict[str, Any], ids: dict[str, int]) -> Role:
    return Role(ids[told["holder"]], tuple(ids[one] for one in told["deputies"]))
