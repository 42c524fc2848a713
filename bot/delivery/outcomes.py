"""What an attempt that failed leads to: a later one, the next authority, or an entry in the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.delivery.people import DOUBTFUL
from bot.delivery.reaching import MOST_ATTEMPTS
from bot.ports import Absent, PageOpen, Unavailable, Unreachable
from handlers import alarms, delivering, matter_of
from handlers.delivering import NOBODY, UNKNOWN_KIND, Aside, Job
from handlers.effects import Awaited, Digest, Show, Warn
from handlers.handling import Intent
from handlers.rules.refusal import Refused

log = structlog.get_logger()
LONGEST_WAIT, AWAITED_WAIT = 300.0, 30.0  # seconds; the second where somebody who just asked for it looks at the screen
DOUBTFUL_WAIT = 20.0  # seconds
LONG = timedelta(minutes=5)  # until a newer version may have come, or somebody may have corrected a row
PASSING = ("", "ratelimited", "timeout", "no_connection", "unreadable_answer", "database", "no_team")
# What a platform says of itself, in words of its own; of a person or a card it says nothing.
ILL = (
    "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "rate_limited",
    "message_limit_exceeded",
)  # fmt: skip


def failed(job: Job, error: Exception, now: datetime) -> Intent[None]:
    """What follows from this error, whichever it is."""
    match error:
        case Unavailable():
            return _later(job, error, now)
        case Unreachable(code=code):
            return give_up(job, code)
        case PageOpen():
            return delivering.delivered(job.taken.id, "superseded", "")
        case Absent():
            return give_up(job, str(error))
        case _:  # a fault of ours on one card must not hold up the person's others for ever
            log.error("delivery.fault", error=type(error).__name__, kind=job.taken.kind, exc_info=error)
            return _later(job, Unavailable("fault"), now)


def put_aside(aside: Aside, now: datetime) -> Intent[None]:
    """A newer version's effect waits for that version; what nobody can do is set aside by itself, and never in silence."""
    may_come_right = aside.code in (UNKNOWN_KIND, NOBODY)
    log.error("delivery.put_off" if may_come_right else "delivery.set_aside", outgoing=aside.taken.id, code=aside.code)
    if may_come_right:
        return delivering.postpone(aside.taken.id, aside.code, now + LONG, free=True)
    return delivering.fail(aside.taken.id, aside.code)


def give_up(job: Job, code: str) -> Intent[None]:
    """It won't reach this person: a card, an alarm or what was to be told in the morning goes to whoever is next, anything else ends here."""
    log.warning("delivery.unreachable", person=job.person.id, code=code, kind=job.taken.kind)
    if isinstance(job.effect, Show):
        return _rerouted(job, job.effect.matter, code)
    if isinstance(job.effect, Warn):
        return alarms.unheard(job.taken.id, job.effect.alarm, code)
    return delivering.fail(job.taken.id, code, job.effect.reminders if isinstance(job.effect, Digest) else ())


def _rerouted(job: Job, matter: str, code: str) -> Intent[None]:
    """Of a matter that no room knows, such as a newer version's, nobody else can be asked."""
    try:
        return matter_of(matter).reroute(matter, job.person.id, code, job.taken.id, job.began)
    except Refused:
        return delivering.fail(job.taken.id, code)


def unwritable(outcome: Intent[None]) -> Intent[None] | None:
    """What can be written where an outcome can't: it needs nothing but its own row. None where there is nothing plainer."""
    if outcome.handler is delivering.fail:
        return None
    return delivering.fail(outcome.given["outgoing"], outcome.given.get("code", "not_recorded"))


def _later(job: Job, error: Unavailable, now: datetime) -> Intent[None]:
    attempts = job.taken.attempts
    if not error.tried:
        # The word of the last try stays: it may have posted the card all the same.
        until = now + timedelta(seconds=error.retry_after or 1.0)
        return delivering.postpone(job.taken.id, job.taken.code, until, free=True)
    if not error.outage and attempts >= MOST_ATTEMPTS and not _passes(error.code):
        return give_up(job, f"gave_up_{error.code}")
    least = DOUBTFUL_WAIT if isinstance(job.effect, Show) and error.code in DOUBTFUL else 0.0
    longest = AWAITED_WAIT if isinstance(job.effect, Awaited) else LONGEST_WAIT
    backing_off = min(2.0 ** min(attempts, 10) / 2, longest)
    wait = max(error.retry_after or 0.0, backing_off, least)
    return delivering.postpone(job.taken.id, error.code, now + timedelta(seconds=wait), free=error.outage)


def _passes(code: str) -> bool:
    """Whether it is the platform that fails, and not the card or the person: then the card waits, however long."""
    return code in PASSING or code in ILL or code.startswith(("http_5", "login_"))
