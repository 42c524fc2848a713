"""What people feel, end to end: from a command to its form, from a form to both cards, and from Approve to Listen."""

import json
import time
from collections.abc import Mapping
from statistics import median
from typing import Any
from urllib.parse import urlencode

from tests.bench.acks import Acks
from tests.bench.letters import Presses
from tests.bench.load import Told
from tests.bench.town import Server, a_server, told_by

WARM_UP, ALONE, AT_ONCE, GROUPS = 8, 10, 16, 2
BOTH = 2  # cards of a filing: the requester's and the approver's
AIM = 20.0  # ms from a form to both cards, with no one else there
STEPS = ("command to form", "form to both cards", "Approve to Listen")


def journey_lines(acks: Acks) -> list[tuple[bool, str]]:
    """Return whether the aim holds, and lines that say how long each step takes: alone, and with 16 people at once."""
    with a_server("ours", acks.folder, acks.sink) as server:
        take_journeys(acks, server, WARM_UP)
        alone = [take_journeys(acks, server, 1) for _ in range(ALONE)]
        crowd = [take_journeys(acks, server, AT_ONCE) for _ in range(GROUPS)]
    lines = []
    for step in STEPS:
        one, many = ([took for each in some for took in each[step]] for some in (alone, crowd))
        told = (
            f"{step}: {median(one):.0f} ms alone, with {AT_ONCE} at once {median(many):.0f}, the last {max(many):.0f}"
        )
        aimed = step == "form to both cards"
        lines.append((not aimed or median(one) <= AIM, told + (f" (aim {AIM:.0f} alone)" if aimed else "")))
    return lines


def take_journeys(acks: Acks, server: Server, number: int) -> Mapping[str, list[float]]:
    """Return the milliseconds of each step, with so many people doing the same at once."""
    opened = acks.send(server, acks.command, number, number, 60)
    found = {STEPS[0]: _until(acks, opened, "opened", lambda at: at)}
    filed = acks.send(server, acks.form, number, number, 60, min(opened.sent))  # by those who opened it
    found[STEPS[1]] = _until(
        acks, filed, "cards", lambda times: sorted(times)[BOTH - 1] if len(times) >= BOTH else None
    )
    waiting = told_by(acks.sink)["asked"]
    presses = Presses("", {one: _pressed(*waiting[f"{one:07d}"]) for one in filed.sent})
    pressed = acks.send(server, presses, number, number, 60, min(filed.sent))
    found[STEPS[2]] = _until(acks, pressed, "heard", lambda at: at)
    return found


def _until(acks: Acks, told: Told, what: str, when: Any) -> list[float]:
    """Wait for all, and return how long after being sent each arrived."""
    for _ in range(1000):
        known = told_by(acks.sink)[what]
        there = {one: when(known[f"{one:07d}"]) for one in told.sent if f"{one:07d}" in known}
        if len([at for at in there.values() if at is not None]) == len(told.sent):
            return [1000 * (at - told.sent[one]) for one, at in there.items()]
        time.sleep(0.02)
    raise RuntimeError(f"{what}: {len(there)} of {len(told.sent)}")


def _pressed(officer: str, stamp: str, request: str) -> str:
    """Approve on the approver's card, as Slack sends it."""
    channel = f"D{officer}"
    action = {"type": "button", "action_id": "approve", "block_id": "b", "value": request, "action_ts": "1.1"}
    payload: dict[str, Any] = {
        "type": "block_actions", "team": {"id": "T0BENCH", "domain": "bench"}, "api_app_id": "A0STEWARD", "token": "x",
        "user": {"id": officer, "username": "officer", "name": "officer", "team_id": "T0BENCH"}, "enterprise": None,
        "is_enterprise_install": False, "trigger_id": f"{stamp}.1", "state": {"values": {}},
        "container": {"type": "message", "message_ts": stamp, "channel_id": channel, "is_ephemeral": False},
        "channel": {"id": channel, "name": "directmessage"}, "message": {"type": "message", "ts": stamp, "blocks": []},
        "response_url": "https://hooks.slack.com/actions/T0BENCH/1/x", "actions": [action],
    }  # fmt: skip
    return urlencode({"payload": json.dumps(payload)})
