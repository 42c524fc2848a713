"""A month counted from what `audit export` writes and a few columns of the register, by code that shares nothing with the product's queries and rules.

It knows the days off of the winter in which it is used, and nothing else of calendars.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
LATE = timedelta(hours=1)
OFF = {
    "Australia/Sydney": {"2026-12-25", "2026-12-26", "2026-12-28", "2027-01-01"},
    "Europe/London": {"2026-12-25", "2026-12-28", "2027-01-01"},
}
"""Days on which nobody works, beside Saturdays and Sundays."""


@dataclass
class Told:
    """What the log says of one matter, each moment once."""

    asked: datetime
    what: Row
    at: dict[str, datetime] = field(default_factory=dict)
    state: str = ""

    @property
    def closed(self) -> datetime | None:
        return self.at.get(self.state) if self.state else None


class Apart:
    """A month from `since` on and before `until`, as it stands at `now`; `zones` are those of lines, by matter, and `hidden` what a reader may not know of."""

    def __init__(
        self, rows: Iterable[Row], since: datetime, until: datetime, now: datetime, zones: Mapping[str, str], hidden: Iterable[str] = ()
    ) -> None:  # fmt: skip
        self.rows = [one for one in rows if one["outcome"] == "done"]
        self.since, self.until, self.now, self.zones, self.hidden = since, until, now, zones, frozenset(hidden)

    def requests(self) -> dict[str, tuple[object, ...]]:
        """By kind: asked, approved, denied, withdrawn, lapsed, open at the end, the median and the longest wait in hours."""
        ends = {
            "access.approve": "approved",
            "access.deny": "denied",
            "access.lapse": "lapsed",
            "access.withdraw": "withdrawn",
        }
        found = self._matters("access.file", ends)
        some = {
            "Staff requests": [one for one in found.items() if not one[1].what["longer"]],
            "Investigations and legal claims": [one for one in found.items() if one[1].what["longer"]],
        }
        return {what: self._counted(dict(each), ("approved", "denied")) for what, each in some.items() if each}

    def customers(self) -> tuple[object, ...]:
        """The same of customers, in the order of the table; then how many answers were due and in time, and which were not."""
        found = self._matters("customer.file", {})
        for one in self.rows:
            known, at = found.get(one["subject"]), _at(one)
            if known is None:
                continue
            match one["action"]:
                case "customer.release" | "customer.refuse":
                    known.at["decided"], known.state = at, one["action"].partition(".")[2]
                case "customer.accepted" if one["detail"].get("answered"):
                    known.at.setdefault("answered", at)
                case "customer.not_taken" | "customer.bounced" | "customer.wrong_address":
                    known.at.pop("answered", None)
                case "customer.withdraw":
                    known.at["withdrawn"] = at
            if "missed" in one["detail"]:
                known.at["missed"] = datetime.fromisoformat(one["detail"]["missed"])
        return (*self._of_customers(found), *self._promises(found))

    def erasures(self) -> dict[str, int]:
        """How those went whose moment came: in time, kept first, late."""
        moments, done, kept = self._erasing()
        went = {"in_time": 0, "kept": 0, "late": 0}
        for name, moment in moments.items():
            end = kept.get(name, moment)
            at = done.get(name)
            if (at or self.now) > max(end, moment) + LATE:
                went["late"] += 1
            elif at is not None and at <= moment + LATE:
                went["in_time"] += 1
            elif end > moment:
                went["kept"] += 1
        return went

    def declines(self) -> int:
        """How many callers declined of whom there is a call."""
        said = self._during("declined.say")
        none = {one["subject"] for one in self.rows if one["detail"].get("state") == "none"}
        return len([one for one in said if one["subject"] not in none | self.hidden])

    def listened(self) -> set[tuple[str, int, int]]:
        """Who had which call for which matter."""
        return {
            (one["detail"]["request"], one["detail"]["person"], one["detail"]["recording"])
            for one in (*self._during("listening.audio"), *self._during("listening.part"))
            if one["detail"]["request"] not in self.hidden
        }

    def minutes(self) -> float:
        """How long was heard, in minutes."""
        heard = [one["detail"] for one in self._during("listening.part") if one["detail"]["request"] not in self.hidden]
        return float(sum((one["to_ms"] - one["from_ms"]) / 60_000 for one in heard))

    def reviews(self) -> tuple[int, int]:
        """How many drawn calls were reviewed, and how many nobody reviewed in time."""
        draws = {one["subject"] for one in self._during("random_review.freeze")}
        over = [
            one
            for each in self.rows
            if each["action"] == "random_review.end" and each["subject"] in draws
            for one in each["detail"]["over"]
        ]
        given = self._given(draws)
        done = {
            one["subject"] for one in self.rows if one["action"] == "random_review.review" and one["subject"] in given
        }
        return len(done - set(over)), len(over)

    def holds(self) -> dict[str, int]:
        """What became of holds."""
        found = {"Asked for": len(self._seen("hold.ask")), "Released": 0, "Let go, as nobody confirmed them": 0}
        found["Set or confirmed"] = len(self._seen("hold.set")) + len(self._seen("hold.confirm"))
        for one in self._seen("hold.release"):
            found["Released" if one["detail"]["how"] == "released" else "Let go, as nobody confirmed them"] += 1
        found["Ended by themselves"] = len(self._seen("hold.end"))
        begun = {
            one["subject"] for one in self.rows if one["action"] in ("hold.ask", "hold.set") and _at(one) < self.until
        }
        over = {
            one["subject"]
            for one in self.rows
            if one["action"] in ("hold.release", "hold.end") and _at(one) < self.until
        }
        found["Standing at the month’s end"] = len(begun - over - self.hidden)
        return {what: number for what, number in found.items() if number}

    def notices(self) -> int:
        """How many confirmations ended in the month."""
        answers = self._during("notices.answer")
        return len({one["subject"] for one in answers if one["detail"]["state"] in ("confirmed", "no")})

    def _matters(self, begins: str, ends: Mapping[str, str]) -> dict[str, Told]:
        found: dict[str, Told] = {}
        for one in self.rows:
            if one["action"] == begins and one["subject"] not in found:
                found[one["subject"]] = Told(_at(one), one["detail"])
            elif one["action"] in ends and "grant" not in (one["detail"] if one["action"] == "access.withdraw" else {}):
                told = found[one["subject"]]
                told.state = ends[one["action"]]
                told.at[told.state] = _at(one)
        return {name: told for name, told in found.items() if name not in self.hidden}

    def _counted(self, found: Mapping[str, Told], decided: tuple[str, ...]) -> tuple[object, ...]:
        ended = {name: one for name, one in found.items() if one.closed and self.since <= one.closed < self.until}
        states = [one.state for one in ended.values()]
        open_ = sum(
            one.asked < self.until and (one.closed is None or one.closed >= self.until) for one in found.values()
        )
        spans = [
            self._hours(name, one.asked, one.closed)
            for name, one in ended.items()
            if one.state in decided and one.closed
        ]
        asked = sum(self.since <= one.asked < self.until for one in found.values())
        return (asked, *map(states.count, ("approved", "denied", "withdrawn", "lapsed")), open_, *_told(spans))

    def _of_customers(self, found: Mapping[str, Told]) -> tuple[object, ...]:
        received = {name: datetime.fromisoformat(one.what["received"]) for name, one in found.items()}
        done = {name: one for name, one in found.items() if "answered" in one.at and self._has(one.at["answered"])}
        refused = sum(one.state == "refuse" for one in done.values())
        withdrawn = sum("withdrawn" in one.at and self._has(one.at["withdrawn"]) for one in found.values())
        closed = {name: one.at.get("withdrawn") or one.at.get("answered") for name, one in found.items()}
        open_ = sum(received[name] < self.until and (at is None or at >= self.until) for name, at in closed.items())
        spans = [self._hours(name, received[name], one.at["answered"]) for name, one in done.items()]
        asked = sum(self._has(at) for at in received.values())
        return (asked, len(done) - refused, refused, withdrawn, None, open_, *_told(spans))

    def _promises(self, found: Mapping[str, Told]) -> tuple[int, list[str]]:
        met, missed = 0, []
        for name, one in found.items():
            due = datetime.fromisoformat(one.what["due"])
            if self._has(due):
                late = "missed" in one.at or one.at.get("answered", due) > due
                met += "answered" in one.at and not late
                missed += [name] if late else []
        return met, sorted(missed)

    def _erasing(self) -> tuple[dict[str, datetime], dict[str, datetime], dict[str, datetime]]:
        """By erasure: when it was to begin, when it was done, and until when a hold, or a request of a declined call, kept its call."""
        moments, done, calls = dict[str, datetime](), dict[str, datetime](), dict[str, int]()
        asked = dict[str, datetime]()
        for one in self.rows:
            detail, at = one["detail"], _at(one)
            if one["action"] == "retention.close":
                moments[detail["erasure"]] = at - timedelta(seconds=detail["late_seconds"])
                calls[detail["erasure"]] = int(one["subject"].partition(":")[2])
            elif one["action"].startswith("declined."):
                moments |= dict.fromkeys(detail.get("erasures", ()), at)
                ends = [
                    self._let_go(call, matter)
                    for call, of in detail.get("kept", {}).items()
                    for matter in of
                    if matter not in self.hidden
                ]
                asked |= dict.fromkeys(detail.get("erasures", ()), max(ends)) if ends else {}
            elif one["action"] == "retention.certify":
                done[one["subject"]] = at
                moments[one["subject"]] = datetime.fromisoformat(detail["moment"])
        mine = {name: at for name, at in moments.items() if self._has(at)}
        return mine, done, asked | {name: self._held(calls[name], at) for name, at in mine.items() if name in calls}

    def _let_go(self, call: str, matter: str) -> datetime:
        """When a matter kept a call no longer: it was closed, or access by it was over; now while it does."""
        over, end = ("retention.let_go", f"recording:{call}", matter), self.now
        for one in self.rows:
            what = one["action"].rpartition(".")[2] if one["subject"] == matter else ""
            let_go = (one["action"], one["subject"], one["detail"].get("matter")) == over
            if what == "approve":
                end = datetime.fromisoformat(one["detail"]["until"])
            elif let_go or what in ("deny", "withdraw", "lapse", "expire", "end", "accepted"):
                end = min(end, _at(one))
        return end

    def _held(self, call: int, moment: datetime) -> datetime:
        """Until when a hold kept a call past a moment; that moment where none did."""
        last = moment
        for one in self.rows:
            if one["action"] in ("hold.ask", "hold.set") and call in one["detail"]["recordings"]:
                ends = [
                    _at(end)
                    for end in self.rows
                    if end["action"] in ("hold.release", "hold.end") and end["subject"] == one["subject"]
                ]
                last = max(last, min(ends, default=self.now))
        return last

    def _given(self, draws: set[str]) -> set[str]:
        """Calls that reviewers were given: those that were passed over have a cause."""
        mine = [one["detail"].get("reviews", {}) for one in self.rows if one["subject"] in draws]
        return {name for each in mine for name, (_, _, cause, _) in each.items() if not cause}

    def _hours(self, matter: str, since: datetime, until: datetime) -> float:
        """Minute by minute is slow, and hour by hour wrong: day by day, from nine to five."""
        zone = ZoneInfo(self.zones.get(matter, "Australia/Sydney"))
        off, total, day = OFF[zone.key], 0.0, since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        while day <= until:
            if day.isoweekday() < 6 and f"{day:%Y-%m-%d}" not in off:
                nine, five = day.replace(hour=9), day.replace(hour=17)
                total += max(0.0, (min(until, five) - max(since, nine)).total_seconds())
            day = day + timedelta(days=1)
        return total / 3600

    def _has(self, at: datetime) -> bool:
        return self.since <= at < self.until

    def _during(self, action: str) -> list[Row]:
        return [one for one in self.rows if one["action"] == action and self._has(_at(one))]

    def _seen(self, action: str) -> list[Row]:
        return [one for one in self._during(action) if one["subject"] not in self.hidden]


def _at(row: Row) -> datetime:
    return datetime.fromisoformat(row["at"])


def _told(spans: list[float]) -> tuple[object, object]:
    return (round(median(spans), 1), round(max(spans), 1)) if spans else (None, None)
