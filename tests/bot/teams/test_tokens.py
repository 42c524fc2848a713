"""What Microsoft signed for us is let in, and nothing else (issue 3, item 2; OWASP ASVS 9.1 and 9.2)."""

import base64
import json
from typing import Any

import jwt
import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.teams.tokens import HOSTS, LOOPBACK, Claims, Forged, Verifier
from tests.each import each

from .keys import (
    APP_ID,
    FIRST,
    ISSUER,
    NOW,
    SECOND,
    SERVICE_URL,
    TENANT,
    Clock,
    KeyServer,
    accepted,
    activity,
    claims,
    refusal,
    unsigned,
)  # fmt: skip


async def test_a_genuine_request_is_let_in_and_says_whose_it_is(verifier: Verifier) -> None:
    assert await accepted(verifier, FIRST.token()) == Claims(ISSUER, APP_ID, TENANT, SERVICE_URL)


@each("named", [SERVICE_URL, SERVICE_URL.rstrip("/"), SERVICE_URL.upper(), SERVICE_URL + "/"])
async def test_the_service_url_may_differ_in_case_and_in_its_last_slash(verifier: Verifier, named: str) -> None:
    token = FIRST.token(claims(serviceurl=named))
    assert (await accepted(verifier, token)).service_url == SERVICE_URL
    assert (await accepted(verifier, FIRST.token(), activity(serviceUrl=named))).service_url == named


@each("where", ["channelData", "conversation"])
async def test_either_place_may_name_the_tenant_alone(verifier: Verifier, where: str) -> None:
    assert await accepted(verifier, FIRST.token(), activity(**{where: None}))


@each(
    "said",
    [{"exp": int(NOW) - 300}, {"nbf": int(NOW) + 300}, {"iat": int(NOW) + 300}, {"nbf": None}, {"exp": NOW + 0.5}],
)
async def test_clocks_may_differ_by_five_minutes(verifier: Verifier, said: dict[str, Any]) -> None:
    assert await accepted(verifier, FIRST.token(claims(**said)))


async def test_a_client_on_this_machine_is_let_in_only_where_that_was_asked_for(
    server: KeyServer, http: ClientSession, clock: Clock
) -> None:
    here = "http://localhost:56150/_connector"
    token, told = FIRST.token(claims(serviceurl=here)), activity(serviceUrl=here)
    assert await refusal(Verifier(APP_ID, TENANT, server.url, http, clock), token, told) == (403, "service_url")
    assert await accepted(Verifier(APP_ID, TENANT, server.url, http, clock, HOSTS | LOOPBACK), token, told)


NO_TOKENS = (
    "Bearer", "Bearer ", "Bearer a.b", "Bearer a.b.c", "Bearer ..", "Bearer a.b.c.d", "Basic Zm9vOmJhcg==", "Bearer é.é.é",
    "Bearer \udcff.e30.e30", "Bearer " + "A" * 20_000 + ".e30.e30", "Bearer W10.e30.e30", "Bearer MQ.e30.e30",
)  # fmt: skip


@each("header", ["", *NO_TOKENS])
async def test_a_header_without_a_token_is_401(verifier: Verifier, server: KeyServer, header: str) -> None:
    with pytest.raises(Forged) as caught:
        await verifier.verify(header, activity())
    assert (caught.value.status, caught.value.why) == (401, "malformed" if header else "no_token")
    assert server.looks == 0


async def test_a_token_without_a_signature_is_401_and_costs_no_look(verifier: Verifier, server: KeyServer) -> None:
    for algorithm in ("none", "None", "NONE", "", None, 0, ["RS256"], "rs256"):
        assert (await refusal(verifier, unsigned({"alg": algorithm, "kid": "first"}, claims())))[0] == 401
    assert await refusal(verifier, unsigned({"kid": "first"}, claims())) == (401, "algorithm")
    assert server.looks == 0


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
async def test_a_public_key_is_no_secret_to_sign_with(verifier: Verifier) -> None:
    """The confusion of HS256 with RS256: the public key, used as the shared secret."""
    public = FIRST.private.public_key()
    for shape in (Encoding.DER, Encoding.PEM):
        secret = base64.b64encode(public.public_bytes(shape, PublicFormat.SubjectPublicKeyInfo))
        token = jwt.encode(claims(), secret, algorithm="HS256", headers={"kid": "first"})
        assert await refusal(verifier, token) == (401, "algorithm")
        forged = unsigned({"alg": "RS256", "kid": "first"}, claims(), secret[:256])
        assert await refusal(verifier, forged) == (401, "signature")


async def test_rs256_is_the_only_algorithm_and_a_token_names_its_key(verifier: Verifier) -> None:
    for algorithm in ("RS384", "RS512", "PS256"):
        token = jwt.encode(claims(), FIRST.private, algorithm=algorithm, headers={"kid": "first"})
        assert await refusal(verifier, token) == (401, "algorithm")
    for key_id in (None, ""):
        assert await refusal(verifier, FIRST.token(kid=key_id)) == (401, "no_key_id")


