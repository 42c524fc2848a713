"""What people wrote is erased in its time by destroying its key, and what only helped for a while goes too."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.acting import Act, Done
from handlers.effects import Show
from handlers.handling import handler
from handlers.policy import Policy
from handlers.rules.retention import words_go_at
from storage.database.store import Store


def words_go(policy: Policy, closed_at: datetime, line: str) -> datetime:
    """When the words of a matter go that was closed at a moment (aware), in the time of its line, or else of the home line."""
    known = policy.line(line) or policy.lines[policy.company.home_line]
    return words_go_at(closed_at, known.time_zone, policy.records.closed_request_months)


@handler("words.erase", clause="P11", about="matter_id")
def erase_words(act: Act, matter_id: str) -> Done[None]:
    """P11: so long after it was closed, as it stands closed now, and nobody may hear anything by it any more."""
    matter = act.store.matter_keys.get(matter_id)
    if matter is None or matter.closed_at is None:
        return Done(None, quiet=True)
    if _heard(act, matter.id) or words_go(act.policy, matter.closed_at, matter.line) > act.now:
        return Done(None, quiet=True)
    act.store.matter_keys.destroy(matter, act.now)
    return Done(None)


def _heard(act: Act, matter: str) -> bool:
    """Whether anybody may still hear something by it: one of the staff by access, or a customer by a link."""
    grant = act.store.grants.of(matter)
    access = grant is not None and grant.ended_at is None and act.now < grant.ends_at
    return access or any(one.in_force(act.now) for one in act.store.customers.letters(matter))


@handler("words.show_erased", clause="P11", about="matter_id")
def show_erased(act: Act, matter_id: str) -> Done[None]:
    """P11: whoever has a card reads that the words are gone, and the card in the chat holds them no longer."""
    matter = act.store.matters.get(matter_id)
    if matter is None or matter.words_erased_at is None or matter.erasure_shown:
        return Done(None, quiet=True)
    matter.erasure_shown = True
    matter.revision += 1
    people = act.store.outbox.shown_to(matter.id)
    return Done(None, tuple(Show(one, matter.id, matter.revision) for one in people), quiet=True)


KEYS = timedelta(days=2)  # no chat platform delivers anything again after that long
PASSES = timedelta(days=30)  # after their end, so that a late question finds out what a link was
A_DAY = timedelta(days=1)


@handler("records.lapse")
def lapse(act: Act) -> Done[None]:
    """Quietly: that a code was made, and until when it was good, stands in the audit log."""
    act.store.grants.forget_late_codes(act.now)
    return Done(None, quiet=True)


def lapsed(store: Store, now: datetime) -> bool:
    """Whether there is such a thing."""
    return store.grants.has_late_codes(now)


def untidy(store: Store, now: datetime) -> bool:
    """Whether anything has lain about for a day longer than it helped; so there is work about once a day."""
    late = now - PASSES - A_DAY
    return store.outbox.has_keys(now - KEYS - A_DAY) or store.grants.has_passes(late)


@handler("records.tidy")
def tidy(act: Act) -> Done[None]:
    """Quietly: what was done with a key or a code stands in the audit log for good."""
    act.store.outbox.forget_keys(act.now - KEYS)
    act.store.grants.forget_passes(act.now - PASSES)
    return Done(None, quiet=True)
