"""The sample company's public randomness beacon: by the company's clock it publishes a round every three seconds,
signed with a key that is public.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from handlers.policy import Policy
from handlers.policy.terms import Beacon
from handlers.rules.draw_file import load_library, message_of, published_at, round_randomness

PATH = "/rehearsal/beacon"
SECRET = 20261130
CHAIN = Beacon(
    chain="f17e" * 16,
    public_key=(
        "96a3a7b8006638c859d15ba63cf551348845bade6a9ca5b3b977e39ae6b88603fa2fb691d6520e56b148fa369041400c"
        "143e64368f1cd145c2d9313a3d2de45a681ff8d95f67edffee21363fa4c76ce45b3e522ffbd5d811eee208a8dea30942"
    ),
    genesis=1577836800, period=3,
)  # fmt: skip
"""Only for rehearsals: anyone who reads this file can sign with it."""


def with_sample_beacon(policy: Policy) -> Policy:
    """Return the policy with this beacon in place of the company's."""
    review = policy.random_review.model_copy(update={"beacon": CHAIN})
    return policy.model_copy(update={"random_review": review})


def sign(secret: int, number: int) -> str:
    """Return a round of the beacon with this secret."""
    load_library()
    from py_ecc.bls.point_compression import compress_G1
    from py_ecc.optimized_bls12_381.optimized_curve import multiply

    return f"{compress_G1(multiply(message_of(number), secret)):096x}"


class SampleBeacon:
    """A beacon by the company's clock `now`. For tests, `fault` makes it `silent`, `forged`, `wrong_round` or
    `unreadable`.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now, self.fault = now, ""

    def routes(self) -> list[web.RouteDef]:
        """Where it serves its rounds, as drand's relays do."""
        return [web.get(PATH + "/{chain}/public/{round:[0-9]{1,12}}", self._round)]

    async def _round(self, request: web.Request) -> web.Response:
        number = int(request.match_info["round"])
        if request.match_info["chain"] != CHAIN.chain or not number or published_at(CHAIN, number) > self.now():
            raise web.HTTPNotFound
        if self.fault == "silent":
            raise web.HTTPServiceUnavailable
        told = number + 1 if self.fault == "wrong_round" else number
        signature = await asyncio.to_thread(sign, SECRET + (self.fault == "forged"), told)
        if self.fault == "unreadable":
            return web.Response(text="<html>")
        return web.json_response(
            {"round": told, "randomness": round_randomness(signature).hex(), "signature": signature}
        )
