"""Sends people cards, words and homes, on a platform where each can be reached now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar, assert_never

import structlog

from bot.chats.directory import Directory
from bot.measures import ALARMS_UNHEARD
from bot.ports import Absent, Address, Chat, Posted, Unavailable, Unreachable
from handlers import acting, blank_form, button_label, delivering, telling
from handlers.acting import Actor, Alert, Blank, Context, Digest, Home, Intent, Placed, Show, Tell, Warn, Whisper
from handlers.cards import Card, Small
from handlers.delivering import Job, MessageReference, copies_of, copy_of
from handlers.door import Door
from handlers.home import draw_home
from handlers.matters import asking, reminding, showing
from handlers.room import DrawnCard
from storage.database.store import DatabaseDown, Store
from storage.people import is_shut_out
from storage.records import ChatAccount, Copy

log = structlog.get_logger()
# Faults after which a card may be there already, so that another try may post it twice; the second line is platforms' own.
DOUBTFUL = (
    "timeout", "unreadable_answer",
    "internal_error", "fatal_error", "service_unavailable",
)  # fmt: skip
AGAIN = Small("Sent again after an interruption. If you see it twice, use this one.")


class ToPeople:
    """Carries out each kind of effect, and returns the outcome to store. Raises what the platform raises (`bot.ports`)."""

    def __init__(self, door: Door, directories: Iterable[Directory]) -> None:
        self.door = door
        self.reach = Reach(door, directories)

    async def send(self, job: Job) -> Intent[Any]:
        """Do what the job's effect asks for, on a platform where its person is reached; return the outcome to store."""
        effect = job.effect
        match effect:
            case Show():
                return await self._show_card(job, effect)
            case Tell():
                return await self.reach.read_and_send(
                    job,
                    partial(self._card_message, effect.matter, effect.person, shown=job.shown),
                    partial(self._tell_person, job, effect),
                )
            case Whisper(words=words):
                return await self.reach.send(job, lambda recipient: self._whisper_words(job, recipient, words))
            case Warn():
                return await self.reach.send(job, lambda recipient: self._send_warning(job, recipient, effect))
            case Alert():
                return _alert_operator(job, effect)
            case Digest():
                return await self.reach.send(job, lambda recipient: self._send_morning_message(job, recipient, effect))
            case Home(fresh=fresh):
                return await self.reach.send(job, lambda recipient: self._draw_home(job, recipient, fresh=fresh))
            case Blank():
                return await self.reach.send(job, lambda recipient: self._post_blank_form(job, recipient, effect))
            case _:
                assert_never(effect)

    async def _tell_person(self, job: Job, tell: Tell, recipient: Recipient, under: Posted | None) -> Intent[Any]:
        """Post the words, in answer to the card of their matter (`under`) if the person has it on this platform."""
        line = _with_repeat_note(job, telling.line_card(tell, button_label(tell.button)))
        await recipient.chat.post(recipient.to, line, recipient.zone, under)
        return _delivered(job, "sent", recipient)

    async def _send_morning_message(self, job: Job, recipient: Recipient, wanted: Digest) -> Intent[Any]:
        """Send the morning message; about a single matter it answers that card, if the person has it on this platform."""
        drawn = await self.reach.read(lambda store: self._draw_morning_message(store, recipient, wanted))
        if drawn is None:
            return delivering.note_delivered(job.taken.id, "superseded", recipient.chat.platform)
        card, under = drawn
        await recipient.chat.post(recipient.to, _with_repeat_note(job, card), recipient.zone, under)
        return _delivered(job, "sent", recipient)

    def _draw_morning_message(
        self, store: Store, recipient: Recipient, wanted: Digest
    ) -> tuple[Card, Posted | None] | None:
        """Return the morning message and the card that it answers (or None); None if nothing is left to remind of."""
        message = reminding.morning_message(self._context_for(store, recipient), wanted.reminders)
        if message is None:
            return None
        return message.card, self._card_message(message.about, wanted.person, store, recipient)

    def _card_message(
        self, matter: str, person: int, store: Store, recipient: Recipient, shown: MessageReference | None = None
    ) -> Posted | None:
        """Return the message with this person's copy of a matter's card, which may have been `shown` just before; None
        without one on this platform.
        """
        known = shown if shown is not None and shown.matter == matter else None
        copy = known or (copy_of(self._context_for(store, recipient), matter, person) if matter else None)
        return Posted(copy.conversation, copy.message) if copy and copy.platform == recipient.chat.platform else None

    async def _send_warning(self, job: Job, recipient: Recipient, warn: Warn) -> Intent[Any]:
        """Post an alarm; the outcome notes that this person has it."""
        await recipient.chat.post(
            recipient.to, _with_repeat_note(job, telling.alarm_card(warn.words, warn.matter)), recipient.zone
        )
        return asking.note_warned(job.taken.id, warn.alarm, recipient.chat.platform)

    async def _whisper_words(self, job: Job, recipient: Recipient, words: str) -> Intent[Any]:
        await recipient.chat.whisper(recipient.to, words)
        return _delivered(job, "sent", recipient)

    async def _draw_home(self, job: Job, recipient: Recipient, *, fresh: bool) -> Intent[Any]:
        """Draw the person's home; where it is a message, in that message, or in a new one if there is none or it should be `fresh`."""
        matter = acting.home_name(recipient.chat.platform)
        card, copy = await self.reach.read(
            lambda store: (draw_home(ctx := self._context_for(store, recipient)), copy_of(ctx, matter, job.person.id))
        )
        known = Posted(copy.conversation, copy.message) if copy and not fresh else None
        posted = await recipient.chat.home(recipient.to, card, recipient.zone, known)
        reference = None if posted is None else _message_reference(recipient, matter, posted, 0)
        return _delivered(job, "sent", recipient, reference=reference)

    async def _post_blank_form(self, job: Job, recipient: Recipient, wanted: Blank) -> Intent[Any]:
        """Post a form as a message, on a platform whose forms are messages."""
        sheet, filled = await self.reach.read(lambda store: blank_form(self._context_for(store, recipient), wanted))
        await recipient.chat.form(recipient.to, sheet, filled)
        return _delivered(job, "sent", recipient)

    async def _show_card(self, job: Job, show: Show) -> Intent[Any]:
        """Show the card of a matter: redraw the message that is the person's copy, or post one if there is none (any more)."""
        return await self.reach.read_and_send(
            job, partial(self._copy_and_card, show),
            lambda recipient, found: self._send_card(job, show, recipient, *found),
        )  # fmt: skip

    def _copy_and_card(self, show: Show, store: Store, recipient: Recipient) -> tuple[Copy | None, DrawnCard | None]:
        """Return the person's copy (None without one) and the card to show.

        The card is None if the copy is up to date, or if this person gets no new card.
        """
        ctx = self._context_for(store, recipient)
        copy = copies_of(ctx, show.matter).get(show.person)
        wanted = copy.revision < show.revision if copy is not None else _is_wanted(ctx, show)
        return copy, showing.show_card(ctx, show.matter, show.person) if wanted else None

    async def _send_card(
        self, job: Job, show: Show, recipient: Recipient, copy: Copy | None, now_shown: DrawnCard | None
    ) -> Intent[Any]:
        """Redraw the copy, or post the card if there is no copy or its message is gone; without a card, do nothing."""
        if now_shown is None:
            platform = recipient.chat.platform if copy is None else copy.platform
            return delivering.note_delivered(job.taken.id, "superseded", platform)
        if copy is not None and copy.platform in self.reach.directories:
            with suppress(Absent, Unreachable):
                return await self._redraw_card(job, show, recipient, copy, now_shown)
        posted = await recipient.chat.post(recipient.to, _with_repeat_note(job, now_shown.card), recipient.zone)
        reference = _message_reference(recipient, show.matter, posted, now_shown.revision)
        return _delivered(job, "sent", recipient, show.matter, reference)

    async def _redraw_card(
        self, job: Job, show: Show, recipient: Recipient, copy: Copy, now_shown: DrawnCard
    ) -> Intent[Any]:
        """Redraw the card where its copy is, even if that isn't the platform that the person prefers."""
        if copy.platform != recipient.chat.platform:
            recipient, _ = await self.reach.recipient_with(job, copy.platform, lambda _, __: None)
        posted = Posted(copy.conversation, copy.message)
        await recipient.chat.redraw(recipient.to, posted, now_shown.card, recipient.zone)
        reference = _message_reference(recipient, show.matter, posted, now_shown.revision)
        return _delivered(job, "updated", recipient, show.matter, reference)

    def _context_for(self, store: Store, recipient: Recipient) -> Context:
        """Return what cards are drawn with for this reader."""
        return self.door.context(store, recipient.reader)


