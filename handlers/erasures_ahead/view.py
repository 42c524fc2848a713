"""The card of erasures ahead with all that belongs to it, read once (P12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.acting import Act
from handlers.matters.case import missed
from handlers.policy import Policy
from handlers.rules import routing
from handlers.rules.access import company_day
from handlers.rules.ahead import AheadCircumstances, windows
from handlers.rules.calls import mark
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from handlers.words import line_words
from storage.records import Alarm, Party, Person, Recording
from storage.tables.erasures import AheadCard, Keep, UnregisteredFile

GONE = "I can't find this card."


def mark_of(file: UnregisteredFile) -> str:
    """By which a press says how a file was when it was shown."""
    return mark(file.stamp)[:16]


@dataclass(frozen=True, slots=True)
class Stays:
    """What was decided to stay: how many there are, and the first calls and files of them."""

    number: int = 0
    calls: tuple[Recording, ...] = ()
    files: tuple[UnregisteredFile, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """The card as it stands at `now`.

    `ahead` counts calls by line, for each number of days, without those that a hold keeps past their moment (`held`); `kept` is what
    keeps closed calls; both as far as the reader may know of it; `paused` and `late` count by pause and by trouble. `outside` are calls on lines that the policy does not name, the first
    of `undecided` and then of `own`, which are those that the reader was on (by the operator's keys, `mine`) and may not decide; `zone` is the reader's, where it is known; `files` those that could not be registered, the first of `unregistered`; `stays` what was decided to stay. `alarm` is None: nobody is alarmed by it.
    """

    card: AheadCard
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    out: frozenset[str] = frozenset()
    ahead: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    kept: tuple[tuple[Keep, Recording], ...] = ()
    held: tuple[tuple[Keep, Recording], ...] = ()
    paused: Mapping[str, int] = field(default_factory=dict)
    late: Mapping[str, int] = field(default_factory=dict)
    undecided: int = 0
    own: int = 0
    mine: frozenset[str] = frozenset()
    zone: str = ""
    outside: tuple[Recording, ...] = ()
    unregistered: int = 0
    files: tuple[UnregisteredFile, ...] = ()
    stays: Stays = Stays()
    alarm: Alarm | None = None

    @property
    def matter(self) -> AheadCard:
        return self.card

    @property
    def what(self) -> str:
        return f"the card {self.card.id}"

    @property
    def clause(self) -> str:
        return "P12"

    @property
    def circumstances(self) -> AheadCircumstances:
        """What the rules of who has it need of it."""
        today = company_day(self.policy, self.now)
        return AheadCircumstances(policy=self.policy, today=today, unreachable=self.out | missed(self))

    def authority(self, person: Person) -> Authority:
        """By which role this person has it; raises `Refused` for anybody else."""
        found = routing.authority(self.circumstances, person.email_key, frozenset())
        if found is None:
            raise Refused(GONE, clause="P12", code="unknown")
        return found

    def heads(self, person: Person) -> bool:
        """Whether this person decides what only the Head does, now."""
        try:
            return self.authority(person).role == "head_of_customer_success"
        except Refused:
            return False

    def may_decide(self, call: Recording) -> bool:
        """Whether the reader, who is the Head, may decide about a call on no line of the policy: not where it is his or her own."""
        return call.operator_key not in self.mine

    def zone_for(self, call: Recording) -> str:
        """In which zone (IANA) a call's moment is told to the reader where no platform draws it."""
        return self.zone or line_words(call.line, self.policy)[1]

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card as of today."""
        return [one.person_id for one in self.parties if not one.unreachable and one.part == "copy"]


def load(act: Act, card_id: str) -> View:
    """Read a card with who has it; raises `Refused` when there is none."""
    card = act.store.ahead_cards.get(card_id)
    if card is None:
        raise Refused(GONE, code="unknown")
    return seen(act, card)


def seen(act: Act, card: AheadCard) -> View:
    """A card with who has it."""
    policy, parties = act.today, act.store.matters.parties(card.id)
    people = act.store.people.named(one.person_id for one in parties)
    return View(card, parties, people, policy, act.now, act.store.people.out_of_reach(policy.roles.everybody()))


def counted(act: Act, but: Collection[int] = ()) -> dict[int, dict[str, int]]:
    """How many calls have their moment within each number of days, by line, without those of `but`."""
    return {days: act.store.outlook.ahead(act.now, until, but) for days, until in windows(act.policy, act.now)}


def to_decide(act: Act, mine: Collection[str]) -> tuple[int, int, int]:
    """How much waits for the Head: calls, those of them that are the Head's own by these keys and left out, and files."""
    calls, own = act.store.ahead_cards.undecided(0)[0], act.store.ahead_cards.undecided_of(mine)
    return calls - own, own, act.store.unregistered.undecided(0)[0]


def until_when(act: Act) -> datetime:
    """Up to which moment the card looks ahead."""
    return max(until for _, until in windows(act.policy, act.now))


def worth_a_card(act: Act) -> bool:
    """Whether anything goes soon, waits or is late, or is to be decided.

    What is kept past its moment does not count, and what will be counts as what goes: not everybody who has the card may know of it.
    """
    outlook = act.store.outlook
    waits = outlook.paused(act.now) or outlook.late(late_since(act), act.now)
    return any(counted(act).values()) or bool(waits) or sum(to_decide(act, ())) > 0


def late_since(act: Act) -> datetime:
    """What was closed before this moment is late."""
    return act.now - timedelta(minutes=act.policy.retention.most_minutes_late)
