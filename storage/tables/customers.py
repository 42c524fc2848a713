"""The tables of customers' requests for their own calls (P8).

All that names a person is sealed with the request's own key.
"""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, synonym

from storage.columns import foreign_key, in_body, new_salt, partial_index
from storage.marks import Marked
from storage.records import Matter, Record

ALIVE = ("live", "locked")
"""States of a link that may still be used: a locked one is open again with another passcode."""
UNOPENED = "link IN ('live', 'locked') AND opened_at IS NULL"
"""SQL that selects the links that haven't been opened yet."""


class CustomerRequest(Matter, kw_only=True):
    """A customer's request (P8).

    `state`: waiting or stuck until it is decided; then sending, unknown (the server took the text but didn't confirm
    it), answered, or withdrawn. `asker`: customer, authority, relative, operator, former. `outcome`: released, refused
    (`refusal` says why, by the policy's key). `received_at` is when anyone at the company was first asked, from which
    `due_at` is counted; `answered_at` is the mail server's acceptance. `missed_at`: the deadline passed unanswered,
    which stays. `same` is a keyed mark of who asks for what, which recognises it. `sealed` is all else that is known.
    """

    __mapper_args__ = {"polymorphic_identity": "customer"}  # noqa: RUF012
    same: Mapped[str] = synonym("found_by")
    filed_by: Mapped[int] = synonym("begun_by")
    asker: str = in_body()
    received_at: datetime = in_body()
    salt: str = in_body(default_factory=new_salt)
    outcome: str = in_body(default="")
    refusal: str = in_body(default="")
    decided_as: str = in_body(default="")
    decided_at: datetime | None = in_body(default=None)
    answered_at: datetime | None = in_body(default=None)
    missed_at: datetime | None = in_body(default=None)


class CustomerLetter(Marked, Record):
    """A letter to a customer, and the link in it; a refusal has none (`link` is empty).

    `sealed`: the recipient and the words, by the request's key. `state`: waiting, sending (collected; a crash now
    leaves it unknown), unknown, accepted, refused, dropped. `answer` is the server's or the network's word for the last
    outcome, without an address. `link`: live, locked, withdrawn, wrong_address, bounced, ended. Its `code`, its
    `passcode` and the `session` of the last browser let in are kept as keyed marks. `gives`: copy, or listen.
    `passcodes` were made so far, `tries` failed with the one in force. `opened_at` is when it was first opened,
    `fetched_at` when all was downloaded or heard to its end.
    """

    __tablename__ = "customer_letters"
    __table_args__ = (
        Index("customer_letters_due", "state", "next_at"),
        partial_index("customer_letters_unopened", UNOPENED, "matter_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    matter_id: Mapped[str] = mapped_column(foreign_key("matters.id"), index=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    next_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    link: Mapped[str] = mapped_column(default="")
    code: Mapped[str | None] = mapped_column(unique=True, default=None)
    gives: Mapped[str] = mapped_column(default="")
    passcode: Mapped[str] = mapped_column(default="")
    passcodes: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    session: Mapped[str] = mapped_column(default="")
    session_ends_at: Mapped[datetime | None] = mapped_column(default=None)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    fetched_at: Mapped[datetime | None] = mapped_column(default=None)

    def in_force(self, now: datetime) -> bool:
        """Return True if its link may still be used, locked or not."""
        return self.link in ALIVE and now < self.ends_at
