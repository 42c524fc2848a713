"""Calls that go on now in Asterisk: told, stopped on every leg, and read back by what the file does (P5)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bot.ports import NOT_TOLD, Absent, LiveCall, Unavailable, Unread
from bot.recorders.asterisk.ami import Account, Refusal, Session, session
from bot.recorders.asterisk.channels import (
    DECLINED,
    LATEST,
    OPERATOR,
    RECORDED,
    Channel,
    Monitor,
    call_told,
    monitors,
    status,
)
from bot.recorders.asterisk.opening import CLOCKED, WATCHED, Spool
from bot.recorders.tree import MEDIA_TYPES

SAID = ("recordingfile", "rs_operator", "rs_operator_name", "rs_line", "rs_caller", "rs_crm")
"""What the CDR's line says besides: FreePBX's own name of the file, and then what the dialplan has it say of people."""
TEN = 10.0
"""Seconds that `still` takes at most."""
ROUNDS = 3
"""How often what is recorded is looked for anew while it is being stopped: a leg may join meanwhile."""


@dataclass(slots=True)
class Leg:
    """What is or was recorded on one channel. `files` has each file, and whether a MixMonitor is said to write it now.

    `elsewhere`: some of it is recorded where it can't be watched.
    """

    channel: Channel
    monitors: list[Monitor]
    files: dict[str, bool] = field(default_factory=dict)
    elsewhere: bool = False


class AsteriskCalls:
    """The live calls of one Asterisk. `wait` waits for seconds."""

    def __init__(
        self, account: Account, spool: Spool, wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._account, self._files, self._waits = account, spool, wait

    async def live(self) -> Sequence[LiveCall | Unread]:
        """See `LiveCalls.live`. Calls that are neither recorded nor marked by the dialplan are nobody's here."""
        async with session(self._account) as asterisk:
            legs = await self._legs(asterisk, await status(asterisk))
        by_call: dict[str, list[Leg]] = {}
        for leg in legs:
            by_call.setdefault(leg.channel.linked, []).append(leg)
        return [_told(call_id, its) for call_id, its in by_call.items() if any(map(_ours, its))]

    async def recorded_now(self) -> set[str]:
        """The native ids of all that is or was recorded of calls that go on now; raises `Unavailable`."""
        async with session(self._account) as asterisk:
            return {file for leg in await self._legs(asterisk, await status(asterisk)) for file in leg.files}

    async def written_now(self) -> set[str]:
        """The native ids, without their endings, of what Asterisk says that it writes now, be there a file or not."""
        async with session(self._account) as asterisk:
            legs = await self._legs(asterisk, await status(asterisk))
        stems = {stem for leg in legs for one in leg.monitors for stem in one.stems}
        return {name for name in map(self._files.below, stems) if name}

    async def unwatched(self) -> int:
        """How many legs are recorded now so that `still` could not tell when they are not; raises `Unavailable`."""
        async with session(self._account) as asterisk:
            legs = await self._legs(asterisk, await status(asterisk))
        return sum(bool(leg.monitors) and _unclocked(leg) for leg in legs)

    async def unwritten(self, native_id: str) -> None:
        """See to it that the CDR's line of a call that goes on will not name this recording, which was erased.

        Where it was the last one, the line will say nothing of who called whom either. Raises `Unavailable`.
        """
        async with session(self._account) as asterisk:
            legs = await self._legs(asterisk, await status(asterisk))
            its = {leg.channel.linked for leg in legs if native_id in leg.files}
            for linked in its:
                call = [leg for leg in legs if leg.channel.linked == linked]
                files = dict.fromkeys(file for leg in call for file in leg.files if file != native_id)
                left = [one for one in files if await asyncio.to_thread(self._files.size, one)]
                for leg in call:
                    for name in SAID[:1] if left else SAID:
                        await _did(asterisk, "Setvar", leg.channel, Variable=f"CDR({name})", Value="")
                    await _did(asterisk, "Setvar", leg.channel, Variable="CDR(rs_files)", Value="|".join(left))

    async def stop(self, call_id: str) -> None:
        """See `LiveCalls.stop`: first it is kept on each channel, and so on all that come from it, then it is done."""
        async with session(self._account) as asterisk:
            legs = await self._call(asterisk, call_id)
            for _ in range(ROUNDS):
                for leg in legs:
                    await _stopped(asterisk, leg)
                with suppress(Absent):
                    legs = await self._call(asterisk, call_id)
                    if any(leg.monitors or not leg.channel.get(DECLINED) for leg in legs):
                        continue
                return

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        """See `LiveCalls.still`: what Asterisk says of each leg, and what is written into its file for two turns of the clock."""
        try:
            async with asyncio.timeout(TEN):
                return await self._still(call_id, also)
        except TimeoutError as why:
            raise Unavailable("Asterisk was too slow for its recording to be watched.") from why

    async def _still(self, call_id: str, also: Collection[str]) -> tuple[str, ...]:
        before = await self._seen(call_id)
        others = await asyncio.to_thread(lambda: {one: self._files.size(one) or 0 for one in also})
        await self._waits(WATCHED)
        early = await asyncio.to_thread(self._sizes, before)
        await self._waits(WATCHED)
        after = await self._seen(call_id)
        late = await asyncio.to_thread(self._sizes, [*before, *after])
        growing = await asyncio.to_thread(lambda: {one for one in late if self._grows(one, early, late, after)})
        names = [leg.channel.side for leg in after if leg.monitors or growing & leg.files.keys()]
        names += [leg.channel.side for leg in before if growing & leg.files.keys()]
        if not names and await asyncio.to_thread(self._grew, others):
            return (NOT_TOLD,)
        if not names and (unseen := [leg for leg in (*before, *after) if _unclocked(leg)]):
            raise Unavailable(
                f"Whether {unseen[0].channel.side} is still recorded can't be read back: record as .wav, in {self._files.root}."
            )
        return tuple(dict.fromkeys(names))

    def _grew(self, before: dict[str, int]) -> bool:
        """Whether anything was recorded into files that no leg has any more."""
        late = {one: self._files.size(one) or 0 for one in before}
        return any(late[one] > size and self._files.sounds(one, size, late[one]) for one, size in before.items())

    def _grows(self, file: str, early: dict[str, int], late: dict[str, int], legs: Sequence[Leg]) -> bool:
        """Whether anything was recorded into a file; a MixMonitor that is muted writes on, and writes exact silence."""
        start, end = early.get(file, 0), late[file]
        if end <= start:
            return False
        return self._files.sounds(file, start, end) or not any(leg.files.get(file) for leg in legs)

    def _sizes(self, legs: Sequence[Leg]) -> dict[str, int]:
        return {file: self._files.size(file) or 0 for leg in legs for file in leg.files}

    async def _seen(self, call_id: str) -> list[Leg]:
        async with session(self._account) as asterisk:
            return await self._call(asterisk, call_id)

    async def _call(self, asterisk: Session, call_id: str) -> list[Leg]:
        """The legs of one call; raises `Absent`. A call that became part of an older one is that one."""
        all_of_them = await status(asterisk)
        linked = {one.linked for one in all_of_them if one.linked == call_id} or {
            one.linked for one in all_of_them if one.unique == call_id
        }
        its = [one for one in all_of_them if one.linked in linked and one.linked]
        if not its or not call_id:
            raise Absent(call_id)
        return await self._legs(asterisk, its)

    async def _legs(self, asterisk: Session, found: Sequence[Channel]) -> list[Leg]:
        legs = [await _leg(asterisk, one) for one in found]
        await asyncio.to_thread(self._find_files, legs)
        return legs

    def _find_files(self, legs: Sequence[Leg]) -> None:
        taken: set[str] = set()
        for leg in legs:
            for monitor in leg.monitors:
                for stem in monitor.stems:
                    found = self._files.files(stem)
                    leg.elsewhere |= not found
                    leg.files.update(dict.fromkeys(found, True))
            taken |= leg.files.keys()
        for leg in legs:  # what was recorded and is no longer, of the leg on which that is kept first
            kept = [*leg.channel.get(RECORDED).split("|"), leg.channel.get(LATEST)]
            for name in map(self._files.below, filter(None, kept)):
                leg.elsewhere |= not name
                if name and name not in taken:
                    leg.files[name] = False
                    taken.add(name)