def _is_wanted(ctx: Context, show: Show) -> bool:
    """Return True if a person without a copy should get the card.

    A card that is shown `again` goes only to a person who still has to decide. A changed one waits if a morning message
    will show it.
    """
    if show.again:
        return reminding.still_asked(ctx, show.matter, show.person)
    return show.revision == 1 or not ctx.store.reminders.asks(show.matter, show.person)


def _alert_operator(job: Job, alert: Alert) -> Intent[Any]:
    """Write to the log when no one else is left: the operator has to tell someone."""
    ALARMS_UNHEARD.inc()
    log.error("alarm.unheard", about=alert.subject, alarm=alert.alarm)
    return delivering.note_delivered(job.taken.id, "sent", "log", alert.subject)


def _delivered(
    job: Job, state: str, recipient: Recipient, about: str = "", reference: MessageReference | None = None
) -> Intent[Any]:
    """Return the outcome to store; after a card or a morning message the person's homes are drawn again, since they list
    what it is about.
    """
    homes = tuple(
        platform
        for platform, account in job.accounts.items()
        if account.home_at is not None and not is_shut_out(account)
    )
    redrawn = homes if isinstance(job.effect, Show | Digest) else ()
    return delivering.note_delivered(job.taken.id, state, recipient.chat.platform, about, reference, redrawn)


