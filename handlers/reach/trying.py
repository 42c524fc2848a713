"""What is wrong with a route is stored and told, once and again weekly; what is mended closes without a word (P7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.reach.intents import Attempt, Tried
from handlers.reach.telling import told
from handlers.rules import reach as rule
from handlers.rules.access import company_day
from handlers.rules.reach import How, Problem
from handlers.standing import SHARED
from storage.people import LIVING
from storage.records import Person
from storage.tables.reach import ReachProblem, ReachRun

Found = Mapping[str, Problem]


def due(act: Act) -> bool:
    """Whether everybody is to be tried now; only reads."""
    run = act.store.reach.run(company_day(act.policy, act.now))
    return rule.is_due(act.policy, act.now, run.at if run else None, len(run.silent) if run else 0)


def tried(act: Act, intent: Tried) -> Done[None]:
    """Another process may have tried them meanwhile: then nothing is told twice."""
    if not due(act):
        return Done(None, quiet=True)
    day = company_day(act.policy, act.now)
    again = act.store.reach.run(day) is not None
    found, silent = _found(act, day, intent), _silent(act, intent)
    act.store.reach.ran(ReachRun(day=day.isoformat(), at=act.now, tried=len(intent.attempts), silent=silent))
    before = {one.subject: one for one in act.store.reach.open()}
    mended = _mended(act, found, {*silent}, {f"platform:{one}" for one in intent.silent})
    new = [subject for subject, one in found.items() if _is_news(one, before.get(subject))]
    rows = {subject: _noted(act, subject, one, new=subject in new) for subject, one in found.items()}
    untold = {subject: found[subject] for subject, row in rows.items() if not _is_told(act, day, row)}
    effects = told(act, day, untold)
    for one in untold:
        rows[one].told_on = day.isoformat()
    detail = {
        "tried": len(intent.attempts), "silent": silent, "found": {one: found[one].kind for one in found}, "new": new,
        "told": list(untold), "mended": mended, **warned_by(effects),
    }  # fmt: skip
    return Done(None, effects, day.isoformat(), detail, quiet=again and not (new or untold or mended))


def _is_news(problem: Problem, known: ReachProblem | None) -> bool:
    """Whether nobody was told of this yet: another kind of trouble, or one that begins earlier than was told."""
    if known is None or known.kind != problem.kind:
        return True
    return problem.since is not None and bool(known.since) and problem.since.isoformat() < known.since


def _found(act: Act, day: date, intent: Tried) -> Found:
    """What is wrong, by what it is about."""
    known = act.store.people.with_keys(one.who for one in intent.attempts)
    late = act.store.reach.before(day) is not None
    hows = {one.who: _how(one, known.get(one.who), late=late) for one in intent.attempts}
    problems = [
        *rule.problems(act.today, day, hows),
        *(Problem("platform", "", name, why) for name, why in intent.down),
    ]
    ids = act.store.people.ids_for(dict.fromkeys(one.who for one in problems if one.who))
    return {_subject(one, ids): one for one in problems}


def _how(one: Attempt, person: Person | None, *, late: bool) -> How:
    """On the first day of all whoever never came by may still do so: where people add the bot themselves, nobody is there at first."""
    met = person is not None and person.checked_at is not None
    outcome = one.outcome if met or late else "silent"
    return How(person.standing if person is not None else LIVING, outcome, one.why)


def _subject(problem: Problem, ids: Mapping[str, int]) -> str:
    match problem.kind:
        case "uncovered":
            return f"role:{problem.role}"
        case "platform":
            return f"platform:{problem.role}"
        case _:
            return f"person:{ids[problem.who]}"


def _silent(act: Act, intent: Tried) -> list[int]:
    """Of whom nobody could tell; whoever has no row yet has none to keep open either."""
    known: Mapping[str, Person] = act.store.people.with_keys(
        one.who for one in intent.attempts if one.outcome == "silent"
    )
    return sorted(one.id for one in known.values())


def _noted(act: Act, subject: str, problem: Problem, *, new: bool) -> ReachProblem:
    """Store it as it is today; what is `new`, or another thing than before, was told to nobody."""
    person = act.store.people.called_for(problem.who).id if problem.who else None
    since = problem.since.isoformat() if problem.since else ""
    row = act.store.reach.get(subject) or ReachProblem(
        subject=subject, kind=problem.kind, why=problem.why, person_id=person, since=since, found_at=act.now
    )
    row.kind, row.why, row.person_id, row.since = problem.kind, problem.why, person, since
    if new:
        row.found_at, row.mended_at = act.now, None
        row.told_on = _alarmed(act, subject) if problem.kind == "ambiguous" else ""
    act.store.reach.add(row)
    return row


def _alarmed(act: Act, subject: str) -> str:
    """The day of the company's on which somebody was told that this address is shared, the moment that came out; empty where nobody was."""
    alarm = act.store.alarms.latest(subject)
    if alarm is None or alarm.why != SHARED or alarm.state == "nobody":
        return ""
    return company_day(act.policy, alarm.raised_at).isoformat()


def _is_told(act: Act, day: date, row: ReachProblem) -> bool:
    told_on = date.fromisoformat(row.told_on) if row.told_on else None
    return rule.is_told(told_on, day, act.policy.reach.again_days)


def _mended(act: Act, found: Found, silent: Collection[int], platforms: Collection[str]) -> list[str]:
    """What stood until now and stands no more; where nobody could tell, it stands as before."""
    over = [
        one for one in act.store.reach.open()
        if one.subject not in found and one.person_id not in silent and one.subject not in platforms
    ]  # fmt: skip
    for one in over:
        one.mended_at = act.now
    return [one.subject for one in over]
