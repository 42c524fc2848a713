"""The card of the weekly digest, with numbers first and each item in Details, and what it adds to the bot."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date

from handlers import home, phrases, telling
from handlers.acting import Context
from handlers.cards import Actions, Button, Card, Facts, Heading, Line, Part, Row, Sign, Small, Title, When, Words
from handlers.digest import steps
from handlers.digest.steps import AHEAD, MOST, DigestCase, DigestNews, WaitingMatter, gather_news, told_in
from handlers.matters.case import who_was_told
from handlers.matters.reminding import CARD
from handlers.matters.showing import MatterOf, kind_of
from handlers.room import Does, Lists, Room
from handlers.rules import Refused
from handlers.sealing import Unopened
from storage.matters import Reminder
from storage.records import Recording
from storage.tables.calls import Keep
from storage.tables.reviews import Digest

SIGNS = {"waiting": Sign.WAITING, "stuck": Sign.ALARM, "seen": Sign.APPROVED}
VERIFY = "Ask the bot’s administrator to run: recording-steward audit verify"


def week_words(digest: Digest) -> str:
    """Return words such as “Week of Mon 30 Nov 2026”."""
    return f"Week of {phrases.day_words(date.fromisoformat(digest.week), None)}"


def digest_card(case: DigestCase, told: Iterable[Sequence[str]], reader: int) -> Card:
    """Return the digest's card for one reader. `told` are its facts, each a label and words, as they were stored for
    that reader.
    """
    what, state = week_words(case.matter), _digest_state(case, reader)
    facts = [(label, words) for label, words in told]
    quiet = (Line("Nothing will be erased, nothing is late and nothing is waiting."),)
    return Card(
        (
            Title(SIGNS[case.matter.state], what, state),
            *((Facts(tuple(facts)),) if facts else quiet),
            *_log_parts(case),
            *_stuck_parts(case),
            Actions(_digest_buttons(case, reader, hold=any(label == AHEAD for label, _ in facts))),
            Small(_small_words(case)),
        ),
        f"Your weekly digest of call recordings: {state}.",
    )


def details_card(drawn: Card, case: DigestCase, news: DigestNews, opens: Iterable[str]) -> Card:
    """Return the card with every item listed; `opens` are the matters that this reader may open."""
    may_open = frozenset(opens)
    sections = (
        ("Late erasures", _late_parts(news.late)),
        ("Waiting for an answer", _waiting_parts(case, news.waiting, may_open)),
        ("Kept past its time", _kept_parts(case, news.kept, may_open)),
        ("On unknown lines", _erased_parts(case, news.outside)),
        ("Files I couldn’t read", _file_lines(case, news)),
        ("People I can’t reach", (Line(one) for one in news.unreached[:MOST])),
    )
    parts = [*_ahead_parts(case, news), *(part for each in sections for part in _section_parts(*each))]
    rest = [Actions(buttons)] if (buttons := tuple(_buttons_of_card(drawn))) else []
    return Card(
        (*(one for one in drawn.parts[:-1] if not isinstance(one, Actions)), *parts, *rest, drawn.parts[-1]),
        drawn.summary,
    )


def _digest_state(case: DigestCase, reader: int) -> str:
    """Say who has seen it, or who is to read it."""
    if case.matter.state == "seen":
        return f"seen by {case.name_of(case.matter.seen_by, reader)}"
    if case.asks(reader):
        return "please read it"
    return f"with {case.asked_names}" if case.approvers else "no one can see it"


def _verified_words(case: DigestCase) -> str:
    """Say how far the log is verified, for the small print."""
    digest = case.matter
    if digest.verified_at is None:
        return "Log not verified yet"
    faults = f", {phrases.quantity_words(digest.faults, 'thing')} didn’t match" if digest.faults else ""
    return f"Log verified to entry {digest.verified_to:,}{faults}"


def _log_parts(case: DigestCase) -> tuple[Part, ...]:
    """Warn if the log wasn't verified or doesn't fit; nothing if all is well."""
    digest = case.matter
    if digest.verified_at is None:
        return (Line(f"I couldn’t verify the log in time. {VERIFY}", Sign.ALARM),)
    if digest.faults:
        return (Line(f"Something in the database doesn’t match the log. {VERIFY}", Sign.ALARM),)
    if not digest.compared:
        return (Line(f"I couldn’t read the log’s file outside the database. {VERIFY}", Sign.ALARM),)
    return ()


def _stuck_parts(case: DigestCase) -> tuple[Part, ...]:
    """Say who was told that no one can see the digest; nothing unless that is so."""
    if case.matter.state != "stuck":
        return ()
    return (Line(" ".join(filter(None, ("No one can see this digest.", who_was_told(case)))), Sign.ALARM),)


def _digest_buttons(case: DigestCase, reader: int, *, hold: bool) -> tuple[Button, ...]:
    """Return this reader's buttons: Seen for a person who was asked, Details, and Hold if calls are about to be erased."""
    more = (Button("details", "Details", case.matter.id), *((Button("hold", "Hold", ""),) if hold else ()))
    return (Button("digest_see", "Seen", case.matter.id, "primary"), *more) if case.asks(reader) else more


def _small_words(case: DigestCase) -> Words:
    """Return the card's last line: how far the log is verified, its id, and when it was seen."""
    seen = (" · seen ", When(case.matter.closed_at, now=case.now)) if case.matter.closed_at is not None else ()
    return (f"{_verified_words(case)} · {case.matter.id} · P12", *seen)


