"""Ten thousand tokens that nobody signed for us, and bodies that Microsoft didn't write."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.teams.keys import LOOKS
from bot.teams.tokens import Forged, Verifier

from .keys import (
    APP_ID,
    FIRST,
    SERVICE_URL,
    STRANGER,
    TENANT,
    KeyServer,
    accepted,
    activity,
    claims,
    refusal,
    unsigned,
)  # fmt: skip


def mutated(token: str, chance: Random) -> str:
    """One to three characters of a genuine token changed, added or lost."""
    letters = list(token)
    for _ in range(chance.randint(1, 3)):
        spot = chance.randrange(len(letters))
        new = chance.choice("ABCXYZabcxyz0189-_.=+/ \n\té")
        letters[spot : spot + chance.randint(0, 1)] = [new] if chance.random() < 0.8 else []
    return "".join(letters)


def shuffled(genuine: list[str], chance: Random) -> str:
    """The parts of several genuine tokens, put together anew."""
    parts = [chance.choice(genuine).split(".") for _ in range(3)]
    return ".".join(part[index] for index, part in enumerate(parts))


def made_up(chance: Random) -> str:
    """Plausible headers and claims with a signature that is none."""
    algorithm: Any = chance.choice(["RS256", "none", "HS256", "ES256", "RS512", None, 1, {}])
    header: Any = {"alg": algorithm, "kid": chance.choice(["first", "second", "", None, 5, [], "../first"])}
    wrong: Any = chance.choice([None, 0, "", [], {}])
    name = chance.choice(["iss", "aud", "exp", "nbf", "serviceurl", "x"])
    said = claims() | {name: wrong}
    return unsigned(chance.choice([header, header, [], 1, "x"]), said, chance.randbytes(chance.choice([0, 1, 32, 256])))


def signed_for_another(chance: Random) -> str:
    """Microsoft's own signature over a claim that isn't ours, or our claims under a stranger's."""
    wrong: Any = chance.choice(["", "https://evil.example", chance.random(), -1, [APP_ID], {"a": 1}, None])
    name = chance.choice(["iss", "aud", "exp", "serviceurl"])
    signer, said = chance.choice([(FIRST, claims(**{name: wrong})), (STRANGER, claims())])
    body = json.dumps(said).encode()
    return jwt.PyJWS().encode(body, signer.private, algorithm="RS256", headers={"kid": "first"})


def noise(chance: Random) -> str:
    return "".join(
        chr(chance.choice([chance.randrange(32, 127), chance.randrange(0, 0xFFFF)]))
        for _ in range(chance.randint(0, 200))
    )


@pytest.mark.soak
async def test_of_ten_thousand_generated_tokens_none_is_accepted_and_none_breaks_anything(
    verifier: Verifier, server: KeyServer
) -> None:
    chance = Random(20261124)
    genuine = [FIRST.token(claims(jti=str(one))) for one in range(20)]
    assert await accepted(verifier, genuine[0])
    tried = 0
    while tried < 10_000:
        kind = chance.random()
        token = (
            mutated(chance.choice(genuine), chance) if kind < 0.45 else shuffled(genuine, chance) if kind < 0.6
            else made_up(chance) if kind < 0.8 else signed_for_another(chance) if kind < 0.9 else noise(chance)
        )  # fmt: skip
        if token not in genuine:
            tried += 1
            assert (await refusal(verifier, token))[0] in (401, 403)
    assert server.looks <= LOOKS
    assert await accepted(verifier, genuine[-1])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(TENANT),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["tenant", "id", "tenantId", "x"]) | st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
ACTIVITY = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("channelId", "serviceUrl", "channelData", "conversation", "type"), JSON)
)


@pytest.mark.soak
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(told=ACTIVITY)
async def test_whatever_shape_the_activity_has_it_is_turned_away_in_order(
    verifier: Verifier, told: dict[str, Any]
) -> None:
    """A genuine token beside a body that Microsoft didn't write: 403, never another error."""
    assert (await refusal(verifier, FIRST.token(), told))[0] == 403
    try:
        proved = await accepted(verifier, FIRST.token(), activity() | told)
    except Forged as error:
        assert error.status == 403
    else:
        assert (proved.tenant, proved.service_url) == (TENANT, SERVICE_URL)
        assert TENANT in json.dumps(told.get("channelData", TENANT)) + json.dumps(told.get("conversation", TENANT))
