"""The login endpoint: gives the bot its tokens by client credentials, and recognises them again."""

import hmac
import secrets
from collections.abc import Callable, Mapping

from bot.rehearsal.teams.people import Json

SCOPE = "https://api.botframework.com/.default"
LIFETIME = 3599.0


class LoginError(Exception):
    """Refuses as Entra does: an OAuth error, an AADSTS number, a sentence."""

    def __init__(self, error: str, number: int, text: str, status: int = 400) -> None:
        super().__init__(error)
        self.status = status
        described = f"AADSTS{number}: {text}"
        self.body: Json = {"error": error, "error_description": described, "error_codes": [number]}


class Login:
    """Tokens of one app in one tenant; `monotonic` (seconds) ends them after `lifetime`."""

    def __init__(self, tenant_id: str, app_id: str, password: str, monotonic: Callable[[], float]) -> None:
        self._tenant, self._app, self._password = tenant_id, app_id, password
        self._monotonic = monotonic
        self._ends: dict[str, float] = {}
        self.lifetime = LIFETIME

    @property
    def issued(self) -> int:
        """Return how many tokens were given out so far."""
        return len(self._ends)

    def issue(self, tenant: str, form: Mapping[str, str]) -> Json:
        """Answer POST {tenant}/oauth2/v2.0/token; raises LoginError."""
        self._check(tenant, form)
        token = secrets.token_urlsafe(48)
        self._ends[token] = self._monotonic() + self.lifetime
        seconds = int(self.lifetime)
        return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}

    def knows(self, authorization: str) -> bool:
        """Return True if the header carries a token of ours that hasn't expired."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self._ends.get(token.strip(), 0.0) > self._monotonic()

    def revoke(self) -> None:
        """End every token at once, as when the secret was changed."""
        self._ends = dict.fromkeys(self._ends, 0.0)

    def _check(self, tenant: str, form: Mapping[str, str]) -> None:
        if tenant != self._tenant:
            raise LoginError("invalid_request", 90002, f"Tenant '{tenant}' not found.")
        for name in ("grant_type", "client_id", "client_secret", "scope"):
            if not form.get(name):
                raise LoginError("invalid_request", 900144, f"The request body must contain the parameter: '{name}'.")
        if form["grant_type"] != "client_credentials":
            raise LoginError("unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        if form["client_id"] != self._app:
            text = f"Application with identifier '{form['client_id']}' was not found in the directory."
            raise LoginError("unauthorized_client", 700016, text)
        if not hmac.compare_digest(form["client_secret"].encode(), self._password.encode()):
            raise LoginError("invalid_client", 7000215, "Invalid client secret provided.", 401)
        if form["scope"] != SCOPE:
            raise LoginError("invalid_scope", 1002012, "The provided value for scope is not valid.")