def _message_reference(recipient: Recipient, matter: str, posted: Posted, revision: int) -> MessageReference:
    """Return what is stored of a message: where it is, and which revision of the matter it shows."""
    return MessageReference(matter, recipient.chat.platform, posted.conversation, posted.message, revision)


def _with_repeat_note(job: Job, card: Card) -> Card:
    """Return the card as it is posted, with a note if it may be there already."""
    return replace(card, parts=(*card.parts, AGAIN)) if _may_be_repeated(job) else card


def _may_be_repeated(job: Job) -> bool:
    """Return True if the message may be there already: an earlier try ended without an answer and may have posted it."""
    code = job.taken.code
    return job.taken.attempts > 1 and (code in ("", "no_connection", *DOUBTFUL) or code.startswith("http_5"))


S = TypeVar("S")
T = TypeVar("T")
MOST_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Recipient:
    """How to reach a person now, as whom the card is read, and in which time zone (IANA)."""

    chat: Chat
    to: Address
    reader: Actor
    zone: str


Look = Callable[[Store, Recipient], S]
"""What is read for a recipient while the store is asked how to reach that person."""


class Reach:
    """Finds a platform on which a person can be reached now, over all of the company's chat platforms.

    Reads of the store that are asked for at the same moment share one read.
    """

    def __init__(self, door: Door, directories: Iterable[Directory]) -> None:
        self.door = door
        self.directories = {one.chat.platform: one for one in directories}
        # What is read next in one go, and the task that will read it.
        self._looks = list[Callable[[Store], Any]]()
        self._together: asyncio.Task[list[tuple[Any, ...]]] | None = None

    async def send(self, job: Job, send: Callable[[Recipient], Awaitable[T]]) -> T:
        """Send as `read_and_send` does, but read nothing for it."""
        return await self.read_and_send(job, lambda _, __: None, lambda recipient, _: send(recipient))

    async def read_and_send(self, job: Job, look: Look[S], send: Callable[[Recipient, S], Awaitable[T]]) -> T:
        """Try the person's platforms, the preferred one first, until a message gets through; return what `send` returns.

        `look` reads what `send` needs. Another platform is tried where this one doesn't reach the person, is down altogether,
        or fails at the last attempt; but not after a fault that may have posted the card all the same.
        """
        failure: Unreachable | Unavailable | None = None
        for platform in _platforms_to_try(job, self.directories):
            try:
                return await send(*await self.recipient_with(job, platform, look))
            except Unreachable as error:
                failure = failure or error
                if error.blocked and platform in job.accounts:
                    await self._shut_platform(job, platform)
            except Unavailable as error:
                if not error.outage and job.taken.attempts < MOST_ATTEMPTS:
                    raise
                failure = error
        raise failure or Unreachable("no_platform")

    async def recipient_with(self, job: Job, platform: str, look: Look[S]) -> tuple[Recipient, S]:
        """Return how to reach the person there, and what `look` reads for them, in one read of the store.

        Some platforms accept a message for a person who has left and can't read it: such a person is `Unreachable`.
        """
        directory, account = self.directories[platform], job.accounts.get(platform)
        if account is None:
            profile = await directory.chat.find(job.person.email)
            visitor, to = await directory.meet(profile), Address(profile.account_id)
        else:
            visitor, to = await directory.visitor(account.account_id), Address(account.account_id, account.reference)
        recipient = Recipient(directory.chat, to, visitor, job.person.zone)
        return await self.read(lambda store: _find_recipient(store, job.person.id, account, recipient, look))

    async def _shut_platform(self, job: Job, platform: str) -> None:
        """Note that the person has blocked the bot there; raises `Unavailable` if the database is down."""
        try:
            await self.directories[platform].note_blocked(job.accounts[platform].account_id, job.began)
        except DatabaseDown as error:
            raise Unavailable("database") from error

    async def read(self, ask: Callable[[Store], T]) -> T:
        """Return what `ask` reads. Reads asked for at the same moment share one, so that a matter's cards read it once.

        Raises `Unavailable` if the database is down, and what `ask` raises.
        """
        if self._together is None:
            self._looks, self._together = [], asyncio.create_task(self._read_together())
        together, place = self._together, len(self._looks)
        self._looks.append(ask)
        try:
            found = (await asyncio.shield(together))[place]
            answer: T = found[0] if found else await self.door.database.read(ask)  # which raises what went wrong
        except DatabaseDown as error:
            raise Unavailable("database") from error
        return answer

    async def _read_together(self) -> list[tuple[Any, ...]]:
        """Return the answer to each waiting read, as a tuple of one; an empty tuple where it failed, so that it's tried alone."""
        looks, self._together = self._looks, None
        return await self.door.database.read(lambda store: [_answer_or_none(one, store) for one in looks])


