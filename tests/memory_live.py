"""Calls in progress in a call recording system in memory, with everything such a system may do wrong."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.ports import Absent, LiveCall, Unavailable, UnreadableCall

State = Literal["recording", "stopped"]


@dataclass(slots=True)
class Leg:
    """One leg of a call. `obeys` says whether it does what it is asked, `says` what the system claims it did."""

    name: str
    state: State = "recording"
    obeys: bool = True
    says: State | None = None


@dataclass(slots=True)
class Ringing:
    """A live call and its legs."""

    call: LiveCall
    legs: list[Leg] = field(default_factory=lambda: [Leg("both sides")])


class LiveMemory:
    """The live calls: added by `ring`, removed by `hang_up`; while `outage` is set, everything raises it."""

    outage: Unavailable | None

    def __init__(self) -> None:
        self.calls: dict[str, Ringing] = {}

    def ring(self, call: LiveCall, *legs: Leg) -> Ringing:
        """Begin a call."""
        ringing = self.calls[call.call_id] = Ringing(call, list(legs) or [Leg("both sides")])
        return ringing

    def hang_up(self, call_id: str) -> None:
        """End it."""
        del self.calls[call_id]

    async def live(self) -> Sequence[LiveCall | UnreadableCall]:
        self._reach()
        return [replace(one.call) for one in self.calls.values()]

    async def stop(self, call_id: str) -> None:
        for leg in self._ringing(call_id).legs:
            if leg.obeys:
                leg.state = "stopped"

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        legs = self._ringing(call_id).legs
        return tuple(one.name for one in legs if "recording" in (one.state, one.says))

    def _ringing(self, call_id: str) -> Ringing:
        self._reach()
        if call_id not in self.calls:
            raise Absent(call_id)
        return self.calls[call_id]

    def _reach(self) -> None:
        if self.outage:
            raise self.outage
