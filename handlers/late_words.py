"""Why calls that should be gone are still there, and what keeps others past their moment, in words for people (P12)."""

from __future__ import annotations

from collections.abc import Mapping

TROUBLE: Mapping[str, str] = {
    "": "{they_are} next in turn",
    "unavailable": "the recording system did not answer",
    "held": "the recording system keeps its own hold on {them}",
    "retained": "the recording system keeps {them} for a time that was set when {they_were} stored, and nobody can end that sooner",
    "changed": "the file there is not the one that was to go, so nothing was deleted",
    "absent": "the recording system does not show {them} any more, and is asked once more before that is believed",
    "left": "something was still found after {they} had been deleted",
}
"""Why closed calls still have their audio; `trouble` says it of a number of them."""
ONE = {"they": "it", "they_are": "it is", "they_were": "it was", "them": "it", "their": "its"}
MANY = {"they": "they", "they_are": "they are", "they_were": "they were", "them": "them", "their": "their"}
BY: Mapping[str, str] = {
    "hold": "by a hold",
    "request": "by an open request, for that request alone",
    "copy": "for a customer’s copy, until it was fetched",
}
"""What keeps a call past its moment."""


def trouble(why: str, number: int) -> str:
    """Why so many calls are still there."""
    return TROUBLE.get(why, why).format(**(ONE if number == 1 else MANY))