async def _leg(asterisk: Session, channel: Channel) -> Leg:
    if set(channel.name) & set('"\\') or not channel.name.isprintable():
        return Leg(channel, [], elsewhere=True)  # the command line would take it for another name
    return Leg(channel, monitors(await asterisk.command(f'mixmonitor list "{channel.name}"')))


async def _stopped(asterisk: Session, leg: Leg) -> None:
    if not leg.channel.get(DECLINED):
        await _did(asterisk, "Setvar", leg.channel, Variable=f"__{DECLINED}", Value="1")
    if leg.monitors and leg.files:
        await _did(asterisk, "Setvar", leg.channel, Variable=f"__{RECORDED}", Value="|".join(leg.files))
    for one in leg.monitors:
        await _did(asterisk, "StopMixMonitor", leg.channel, MixMonitorID=one.number)


async def _did(asterisk: Session, action: str, channel: Channel, **fields: str) -> None:
    """Ask for it; what has gone meanwhile, the channel or what is recorded on it, is fine. `still` is what proves."""
    with suppress(Refusal):
        await asterisk.ask(action, Channel=channel.name, **fields)


def _told(call_id: str, legs: Sequence[Leg]) -> LiveCall | Unread:
    return call_told(call_id, [leg.channel for leg in legs], list(_recordings(legs)))


def _recordings(legs: Sequence[Leg]) -> Iterator[str]:
    seen = dict.fromkeys(file for leg in legs for file in leg.files)
    return (one for one in seen if one.rpartition(".")[2].lower() in MEDIA_TYPES)


def _ours(leg: Leg) -> bool:
    return bool(leg.channel.get(OPERATOR) or leg.monitors or leg.files)


def _unclocked(leg: Leg) -> bool:
    return leg.elsewhere or any(one.rpartition(".")[2] != CLOCKED for one in leg.files)