NOT_FOR_US: dict[str, dict[str, list[Any]]] = {
    "issuer": {"iss": ["https://login.microsoftonline.com/x/v2.0", ISSUER + "/", "https://api.botframework.us", None]},
    "audience": {"aud": ["another-app", None, [APP_ID, "another-app"], ""]},
    "expired": {"exp": [int(NOW) - 301]},
    "future": {"nbf": [int(NOW) + 301], "iat": [int(NOW) + 301]},
    "malformed": {
        "exp": [None, "tomorrow", True, float("nan"), float("inf"), 10**400],
        "nbf": ["yesterday", float("nan")],
    },
}
"""By why it is refused: claims, and what they say."""
NONSENSE = [b"", b"[]", b"1", b"null", b"{", b"\xff\xfe", b"[" * 9_000]


@each(
    ("body", "why"),
    [
        *((one, "malformed") for one in NONSENSE),
        *((json.dumps(claims(**{name: value})).encode(), why) for why, told in NOT_FOR_US.items() for name in told for value in told[name]),
    ],
)  # fmt: skip
async def test_a_genuine_signature_over_nonsense_or_for_another_bot_or_time_is_401(
    verifier: Verifier, body: bytes, why: str
) -> None:
    token = jwt.PyJWS().encode(body, FIRST.private, algorithm="RS256", headers={"kid": "first"})
    assert await refusal(verifier, token) == (401, why)


async def test_a_key_must_be_endorsed_for_teams(verifier: Verifier, server: KeyServer) -> None:
    server.keys = [FIRST.jwk(endorsements=["webchat"]), SECOND.jwk(endorsements="msteams")]
    assert await refusal(verifier, FIRST.token()) == (403, "endorsement")
    assert await refusal(verifier, SECOND.token()) == (403, "endorsement")


@each("channel", ["directline", "webchat", "emulator", "", None, 1])
async def test_another_channel_of_the_same_bot_is_403(verifier: Verifier, channel: object) -> None:
    """Direct Line and Web Chat let holders of their secret write any tenant and any person."""
    assert await refusal(verifier, FIRST.token(), activity(channelId=channel)) == (403, "channel")


ELSEWHERE = [
    "https://evil.example/", "http://smba.trafficmanager.net/au/", "https://evil.trafficmanager.net/au/",
    "https://smba.trafficmanager.net.evil.example/", "https://smba.trafficmanager.net@evil.example/",
    "https://smba.trafficmanager.net:8443/au/", "https://evil.example\\.botframework.com/", "https://evilbotframework.com",
    "https://botframework.com/", "https://evil.example/.botframework.com", "https://evil.example?.botframework.com",
    "https://evil.example#.botframework.com", "https://smba.trafficmanager.net/au/\n", "//smba.trafficmanager.net/au/",
    " https://smba.trafficmanager.net/au/", "https://smba.trafficmanager.net/%2e%2e/", "http://localhost/", "http://127.0.0.1/",
    "https://ſmba.trafficmanager.net/au/", "ftp://smba.trafficmanager.net/au/", "http://169.254.169.254/metadata",
]  # fmt: skip


@each("named", [None, "", 1, {}, "https://smba.trafficmanager.net/emea/", *ELSEWHERE])
async def test_our_answers_go_only_to_the_signed_host_on_the_list(verifier: Verifier, named: object) -> None:
    assert await refusal(verifier, FIRST.token(), activity(serviceUrl=named)) == (403, "service_url")
    assert await refusal(verifier, FIRST.token(claims(serviceurl=named))) == (403, "service_url")
    if named in ELSEWHERE:
        signed = FIRST.token(claims(serviceurl=named))
        assert await refusal(verifier, signed, activity(serviceUrl=named)) == (403, "service_url")


OTHER = "11111111-0000-0000-0000-000000000000"
NOT_OUR_COMPANY: list[dict[str, Any]] = [
    {"channelData": None, "conversation": None}, {"channelData": {}, "conversation": {}},
    {"channelData": {"tenant": {"id": OTHER}}}, {"conversation": {"id": "a:1", "tenantId": OTHER}},
    {"channelData": {"tenant": {"id": OTHER}}, "conversation": {"tenantId": OTHER}},
    {"channelData": {"tenant": {"id": ""}}}, {"channelData": {"tenant": {"id": [TENANT]}}},
    {"channelData": {"tenant": TENANT}, "conversation": "a:1"}, {"channelData": [], "conversation": 1},
]  # fmt: skip


@each("told", NOT_OUR_COMPANY)
async def test_another_company_is_403(verifier: Verifier, told: dict[str, Any]) -> None:
    assert await refusal(verifier, FIRST.token(), activity(**told)) == (403, "tenant")
