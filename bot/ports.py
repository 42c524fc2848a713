"""The three ports to the outside, as small protocols: a chat, a call recording system, a mail server; and what they exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, Protocol

from handlers.cards import Card, Filled, Sheet
from handlers.rules.identity import Standing

Direction = Literal["incoming", "outgoing"]
Support = Literal["native", "emulated", "manual", "none"]
"""Who can do something: the recording system itself, the bot in its place, a person working in it, or no one."""
NOTHING: Mapping[str, str] = MappingProxyType({})


class Unavailable(Exception):
    """The outside failed and may work later: the work is tried again, then an alarm is raised.

    `code` is the platform's own word for it. `outage`: no one can be reached at all (a revoked token). `retry_after` is
    in seconds. `tried` is False if the platform wasn't even asked, since it had asked for a pause. `answer` is a mail
    server's.
    """

    def __init__(
        self, code: str, *, outage: bool = False, retry_after: float | None = None, tried: bool = True, answer: str = ""
    ) -> None:
        super().__init__(code)
        self.code = code
        self.outage = outage
        self.retry_after = retry_after
        self.tried = tried
        self.answer = answer


class PageOpen(Exception):
    """The reader has a page open in place of the card's message, so the card is drawn again once that page is closed."""


NOT_INSTALLED = "not_installed"


