"""The week counted again from the exported log and the bare tables: it imports no rule, no query and no word of the program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

ODD = {
    "stopped_runs.stop", "erasures_ahead.keep_outside", "erasures_ahead.keep_file", "retention.came_back", "retention.reappeared",
    "declined.keep", "notices.enter_outage", "random_review.draw_with_number", "alarm.unheard", "people.keep", "people.new", "master_key.replaced",
    "log.broken", "log.restored", "log.journal_lost",
}  # fmt: skip
ENDS = {"access.approve", "access.deny", "access.withdraw", "access.lapse", "hold.confirm", "hold.release", "hold.end"}


def rows(session: Session, query: str) -> list[Mapping[str, Any]]:
    """A table as it lies there."""
    return [dict(one) for one in session.execute(text(query)).mappings()]


def moment(told: object) -> datetime:
    """A moment as a table keeps it."""
    found = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def waiting(log: Iterable[Mapping[str, Any]]) -> set[str]:
    """Requests and provisional holds that were begun and not ended, by the log alone."""
    found: set[str] = set()
    for one in (one for one in log if one["outcome"] == "done"):
        if one["action"] in ("access.file", "hold.ask"):
            found.add(one["subject"])
        if one["action"] in ENDS:
            found.discard(one["subject"])
    return found


def odd(log: Iterable[Mapping[str, Any]], before: int, upto: int) -> list[int]:
    """Entries out of the ordinary between two cards."""
    return [
        one["seq"] for one in log if before < one["seq"] <= upto and one["outcome"] == "done" and one["action"] in ODD
    ]


def vanished(log: Iterable[Mapping[str, Any]], before: int, upto: int) -> list[int]:
    """Calls that went without the program, between two cards."""
    found: set[int] = set()
    for one in (one for one in log if before < one["seq"] <= upto and one["outcome"] == "done"):
        found |= set(one["detail"].get("vanished", ()))
        if one["action"] == "retention.vanish" and "recording" in one["detail"]:
            found.add(one["detail"]["recording"])
    return sorted(found)


def unreached(log: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Who is out of reach after the last time that everybody was tried, whoever was silent then staying as before."""
    found: dict[str, str] = {}
    for one in (one for one in log if one["action"] == "reach.tried"):
        for subject in one["detail"]["mended"]:
            found.pop(subject, None)
        found |= one["detail"]["found"]
    return found


def outside(session: Session, log: Iterable[Mapping[str, Any]]) -> list[int]:
    """Calls on no line of the policy, without those that the log says were decided."""
    decided = {one["subject"] for one in log if one["action"].endswith("_outside") and one["outcome"] == "done"}
    there = rows(session, "SELECT id FROM recordings WHERE state = 'out_of_scope' ORDER BY id")
    return [one["id"] for one in there if f"recording:{one['id']}" not in decided]


def past_their_moment(
    session: Session, now: datetime, late_after: timedelta
) -> tuple[dict[tuple[str, str], set[int]], set[int]]:
    """Of calls whose audio should be gone: what keeps which, by matter, and which are late and kept by nothing."""
    undone = rows(
        session, "SELECT recording_id, closed_at FROM erasures WHERE erased_at IS NULL AND vanished_at IS NULL"
    )
    keeps = rows(
        session,
        "SELECT k.*, m.state AS matter_state FROM keeps k JOIN matters m ON m.id = k.matter_id WHERE k.ended_at IS NULL",
    )
    kept: dict[tuple[str, str], set[int]] = {}
    let_go = {
        one["recording_id"] for one in rows(session, "SELECT recording_id, ended_at, ends_at FROM keeps")
        if moment(one["ended_at"] or one["ends_at"]) >= now - late_after
    }  # fmt: skip
    late: set[int] = set()
    for one in undone:
        number = one["recording_id"]
        mine = [
            keep for keep in keeps
            if keep["recording_id"] == number and moment(keep["ends_at"]) > now
            and (keep["why"] == "hold" or keep["matter_state"] in ("waiting", "stuck"))
        ]  # fmt: skip
        for keep in mine:
            kept.setdefault((keep["matter_id"], keep["why"]), set()).add(number)
        if number and not mine and moment(one["closed_at"]) < now - late_after and number not in let_go:
            late.add(number)
    return kept, late
