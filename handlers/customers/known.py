"""What is known of a customer's request, sealed as one document with the request's own key (P8)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from handlers.unseen import Unseen


class Receipt(Unseen):
    """That somebody of the company was asked, `at` a moment, as `by` (a person's id) wrote it down at `told_at`.

    `day` is the one that was written down, which is another one elsewhere. `timed`: they said at what time; else `at` is the
    earliest moment that counts of that day.
    """

    at: AwareDatetime
    told_at: AwareDatetime
    by: int
    day: date | None = None
    timed: bool = True


class Identified(Unseen):
    """How it was checked who asks: by a key of `customers.identity_checks`, never the document itself; `seen_on` is its day."""

    check: str
    seen_on: date
    by: int
    at: AwareDatetime


class Rung(Unseen):
    """A number to which a passcode was read; `on_call`: it stands on one of the calls. `allowed_by`: the Head, for another one."""

    number: str
    on_call: bool
    by: int
    at: AwareDatetime
    allowed_by: int | None = None


class Remarked(Unseen):
    """Somebody's words about it. `kind`: question, answer, note, withdrawn, late, another_voice, asked_number, allowed_number."""

    kind: str
    by: int
    at: AwareDatetime
    words: str


class Known(Unseen):
    """All that is known beside the columns of the row.

    `name` is whom the letter speaks to. `number` (E.164) is where all calls with a number are meant. `said` is what they told
    about the call, `authority` the kind and day of a letter. `allowed_numbers` were allowed by the Head for a passcode.
    `addressed_by` is everybody who ever entered an address, by id. `shared`: the register showed a number of these calls under several CRM references.
    """

    name: str
    said: str = ""
    number: str = ""
    authority: str = ""
    address: str = ""
    addressed_by: list[int] = Field(default_factory=list)
    receipts: list[Receipt]
    identified: Identified | None = None
    remarks: list[Remarked] = Field(default_factory=list)
    rung: list[Rung] = Field(default_factory=list)
    allowed_numbers: dict[str, int] = Field(default_factory=dict)
    shared: bool = False

    def confirmed(self) -> str:
        """All that whoever releases it confirms or goes by, in one writing; what was said back and forth has no part in it."""
        return self.model_dump_json(exclude={"remarks", "rung", "allowed_numbers"})

    def number_asked(self) -> Remarked | None:
        """The last number that the Head was asked for, unless one was allowed since."""
        found = [one for one in self.remarks if one.kind in ("asked_number", "allowed_number")]
        return found[-1] if found and found[-1].kind == "asked_number" else None

    def first(self) -> Receipt:
        """By which the company was asked first; of several at one moment one that has its time."""
        return min(self.receipts, key=lambda one: (one.at, not one.timed))

    def first_asked(self) -> datetime:
        """The earliest moment at which anybody of the company was asked."""
        return self.first().at

    def asked_on(self, zone: ZoneInfo) -> date:
        """The day of that moment as it was written down; where that is not known, in this zone."""
        first = self.first()
        return first.day or first.at.astimezone(zone).date()

    def writers(self) -> tuple[int, ...]:
        """Everybody who wrote something of it down, by id."""
        wrote = (*(one.by for one in self.receipts), *(one.by for one in self.remarks), *(one.by for one in self.rung))
        return (
            *wrote,
            *self.addressed_by,
            *((self.identified.by,) if self.identified else ()),
            *self.allowed_numbers.values(),
        )