class Unreachable(Exception):
    """This person can't be reached (left, blocked, unknown), and trying again won't help.

    `code` is the platform's, or `NOT_INSTALLED` if a bot reaches only people who have added it. `blocked`: send nothing
    until the person is heard of again.
    """

    def __init__(self, code: str, *, blocked: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.blocked = blocked


class Absent(LookupError):
    """There is no such recording, or no such message (never said for a time-out or a refusal)."""


class Changed(Absent):
    """The recording is not the one that was opened, or asked for: another has its name by now."""


class HeldBySystem(Exception):
    """The recording system itself keeps the recording and refuses to delete it; `words` are its own reason.

    `until` (aware) is when that ends, if the end was fixed when the recording was stored and can't be lifted.
    """

    def __init__(self, words: str, until: datetime | None = None) -> None:
        super().__init__(words)
        self.words, self.until = words, until


@dataclass(frozen=True, slots=True)
class Address:
    """An account on a chat platform, and what the platform wants to be told (in its own words) to reach it.

    `reply` takes an answer to something just pressed, also while the platform is ill; empty where there is none.
    """

    account_id: str
    reference: dict[str, Any] = field(default_factory=dict)
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One account on a chat platform, as the platform describes it now; `zone` is an IANA name, or empty where it tells none."""

    account_id: str
    email: str
    name: str
    zone: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Posted:
    """A platform's reference to a message that was posted."""

    conversation: str
    message: str


ResponseListener = Callable[[str, Mapping[str, str]], None]
"""Called with the host and the headers of each HTTP response; the trusted clock reads the dates in them."""


def ignore_response(host: str, headers: Mapping[str, str]) -> None:
    """Ignore the headers; for callers without a clock."""


class Chat(Protocol):
    """One chat platform. Every method raises `Unavailable`; those that name a person raise `Unreachable` as well."""

    platform: str

    async def profile(self, to: Address) -> Profile:
        """Return who this account is; `Unreachable` when the platform knows no such account."""

    async def knock(self, to: Address) -> Profile:
        """Return who this account is and check, without sending anything, that it can be written to.

        Raises `Unreachable`, with `NOT_INSTALLED` or `blocked` if only the way to it is missing.
        """

    async def find(self, email: str) -> Profile:
        """Return the account with this address; `Unreachable` when there is none, or when the platform can't be asked
        that way.
        """

    async def post(self, to: Address, card: Card, zone: str, under: Posted | None = None) -> Posted:
        """Post a card to the person's private conversation with the bot; times are drawn for `zone` (IANA).

        If the platform can, it is an answer to the message posted `under` that reference, and as visible as any other;
        otherwise, or if that message is gone, it is a message of its own.
        """

    async def redraw(self, to: Address, posted: Posted, card: Card, zone: str) -> None:
        """Replace a card that was posted to this account; raises `Absent` when the message is gone."""

    async def whisper(self, to: Address, words: str) -> None:
        """Say something that only this person sees and that need not last."""

    async def home(self, to: Address, card: Card, zone: str, posted: Posted | None = None) -> Posted | None:
        """Show the person's home: a place of its own, or a message. A message is `posted` already, or now and returned."""

    async def form(self, to: Address, sheet: Sheet, filled: Filled) -> None:
        """Post a form as a message; `Unreachable` where forms are dialogs only."""

    async def greet(self) -> None:
        """Find out whether the platform lets us in; raises `Unavailable` in its words when not."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A recording as its system describes it; `started` is aware, `duration` in seconds.

    `caller` is E.164 or empty when withheld; `stamp` changes whenever the metadata or the audio does. `modified` (aware) is when
    the audio was last written, where the system tells.
    """

    native_id: str
    line: str
    direction: Direction
    caller: str
    operator_name: str
    operator_email: str
    department: str
    started: datetime
    duration: float
    crm: str
    media_type: str
    size: int
    stamp: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A recording that can't be registered: which file, which field, what is wrong, and how to fix it.

    `sentence` is for people, `why` a word. `stamp` is as in `Sighting`, empty for what isn't a file (a folder that
    can't be opened). `size` is in bytes, and `modified` (aware) is when its audio was last written, if the system says
    so.
    """

    native_id: str
    sentence: str
    why: str = "metadata"
    stamp: str = ""
    size: int = 0
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """A recording that was known and is no longer shown; where it is only `hidden`, its audio can still be recovered."""

    native_id: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class LookFinished:
    """The last thing that a look reports: it ended well, and everything it found was reported before this.

    `cursor` is where the next look may begin. Only the recorder that made it can read it, and it lasts no longer than
    the program.
    """

    cursor: object


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a recording system can do of what the policy asks for, and what a certificate says of it.

    `delete` says who deletes a recording. `hold` says whether the system itself keeps what is held (`emulated`: only
    our register does, and others may delete it there). `live` says whether a call's recording can be stopped from here
    and checked. `how` says how it deletes, and `unseen` what none of our looks can see, both in whole sentences:
    “Copies in backups of this folder, and …”. The system itself keeps everything for `days`, if that is known.
    """

    delete: Support
    hold: Support
    how: str
    unseen: str
    live: Support = "none"
    days: int = 0


@dataclass(frozen=True, slots=True)
class Sought:
    """A recording of which a look after deleting should find nothing.

    `size` is bytes of the audio, 0 where unknown; `audio` the SHA-256 of the audio in hex, empty where it was never read.
    Without both, copies under other names are not found.
    """

    native_id: str
    size: int
    audio: str


class KnownCalls(Protocol):
    """What the register has of one recording system, without the calls that are gone.

    A recorder compares with it, in pieces, since it may be a million calls.
    """

    async def folders(self) -> Mapping[str, int]:
        """Return how many calls lie directly in each folder; `""` is the top folder."""

    async def within(self, folders: Collection[str]) -> Mapping[str, str]:
        """Return native id → stamp of the calls directly in these folders."""

    async def ever(self, names: Collection[str]) -> Collection[str]:
        """Return those of these native ids that the register has now or ever had."""


class Audio(Protocol):
    """The audio of one recording."""

    @property
    def media_type(self) -> str:
        """Such as audio/mpeg."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def stamp(self) -> str:
        """The recording's `Sighting.stamp` at the moment when it was opened."""

    async def read(self, start: int, end: int) -> bytes:
        """Return bytes of the half-open range; raises `Absent` if the audio is gone, `Changed` if it is another one."""


class LiveCalls(Protocol):
    """Calls that are in progress. Each method raises `Unavailable`, all but `live` `Absent` where the call is certainly over.

    A normal return is only the system's OK; `still` is the proof. Asking twice does no more than asking once. What was
    recorded so far is deleted by `Recorder.delete` and checked by `Recorder.look`, like any other recording.
    """

    async def live(self) -> Sequence[LiveCall | UnreadableCall]:
        """Return all calls in progress; what is said of a call stays the same, except that `recordings` may grow."""

    async def stop(self, call_id: str) -> None:
        """Ask the system to record no more of this call, on any leg (a side that is recorded by itself), for good."""

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        """Return the legs that are still being recorded, named for a person; empty if there is certainly none.

        It checks otherwise than `stop` asks, in two ways at once: what the system says of each leg, and whether audio grows.
        Takes some seconds, ten at most. `also` are native ids to watch even though no leg has them any more. Raises
        `Unavailable` if it could not look at every leg.
        """


class Recorder(LiveCalls, Protocol):
    """A call recording system: its recordings, and the calls that go on now."""

    def changes(
        self, known: KnownCalls, since: object = None, watched: Mapping[str, str] = NOTHING
    ) -> AsyncIterator[Sighting | Problem | Gone | LookFinished]:
        """Yield what is new, changed or gone against `known`, and finally `LookFinished`; raises `Unavailable`, then without
        `LookFinished`.

        Unchanged calls aren't reported; a `Problem` is reported in each look as long as it exists. With `since`, the
        cursor of an earlier look whose findings are all stored, it needn't look at everything again: changes that leave
        no trace are found within an hour. Those in `watched` (native id → the stored stamp, or none) are looked at each
        time.
        """

    async def audio(self, native_id: str) -> Audio:
        """Open the audio, even if it is only hidden (by a delete marker); raises `Absent` or `Unavailable`."""

    def capabilities(self) -> Capabilities:
        """Return what it can do, and what a certificate says of it."""

    async def delete(self, native_id: str, stamp: str) -> None:
        """Ask for the recording with this stamp to be deleted: the audio, the metadata beside it, all versions of both.

        Deleting what is not there is fine. A normal return is only the system's OK; `look` is the proof. Raises `Changed`,
        and deletes nothing, where another recording has this name by now; `HeldBySystem`; and
        `Unavailable`, saying what is left and why.
        """

    async def look(self, sought: Collection[Sought]) -> Mapping[str, tuple[str, ...]]:
        """Return the names of what is left of each recording, by native id; an empty tuple if nothing is.

        It searches otherwise than `delete` and `changes` do, and finds copies under other names too. All or nothing: raises
        `Unavailable` if it could not look everywhere.
        """

    async def hold(self, native_id: str, case: str) -> None:
        """Keep it for a case; each case counts once, however often it is asked. Raises `Absent` or `Unavailable`."""

    async def release(self, native_id: str, case: str) -> None:
        """End the hold of one case only; releasing what is not held is fine. Raises `Unavailable`."""

    async def check(self) -> str:
        """Return a sentence that says it works and how much it holds; raises `Unavailable` with one that says why not."""


UNLISTED_LEG = "a leg that the phone system no longer lists"
"""The name of a leg that is still recorded, although the system no longer lists it."""


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A live call as its system describes it; `started` is aware, `line` and `caller` as in a `Sighting`.

    `call_id` is its name for the call with all its legs, from the first second to the last. `recordings` are the native
    ids of its recordings, now or once they are registered: one for each leg that is recorded separately.
    """

    call_id: str
    line: str
    direction: Literal["incoming", "outgoing"]
    caller: str
    operator_email: str
    started: datetime
    recordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnreadableCall:
    """A live call that the system describes too poorly to use; `sentence` tells the operator why."""

    call_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one address, ready to go out, as plain text and as HTML that say the same.

    `message_id` is that of RFC 5322, with its angle brackets: the same whenever this letter is sent again, so that anyone who gets
    it twice has it once.
    """

    to: str = field(repr=False)
    subject: str = field(repr=False)
    plain: str = field(repr=False)
    html: str = field(repr=False)
    message_id: str


class LetterRefused(Exception):
    """The mail server refused this letter for good: it wasn't delivered, and trying again won't help.

    `code` is a word of ours (`smtp_550`; `address` if mail can't be written to such an address at all), `answer` what
    the server said, without an address in it.
    """

    def __init__(self, code: str, answer: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.answer = answer


class OutcomeUnknown(Exception):
    """The letter was given to the mail server, but its answer never came: the letter may be on its way.

    `code` says what cut the answer off: `no_connection`, `timeout`, `stopped`, `unreadable_answer`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Mailer(Protocol):
    """A way to send letters. Its exceptions say what became of the letter, and never more than is known.

    `Unavailable`: nothing was accepted, and it may work later; a server that rejects our login or all our mail is an
    `outage`. `LetterRefused`: refused for good. `OutcomeUnknown`: it may have been accepted. If cancelled, it raises `Unavailable`
    or `OutcomeUnknown` as well (`stopped`), so that a stop can record which.
    """

    async def send(self, letter: Letter) -> str:
        """Hand the letter over once; return the server's answer (code and words, without an address)."""

    async def examine(self) -> None:
        """Connect, greet, encrypt, log in and name the sender, as for a letter, but send none."""


def lost_metadata(now: str, was: str) -> bool:
    """Return True if both stamps are of the same audio and only its metadata is gone.

    A stamp is `audio.metadata`, with more behind it.
    """
    audio, metadata, *_ = (*was.split("."), "")
    return bool(metadata) and now.split(".")[:2] == [audio, ""]
