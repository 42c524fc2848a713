"""First homes, as two roles are greeted on them."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.cards import Actions, Button, Card, Sign, Small, Title
from handlers.first_steps import told
from tests.golden.requests import POLICY

_REST = (
    Actions((Button("breach_report", "Report in confidence", ""),)),
    Small("P7 · P9 · Every listen is logged.", apart=True),
)


def _home(who: str) -> Card:
    title = Title(Sign.NOTE, "Call recordings", "nothing needs you")
    return Card((title, *told(POLICY, f"{who}@fernhill.example"), *_REST), "Your call recordings at a glance.")


CARDS: Mapping[str, Card] = {"home-first-staff": _home("anna.quill"), "home-first-approver": _home("tara.lindqvist")}
