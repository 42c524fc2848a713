"""The keys with which Microsoft signs what it sends to a bot, their rotation, and the tokens made with them."""

import base64
import json
from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from bot.rehearsal.teams.people import Json

ISSUER = "https://api.botframework.com"
ENDORSEMENTS = ("msteams", "webchat", "directline")
HOUR = 3600


@cache
def _private(number: int) -> RSAPrivateKey:
    # Made once a process: a key costs a tenth of a second, and no rehearsal has a secret to keep.
    return generate_private_key(public_exponent=65537, key_size=2048)


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _json(value: Json) -> str:
    return _packed(json.dumps(value, separators=(",", ":")).encode())


class KeyRing:
    """Signs with the newest key; publishes it and the earlier ones."""

    def __init__(self) -> None:
        self._newest = 0
        self._published = [0]
        self.endorsements: tuple[str, ...] = ENDORSEMENTS

    def rotate(self) -> None:
        """Sign with another key from now on."""
        self._newest += 1
        self._published.append(self._newest)

    @property
    def kid(self) -> str:
        return f"rehearsal-{self._newest}"

    def jwks(self) -> Json:
        """Return the published keys, each with the channels that it is endorsed for."""
        return {"keys": [self._jwk(number) for number in self._published]}

    def sign(self, claims: Json, header: Json | None = None) -> str:
        """Return a compact RS256 token; `header` replaces parts of the honest header with forged ones."""
        head: Json = {"alg": "RS256", "kid": self.kid, "x5t": self.kid, "typ": "JWT"}
        signed = f"{_json(head | (header or {}))}.{_json(claims)}"
        return f"{signed}.{_packed(_private(self._newest).sign(signed.encode(), PKCS1v15(), SHA256()))}"

    def token(self, audience: str, service_url: str, now: datetime, **other: object) -> str:
        """Return what Microsoft puts into Authorization: valid for an hour; `other` claims replace the honest ones."""
        at = int(now.timestamp())
        honest: Json = {"serviceurl": service_url, "iss": ISSUER, "aud": audience, "nbf": at, "exp": at + HOUR}
        return self.sign(honest | other)

    def _jwk(self, number: int) -> Json:
        public = _private(number).public_key().public_numbers()
        name = f"rehearsal-{number}"
        return {
            "kty": "RSA", "use": "sig", "kid": name, "x5t": name, "endorsements": list(self.endorsements),
            "n": _packed(public.n.to_bytes(256, "big")), "e": _packed(public.e.to_bytes(3, "big")),
        }  # fmt: skip