def _buttons_of_card(drawn: Card) -> Iterator[Button]:
    """Yield every button of a card."""
    return (one for part in drawn.parts if isinstance(part, Actions) for one in part.buttons)


def _section_parts(heading: str, rows: Iterable[Part], number: int = 0) -> list[Part]:
    """Return a heading and its rows, at most `MOST` of `number` if there are more; nothing without rows."""
    found = list(rows)
    left = max(number, len(found)) - MOST
    return [Heading(heading), *found[:MOST], *([Line(f"And {left:,} more.")] if left > 0 else [])] if found else []


def _ahead_parts(case: DigestCase, news: DigestNews) -> list[Part]:
    """Return how many calls of each line are erased this week, and the first of them."""
    each = [Line(f"{phrases.line_words(line, case.policy)[0]}: {number:,}") for line, number in news.ahead.items()]
    first = _section_parts(AHEAD, _erased_parts(case, news.calls), sum(news.ahead.values()))
    return [*first[:1], *each, *first[1:]]


def _erased_parts(case: DigestCase, calls: Sequence[Recording]) -> Iterator[Part]:
    """Yield a row for each call, with when it is erased."""
    for one in calls:
        erased_when = (
            ()
            if one.erase_at is None
            else (" · erased ", When(one.erase_at, phrases.line_words(one.line, case.policy)[1], case.now))
        )
        yield Row((*phrases.call_line(one, case.policy, case.now), *erased_when))


def _late_parts(late: Mapping[str, int]) -> Iterator[Part]:
    """Yield how many erasures are late, by what is in their way."""
    for why, number in late.items():
        yield Line(f"{phrases.quantity_words(number, 'call')}: {phrases.trouble_words(why, number)}.")


def _waiting_parts(case: DigestCase, waiting: Sequence[WaitingMatter], may_open: frozenset[str]) -> Iterator[Part]:
    """Yield a row for each waiting matter, overdue ones first; Details only where the reader may open it."""
    for one in sorted(waiting, key=lambda one: not one.late):
        late = "overdue · " if one.late else ""
        with_whom = f"with {phrases.list_words(one.asked, 'or')}" if one.asked else "under way"
        asked = "no one may decide it" if one.stuck else with_whom
        button = Button("details", "Details", one.matter) if one.matter in may_open else None
        yield Row(one.what, button, (f"{late}{asked} · since ", When(one.since, now=case.now)))


def _kept_parts(case: DigestCase, kept: Sequence[tuple[Keep, Recording]], may_open: frozenset[str]) -> Iterator[Part]:
    """Yield a row for each kept call: by what, and until when."""
    for keep, call in kept:
        button = Button("details", "Details", keep.matter_id) if keep.matter_id in may_open else None
        until = When(keep.ends_at, phrases.line_words(call.line, case.policy)[1], case.now)
        yield Row(
            phrases.call_and_reference(call, case.policy, case.now),
            button,
            (f"{phrases.BY[keep.why]} · {keep.matter_id} · until ", until),
        )


def _file_lines(case: DigestCase, news: DigestNews) -> Iterator[Part]:
    """Return a line for each file that couldn't be registered."""
    zone = phrases.line_words(case.policy.company.home_line, case.policy)[1]
    return (Line(phrases.file_line(one, zone, case.now)) for one in news.files)


class Digests(MatterOf[DigestCase]):
    """One for each week, `WK-…`."""

    def drawn(self, ctx: Context, case: DigestCase, reader: int, *, whole: bool) -> Card:
        """Draw the card with what its reader was told, and Details as of now; see `MatterOf.drawn`."""
        told = (case.matter.told or {}).get(f"{reader}")
        if told is not None and not whole:
            return self.card(case, told, reader)
        news = gather_news(ctx, reader)  # also for one who was asked in another's place
        found = self.card(case, told_in(news), reader)
        if not whole:
            return found
        named = {one.matter for one in news.waiting} | {keep.matter_id for keep, _ in news.kept}
        return details_card(found, case, news, (one for one in named if self._may_open(ctx, one, reader)))

    def may_look(self, ctx: Context, case: DigestCase, reader: int) -> bool:
        """Only its readers see it, not even people alerted about it."""
        return False

    def _may_open(self, ctx: Context, matter: str, reader: int) -> bool:
        """Return True if this reader may open the matter's Details."""
        with suppress(Refused, Unopened):
            return kind_of(matter).shown(ctx, matter, reader, whole=True) is not None
        return False


def digest_reminder_row(case: DigestCase, reminder: Reminder) -> Row | None:
    """Return the reminder's line for the next reader; None if they no longer need to see the digest."""
    if not case.waits_for(reminder.person_id):
        return None
    if reminder.step == CARD:
        return telling.reminder_line("Please read your weekly digest of call recordings.", case.matter.id)
    words = f"{phrases.capitalise(case.what)} has come to you because no one saw it in time."
    return telling.reminder_line(words, case.matter.id)


def list_unseen(ctx: Context) -> Lists:
    """List, at home, the newest digest that this person is asked to see; the cards of earlier ones stay."""
    if ctx.me.id not in ctx.policy.seats.in_roles:
        return {}
    words = lambda one: f"{Sign.WAITING} {week_words(one)}: please read it"  # noqa: E731
    return {"waiting": lambda: home.waiting_of(ctx, Digest, words, newest=1)}


ROOM = Room(
    "digest",
    buttons={"digest_see": Does(steps.mark_seen, "Seen")},
    due={steps.NOT_SEEN: steps.pass_on},
    matter=Digests(DigestCase, digest_card, digest_reminder_row),
    lists=list_unseen,
)
