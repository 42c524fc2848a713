"""The guard: is it safe to erase these now? What is not waits in a pause, until the Head of Customer Success has looked (P12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.ids import new_id
from handlers.matters.alarming import alarm
from handlers.matters.asking import changed, on_record, parties, reached, shows, takes_part
from handlers.policy import Policy
from handlers.retention import intents
from handlers.retention.pause import REMIND, View, deciding, load, schedule, seen
from handlers.rules import erasure_guard as rule
from handlers.rules.erasure_guard import Cause, Span, day_of, seen_late
from storage.database.store import Store
from storage.erasures import CONTINUED
from storage.pauses import Due
from storage.tables.erasures import ErasurePause

KEPT, OVER = "kept", "over"


@dataclass(frozen=True, slots=True)
class Judged:
    """What would be erased at a moment, as the guard sees it. `unsafe` has to wait, and why; `pause` is the one that is open.

    `number` would go on that day, of which so many are still `coming`; `restored` is when (aware) the database was, while nobody has looked.
    """

    span: Span
    number: int
    coming: int
    unsafe: tuple[tuple[Due, tuple[Cause, ...]], ...]
    pause: ErasurePause | None = None
    restored: datetime | None = None

    @property
    def erasures(self) -> tuple[str, ...]:
        """Those that are under way and have to wait from now on."""
        return tuple(one.erasure for one, _ in self.unsafe if one.erasure)

    @property
    def causes(self) -> list[str]:
        """Why, of the open pause as well."""
        found = {*(cause for _, why in self.unsafe for cause in why), *(self.pause.causes if self.pause else ())}
        return sorted(found | ({"restored"} if self.pause and self.restored else set()))

    @property
    def moves(self) -> bool:
        """Whether a pause has to begin, or the open one to be told of more."""
        return bool(self.erasures) or (self.pause is not None and self.causes != sorted(self.pause.causes))


def judge(store: Store, policy: Policy, now: datetime) -> Judged:
    """The company's day of `now` (aware), as it stands."""
    pauses, span = store.pauses, day_of(policy, now)
    pause, restored = pauses.open(), pauses.restored(now)
    due = [*pauses.due(now, restored), *pauses.unclosed(now)]
    allowed = max(policy.retention.pause_above, pauses.allowed(span.day.isoformat()))
    day = rule.Day(
        pauses.erased(span.begins, span.ends),
        allowed,
        pause is not None and "many" in pause.causes,
        restored is not None,
    )
    return weigh(span, day, due, pauses.coming(now, span.ends), pause, restored)


def weigh(
    span: Span, day: rule.Day, due: Sequence[Due], coming: int, pause: ErasurePause | None = None, restored: datetime | None = None,
) -> Judged:  # fmt: skip
    """The same from what is known: on the `day` so many went already, these are `due` now and so many are still `coming`."""
    going = sum(not (one.again or seen_late(one.moment, one.seen)) for one in due)
    day = replace(day, would_go=day.would_go + going + coming)
    return Judged(span, day.would_go, coming, tuple(_unsafe(day, due)), pause, restored)


def _unsafe(day: rule.Day, due: Iterable[Due]) -> Iterator[tuple[Due, tuple[Cause, ...]]]:
    for one in due:
        if why := rule.causes(day, one.moment, one.seen, again=one.again):
            yield one, why


def pause(act: Act, intent: intents.Pause) -> Done[None]:
    """P12: judged once more in the transaction that pauses them, so that two replicas make one card."""
    judged = judge(act.store, act.policy, act.now)
    if judged.pause is not None or not judged.erasures:
        return Done(None, quiet=True)
    row = ErasurePause(
        id=new_id("EP"), asked_at=act.now, line=act.policy.company.home_line, causes=judged.causes,
        day=judged.span.day.isoformat(), coming=judged.coming,
    )  # fmt: skip
    act.store.pauses.add(row)
    act.store.pauses.put(row.id, judged.erasures)
    view = seen(act, row)
    where = reached(act, view.circumstances)
    row.state = "waiting" if where.approvers else "stuck"
    asked = parties(act, row, where)
    for one in asked:
        act.store.matters.ask(one)
    schedule(act, row)
    told = alarm(act, row, view.what, where)
    effects = (*told, *shows(row, [one.person_id for one in asked]))
    return Done(None, effects, row.id, {**on_record(asked), **warned_by(told), **_told(judged)})


def follow(act: Act, intent: intents.FollowPause) -> Done[None]:
    """P12: what has to wait as well joins the card that waits; one in which nothing waits any more is over."""
    judged = judge(act.store, act.policy, act.now)
    row = judged.pause
    if row is None or row.id != intent.matter:
        return Done(None, quiet=True)
    if judged.moves:
        row.causes, row.day, row.coming = judged.causes, judged.span.day.isoformat(), judged.coming
        act.store.pauses.put(row.id, judged.erasures)
        return Done(None, changed(load(act, row.id)), detail=_told(judged))
    if act.store.pauses.waits(row.id):
        return Done(None, quiet=True)
    return _closed(act, load(act, row.id), OVER)


def continue_(act: Act, intent: intents.Continue) -> Done[None]:
    """P12: one person has looked, and these are erased; also where they had been kept before."""
    return _decided(act, intent, CONTINUED)


def keep(act: Act, intent: intents.KeepPaused) -> Done[None]:
    """P12: one person has looked, and these stay; closed to everybody until their moment turns out to lie ahead, or somebody says Continue."""
    return _decided(act, intent, KEPT)


def _decided(act: Act, intent: intents.OfPause, state: str) -> Done[None]:
    view, authority = deciding(act, intent.subject)
    row = view.pause
    rule.decide(waits=row.is_open or (row.state == KEPT != state), seen=intent.seen, revision=row.revision)
    stepped_in = takes_part(act, view, authority)
    row.decided_by = act.me.id
    return _closed(act, view, state, {"number": view.waiting.number, **stepped_in})


def _closed(act: Act, view: View, state: str, detail: dict[str, Any] | None = None) -> Done[None]:
    view.pause.state, view.pause.closed_at = state, act.now
    act.store.deadlines.drop(REMIND, view.pause.id, act.now)
    return Done(None, changed(view), detail={"state": state, **(detail or {})})


def _told(judged: Judged) -> dict[str, Any]:
    """What the audit log says of what waits from now on: each of them is named by its certificate."""
    digest = sha256("\n".join(sorted(judged.erasures)).encode()).hexdigest()
    return {
        "causes": judged.causes, "day": judged.span.day.isoformat(), "coming": judged.coming,
        "number": len(judged.erasures), "digest": digest,
    }  # fmt: skip
