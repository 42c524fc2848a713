"""How a run stops: the day's erasures wait, and those who may agree get the card (P12)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.effects import Effect
from handlers.ids import new_id
from handlers.matters.alarming import alarm
from handlers.matters.asking import on_record, parties, reached, shows
from handlers.stopped_runs import intents
from handlers.stopped_runs.judging import Judged, judge
from handlers.stopped_runs.reminding import schedule
from handlers.stopped_runs.short_of import short
from handlers.stopped_runs.view import seen
from storage.stopped_runs import Some
from storage.tables.erasures import StoppedRun


def stop(act: Act, intent: intents.Stop) -> Done[bool]:
    """P12: judged once more in the transaction that stops it, so that two replicas make one run."""
    judged = judge(act.store, act.policy, act.now)
    some = act.store.stopped_runs.would_stop(act.now, judged.span.ends) if judged.stops else None
    if some is None:
        return Done(False, quiet=True)
    run = _run(act, judged, some)
    act.store.stopped_runs.add(run)
    erasures, left = act.store.stopped_runs.stop(run.id, act.now)
    run.digest = sha256("\n".join(erasures).encode()).hexdigest()
    asked, effects = _asked(act, run)
    schedule(act, run)
    return Done(True, effects, run.id, {**asked, **_told(run), **({"anew": left} if left else {})})


def _run(act: Act, judged: Judged, some: Some) -> StoppedRun:
    return StoppedRun(
        id=new_id("ER"), day=judged.span.day.isoformat(), until=judged.span.ends, asked_at=act.now,
        highest=act.store.stopped_runs.highest(), number=sum(some.lines.values()), before=judged.brought.erased,
        register=judged.register, usual=judged.usual, oldest=some.oldest, newest=some.newest, lines=some.lines,
        line=act.policy.company.home_line,
    )  # fmt: skip


def _asked(act: Act, run: StoppedRun) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Those who may agree are asked; what the audit log says of it, and who gets the card."""
    view = seen(act, run)
    where = reached(act, view.circumstances)
    run.state = "waiting" if where.approvers else "stuck"
    asked = parties(act, run, where)
    for one in asked:
        act.store.matters.ask(one)
    told = alarm(act, run, view.what, where) or short(act, view, where)
    effects = (*told, *shows(run, [one.person_id for one in asked]))
    return {**on_record(asked), **warned_by(told)}, effects


def _told(run: StoppedRun) -> dict[str, Any]:
    """What the audit log says of a run, to be held against it later."""
    return {
        "day": run.day, "until": run.until.isoformat(), "highest": run.highest, "number": run.number, "before": run.before,
        "register": run.register, "usual": run.usual, "oldest": run.oldest.isoformat(), "newest": run.newest.isoformat(),
        "lines": run.lines, "digest": run.digest,
    }  # fmt: skip
