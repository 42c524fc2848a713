"""Handlers: what a person or the clock can ask for. A handler is called to ask for it; only the door runs it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from inspect import Signature, signature
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from handlers.acting import Context, Result
from storage.prefetch import Prefetch

P = ParamSpec("P")
R = TypeVar("R")

HANDLERS: list[Handler[..., Any]] = []
"""Every handler."""


@dataclass(slots=True, eq=False)
class Handler(Generic[P, R]):
    """A function that does one thing within a transaction, and its name and clause in the audit log.

    Calling it does nothing yet: `door.enter(approve(request, seen=2), who)` does. `do` is the function itself. `about` is the parameter
    that the log names as the subject, or makes the subject from the parameters. `prefetch` is what the function will look at, from
    who asks and the parameters, where that is worth reading for several at once. Of one that is `private` the audit log and the
    keys of what was done hold nothing: its room keeps a log of its own (P13).
    """

    do: Callable[Concatenate[Context, P], Result[R]]
    action: str
    clause: str = ""
    about: str | Callable[..., str] = ""
    private: bool = False
    prefetch: Callable[..., Prefetch | None] | None = None
    takes: Signature = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Raises `ValueError` for a subject that is no parameter."""
        _, *parameters = signature(self.do).parameters.values()
        self.takes = Signature(parameters)
        if isinstance(self.about, str) and self.about and self.about not in self.takes.parameters:
            raise ValueError(f"{self.action} is about {self.about}, and takes no such parameter")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Intent[R]:
        """What to hand to the door."""
        bound = self.takes.bind(*args, **kwargs)
        bound.apply_defaults()
        return Intent(self, bound.arguments)


@dataclass(frozen=True, slots=True)
class Intent(Generic[R]):
    """Something that a person or the clock wants done: a handler, and what it is given. `R` is what the caller gets back."""

    handler: Handler[..., R]
    given: Mapping[str, Any] = field(repr=False)

    @property
    def action(self) -> str:
        """Its name in the audit log."""
        return self.handler.action

    @property
    def subject(self) -> str:
        """What it is about, for the audit log: an id."""
        about = self.handler.about
        if callable(about):
            return about(**self.given)
        return str(self.given[about]) if about else ""

    def prefetch(self, person_id: int | None, named: Collection[str]) -> Prefetch | None:
        """What its handler will look at, where that is worth reading for several at once; `named` are those of the policy."""
        return self.handler.prefetch(person_id, named=named, **self.given) if self.handler.prefetch else None

    def do(self, ctx: Context) -> Result[R]:
        """Run the handler; nobody but the door does."""
        return self.handler.do(ctx, **self.given)


def handler(
    action: str, *, clause: str = "", about: str | Callable[..., str] = "", private: bool = False,
    prefetch: Callable[..., Prefetch | None] | None = None,
) -> Callable[[Callable[Concatenate[Context, P], Result[R]]], Handler[P, R]]:  # fmt: skip
    """Make a function of a `Context` a handler; see `Handler`."""

    def made(do: Callable[Concatenate[Context, P], Result[R]]) -> Handler[P, R]:
        found = Handler(do, action, clause, about, private, prefetch)
        HANDLERS.append(found)
        return found

    return made
