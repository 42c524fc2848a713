"""What is sent to a person by a Chat: cards, words and homes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import assert_never

import structlog

from bot.delivery.reaching import Reach, Way
from bot.directory import Directory
from bot.measures import ALARMS_UNHEARD
from bot.ports import Absent, Posted, Unavailable, Unreachable
from handlers import alarms, blank, home_of, label, shown, surplus
from handlers.acting import Act
from handlers.alarms import Warned
from handlers.cards import Card, Line, Small
from handlers.delivering import Delivered, Hung, Job
from handlers.door import Door
from handlers.effects import Alert, Blank, Home, LeftOut, Show, Stray, Tell, Warn, Whisper, at_home
from handlers.room import Shown
from handlers.telling import told
from storage.store import Store

log = structlog.get_logger()
DOUBTFUL = ("timeout", "unreadable_answer")  # the card may hang already, and each further try may hang one more
AGAIN = Small("Sent again after an interruption. If you see it twice, use this one.")


class ToPeople:
    """Does each kind of effect once. Raises what the platform raises (`bot.ports`)."""

    def __init__(self, door: Door, directories: Iterable[Directory]) -> None:
        self.door = door
        self.reach = Reach(door, directories)

    async def send(self, job: Job) -> Delivered | Warned:
        """Do what the effect asks for, where its person is reached."""
        effect = job.effect
        match effect:
            case Show():
                return await self._watched(job, effect)
            case Stray():
                return await self._stray(job, effect)
            case Tell():
                return await self.reach.first(job, lambda way: self._say(job, way, told(effect, label(effect.button))))
            case LeftOut(number=number):
                words = surplus.words(number)
                return await self.reach.first(job, lambda way: self._say(job, way, Card((Line(words),), words)))
            case Whisper(words=words):
                return await self.reach.first(job, lambda way: self._whisper(job, way, words))
            case Warn():
                return await self.reach.first(job, lambda way: self._warn(job, way, effect))
            case Alert():
                return _alert(job, effect)
            case Home(fresh=fresh):
                return await self.reach.first(job, lambda way: self._home(job, way, fresh=fresh))
            case Blank():
                return await self.reach.first(job, lambda way: self._blank(job, way, effect))
            case _:
                assert_never(effect)

    async def _say(self, job: Job, way: Way, line: Card) -> Delivered:
        await way.chat.post(way.to, line, way.zone)
        return _done(job, "sent", way)

    async def _warn(self, job: Job, way: Way, warn: Warn) -> Warned:
        await way.chat.post(way.to, alarms.card(warn.words, warn.matter), way.zone)
        return Warned(job.taken.id, warn.alarm, way.chat.platform)

    async def _whisper(self, job: Job, way: Way, words: str) -> Delivered:
        await way.chat.whisper(way.to, words)
        return _done(job, "sent", way)

    async def _home(self, job: Job, way: Way, *, fresh: bool) -> Delivered:
        matter = at_home(way.chat.platform)
        card, copy = await self.reach.store(
            lambda store: (home_of(self._act(store, way)), store.outbox.copy(matter, job.person.id))
        )
        hangs = Posted(copy.conversation, copy.message) if copy and not fresh else None
        posted = await way.chat.home(way.to, card, way.zone, hangs)
        return _done(job, "sent", way, hung=None if posted is None else _hung(way, matter, posted, 0))

    async def _blank(self, job: Job, way: Way, wanted: Blank) -> Delivered:
        sheet, filled = await self.reach.store(lambda store: blank(self._act(store, way), wanted))
        await way.chat.form(way.to, sheet, filled)
        return _done(job, "sent", way)

    async def _watched(self, job: Job, show: Show) -> Delivered:
        """Whoever looks at the card, since he or she pressed it a moment ago, hears where it can't be drawn at once."""
        looking = [
            (self.reach.directories[platform].onlookers, account.account_id)
            for platform, account in job.accounts.items()
            if platform in self.reach.directories
        ]
        try:
            done = await self._show(job, show)
        except Unavailable as error:
            for onlookers, account in looking:
                await onlookers.late(account, show.matter, error)
            raise
        for onlookers, account in looking:
            onlookers.drawn(account, show.matter)
        return done

    async def _show(self, job: Job, show: Show) -> Delivered:
        """Edit the person's copy where it hangs; where there is none, or none any more, post one."""
        copy = await self.reach.store(lambda store: store.outbox.copy(show.matter, show.person))
        if copy is not None and copy.revision >= show.revision:
            return Delivered(job.taken.id, "superseded", copy.platform)
        if copy is not None and copy.platform in self.reach.directories:
            with suppress(Absent, Unreachable):
                way = await self.reach.way(job, copy.platform)
                return await self._redrawn(job, way, show.matter, Posted(copy.conversation, copy.message))
        return await self.reach.first(job, lambda way: self._posted(job, way, show.matter))

    async def _redrawn(self, job: Job, way: Way, matter: str, posted: Posted) -> Delivered:
        now_shown = await self._shown(job, way, matter)
        if now_shown is None:
            return Delivered(job.taken.id, "superseded", way.chat.platform)
        await way.chat.redraw(way.to, posted, now_shown.card, way.zone)
        return _done(job, "updated", way, matter, _hung(way, matter, posted, now_shown.revision))

    async def _posted(self, job: Job, way: Way, matter: str) -> Delivered:
        now_shown = await self._shown(job, way, matter)
        if now_shown is None:
            return Delivered(job.taken.id, "superseded", way.chat.platform)
        card = replace(now_shown.card, parts=(*now_shown.card.parts, AGAIN)) if _uncertain(job) else now_shown.card
        posted = await way.chat.post(way.to, card, way.zone)
        return _done(job, "sent", way, matter, _hung(way, matter, posted, now_shown.revision))

    async def _stray(self, job: Job, stray: Stray) -> Delivered:
        way = await self.reach.way(job, stray.platform or next(iter(job.accounts), ""))
        now_shown = await self._shown(job, way, stray.matter)
        if now_shown is not None:
            await way.chat.redraw(way.to, Posted(stray.conversation, stray.message), now_shown.card, way.zone)
        return _done(job, "updated", way, stray.matter)

    async def _shown(self, job: Job, way: Way, matter: str) -> Shown | None:
        return await self.reach.store(lambda store: shown(self._act(store, way), matter, job.person.id))

    def _act(self, store: Store, way: Way) -> Act:
        return Act(store, self.door.policy, self.door.now(), way.reader)


def _alert(job: Job, alert: Alert) -> Delivered:
    """The log is the last that hears of it: whoever runs the bot has to tell somebody."""
    ALARMS_UNHEARD.inc()
    log.error("alarm.unheard", about=alert.subject, alarm=alert.alarm)
    return Delivered(job.taken.id, "sent", "log", alert.subject)


def _done(job: Job, state: str, way: Way, about: str = "", hung: Hung | None = None) -> Delivered:
    return Delivered(job.taken.id, state, way.chat.platform, about, hung)


def _hung(way: Way, matter: str, posted: Posted, revision: int) -> Hung:
    return Hung(matter, way.chat.platform, posted.conversation, posted.message, revision)


def _uncertain(job: Job) -> bool:
    """A try that ended without a word from the platform (or without us) may have posted the card all the same."""
    code = job.taken.code
    return job.taken.attempts > 1 and (code in ("", "no_connection", *DOUBTFUL) or code.startswith("http_5"))
