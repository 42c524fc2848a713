"""What all that is wanted of confidential reports has in common: no other log holds any of it (P13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from handlers.acting import Intent

R = TypeVar("R")


@dataclass(frozen=True)
class Confidential(Intent[R], Generic[R]):
    """All of them: whoever may not know of a report is answered as if there were none."""

    clause: ClassVar[str] = "P13"
    private: ClassVar[bool] = True


@dataclass(frozen=True)
class Within(Confidential[R], Generic[R]):
    """Something that is wanted on the page of a report, under a session of it; raises `Refused` once that is over."""

    report: str
    session: str

    @property
    def subject(self) -> str:
        return self.report
