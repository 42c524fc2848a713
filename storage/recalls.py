"""Erasures that a restored database knows nothing of, and the journal does (P12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from storage.pages import pages
from storage.sessions import append
from storage.tables.erasures import Recalled


class Recalls:
    """Queries and changes about what the journal brought back to mind, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def any(self) -> bool:
        """Whether there is anything that only the journal knew."""
        return self.session.scalar(select(exists().where(Recalled.mark != ""))) or False

    def remember(self, told: Mapping[str, str]) -> int:
        """Erasures by the keyed mark of their call; how many marks were new."""
        new = told.keys() - self.known(told)
        for mark in new:
            append(self.session, Recalled, {"mark": mark, "erasure": told[mark]})
        return len(new)

    def known(self, marks: Iterable[str]) -> set[str]:
        """Those of the marks that are of an erased call."""
        found = set[str]()
        for some in pages(sorted(marks)):
            found.update(self.session.scalars(select(Recalled.mark).where(Recalled.mark.in_(some))))
        return found