def _answer_or_none(look: Callable[[Store], T], store: Store) -> tuple[T] | tuple[()]:
    """Return what was read, as a tuple of one; an empty tuple if reading failed."""
    with suppress(Exception):
        return (look(store),)
    return ()


def _find_recipient(
    store: Store, person: int, account: ChatAccount | None, recipient: Recipient, look: Look[S]
) -> tuple[Recipient, S]:
    """Return the recipient in the person's time zone, and what `look` read for them.

    Raises `Unreachable` if the person may not act (all accounts count), or if the account is another person's by now.
    """
    seen = look(store, recipient)  # first, since it may read the person's row as well
    person_row = store.people.get(person)
    standing = (
        person_row.standing if account is not None and person_row.standing != "member" else recipient.reader.standing
    )
    is_same = recipient.reader.person_id == person and recipient.reader.is_still(person_row)
    if standing != "member" or not is_same:
        raise Unreachable(standing if standing != "member" else "another_person")
    return replace(recipient, zone=person_row.zone), seen


def _platforms_to_try(job: Job, configured: Iterable[str]) -> list[str]:
    """Return the platforms to try, in order: the effect's own if it has one; else the preferred one, others with an account, the rest."""
    known = [one for one in configured if one in job.accounts]
    if isinstance(job.effect, Placed) and job.effect.platform:
        return [one for one in configured if one == job.effect.platform]
    preferred = [one for one in known if one == job.person.prefers]
    return list(dict.fromkeys((*preferred, *known, *configured)))
