"""`recording-steward purge --dry-run`: what the clock would erase now, what not and why; it changes nothing (P12)."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.commands.looking import ask_database, print_facts, zone_of
from bot.settings.config import read_each_setting, read_policy
from handlers.phrases import WHY, moment_words, quantity_words, trouble_words
from handlers.policy import Policy
from handlers.retention.guard import Judged, judge_erasures
from handlers.rules.retention import Cause
from storage.database.store import Store
from storage.pauses import Outstanding
from storage.records import Recording
from storage.tables.calls import UnregisteredFile

BY_ITSELF = "The bot erases calls by itself, within an hour after their time is up; this command erases nothing. To see what the bot would erase now, run: recording-steward purge --dry-run"
KEPT = {
    "request": "by an open request", "hold": "by a hold",
    "copy": "for a customer who hasn't fetched the copy yet",
}  # fmt: skip
NEVER = "Never"
OUTSIDE = "on lines that the policy doesn't name; the weekly digest lists them"
UNREGISTERED = "not registered; the weekly digest lists them, and recording-steward check says how to fix them"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a run would find. `closing` calls are due and not locked yet; `kept_then` more are due but would be kept.

    `waiting` are the calls closed already, `judged` what the guard says of them. `unregistered` files and calls `outside`
    the policy's lines are never erased.
    """

    closing: int
    kept_then: int
    waiting: Outstanding
    judged: Judged
    unregistered: tuple[UnregisteredFile, ...]
    outside: tuple[Recording, ...]

    @property
    def pauses(self) -> Counter[tuple[Cause, ...]]:
        """How many calls would be paused now, by causes."""
        due = {"", *self.waiting.due}
        return Counter(why for one, why in self.judged.unsafe if one.erasure in due)

    @property
    def erased(self) -> int:
        """How many calls would be erased."""
        return self.closing + len(self.waiting.due) - self.pauses.total()


def print_purge(*, dry_run: bool, now: datetime | None = None) -> int:
    """Print what would be erased; return 2 without `--dry-run`. Raises `Misconfigured`. `now` (aware) is for tests."""
    if not dry_run:
        print(BY_ITSELF, file=sys.stderr)
        return 2
    settings, at = read_each_setting(), now or datetime.now(UTC)
    rules, system = read_policy(settings.policy_file), settings.recordings_url.partition(":")[0]
    outlook = asyncio.run(ask_database(settings.database_url, lambda store: look_ahead(store, rules, system, at)))
    print_facts(_purge_facts(rules, outlook, at))
    print("Nothing was changed.")
    return 0


def look_ahead(store: Store, rules: Policy, system: str, now: datetime) -> Outlook:
    """Return what a run of this recording system's erasures would find now."""
    judged, kept_then = judge_erasures(store, rules, now), store.pauses.kept_then(now)
    unregistered = tuple(store.recordings.unregistered(UnregisteredFile.system == system))
    outside = tuple(one for one in store.recordings.out_of_scope() if one.system == system)
    return Outlook(
        len(store.pauses.unclosed(now)), kept_then, store.pauses.outstanding(system, now), judged, unregistered, outside
    )


def _purge_facts(rules: Policy, outlook: Outlook, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what to print, each with its label: what is closed and erased now, and what isn't and why."""
    yield "Now", moment_words(now, zone_of(rules), None)
    would = outlook.closing + outlook.kept_then
    yield "Would lock", f"{quantity_words(would, 'call')} whose time is up"
    yield "Would erase", quantity_words(outlook.erased, "call")
    yield from _number_facts("Kept", {KEPT.get(why, why): number for why, number in outlook.waiting.kept.items()})
    yield from _number_facts("Would keep", {"by a request, hold or customer's copy": outlook.kept_then})
    yield from _number_facts(
        "Paused",
        {f"until the Head presses Continue ({pause})": number for pause, number in outlook.waiting.paused.items()},
    )
    yield from _number_facts(
        "Would pause", {_why_paused(rules, outlook.judged, why): number for why, number in outlook.pauses.items()}
    )
    yield from _number_facts(
        "Later", {trouble_words(why, number): number for why, number in outlook.waiting.failed.items()}
    )
    yield from _never_erased_facts(outlook)
    yield from _number_facts(NEVER, {"in a recording system other than RECORDINGS_URL": outlook.waiting.elsewhere})


def _never_erased_facts(outlook: Outlook) -> Iterator[tuple[str, str]]:
    """Yield the calls and files without a time to be erased, with their numbers in the weekly digest."""
    yield from _number_facts(NEVER, {OUTSIDE: len(outlook.outside)})
    yield from (("", f"call {one.id}: {one.native_id} (line {one.line or 'unknown'})") for one in outlook.outside)
    yield from _number_facts(NEVER, {UNREGISTERED: len(outlook.unregistered)}, "file")
    yield from (("", f"file {one.id}: {one.native_id} ({WHY.get(one.why, one.why)})") for one in outlook.unregistered)


def _number_facts(label: str, numbers: Mapping[str, int], thing: str = "call") -> Iterator[tuple[str, str]]:
    """Yield a label and how many calls there are, for each cause that has any."""
    for what, number in numbers.items():
        if number:
            yield label, f"{quantity_words(number, thing)}: {what}"


def _why_paused(rules: Policy, judged: Judged, causes: tuple[Cause, ...]) -> str:
    """Return why the guard would ask the Head to decide first."""
    months, most = rules.retention.months, rules.retention.pause_above
    words: dict[Cause, str] = {
        "altered": "the database was changed by hand: run audit verify to see where",
        "restored": "the database was restored, so holds on them may be lost",
        "seen_late": f"already more than {months} months old when I first saw them",
        "many": f"{judged.number:,} would be erased today, more than the policy's limit of {most:,}",
    }
    return f"{'; '.join(words[cause] for cause in causes)}; the Head of Customer Success would have to press Continue"
