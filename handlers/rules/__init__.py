"""The policy as pure functions; and how each says no: one exception with sentences for the person who asked."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """The policy says no.

    `sentence` is shown to the person unchanged. `fields` maps the name of each form field at fault to its sentence.
    `clause` is the policy's clause, such as `P7`, if one applies. `code` is a word for the audit log, which holds no
    sentences because they may name people.
    """

    def __init__(self, sentence: str, field: str | None = None, clause: str | None = None, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.clause = clause
        self.code = code
        self.fields: dict[str, str] = {} if field is None else {field: sentence}

    @classmethod
    def at(cls, fields: Mapping[str, str], clause: str | None = None) -> Refused:
        """Refuse at one or more fields, each with its own sentence."""
        refused = cls(" ".join(fields.values()), clause=clause, code="form")
        refused.fields = dict(fields)
        return refused
