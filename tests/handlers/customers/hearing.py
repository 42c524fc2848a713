"""What a customer's browser wants and is told, for the tests of what it may have."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.acting import WEB, Intent
from handlers.customers.serving import serve
from handlers.rules.refusal import Refused
from tests.handlers.builders import refusal
from tests.handlers.customers.builders import Sent
from tests.handlers.reading import looking


async def refused(one: Sent, link: str = "", secret: str | None = None) -> str:
    names = link or one.link, one.secret if secret is None else secret
    with pytest.raises(Refused) as told:
        await looking(one.company, WEB, lambda act: serve(act, *names))
    return told.value.code


async def states(one: Sent) -> list[str]:
    """How each call stands."""
    return [call.state for call in (await one.serving()).calls]


async def do(one: Sent, kind: Any, *about: Any, **more: Any) -> None:
    wanted: Intent[None] = kind(*one.names, *about, **more)
    await one.company.door.enter(wanted, WEB)


async def why(one: Sent, kind: Any, *about: Any) -> tuple[str, str]:
    told = await refusal(one.company, kind(*one.names, *about), WEB)
    return str(told), told.code
