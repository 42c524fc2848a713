"""The session of a page of ours in a cookie: for one path, out of the reach of scripts, and sent along by no other site (P7, P8, P13)."""

from __future__ import annotations

from aiohttp import web

LONGEST = 200  # characters of a session that are looked at


class SessionCookie:
    """`name` says for which pages it is, `public_url` by which address people reach them; `longest` is what is looked at of a session."""

    def __init__(self, name: str, public_url: str, longest: int = LONGEST) -> None:
        self.secure, self.longest = public_url.startswith("https://"), longest
        # A browser takes a cookie of this name over https only, from whoever it comes.
        self.name = f"__Secure-{name}" if self.secure else name

    def of(self, request: web.Request) -> str:
        """The session that came; empty where none did."""
        return request.cookies.get(self.name, "")[: self.longest]

    def give(self, response: web.Response, secret: str, path: str) -> None:
        """From now on it comes with all that is asked for below this path."""
        response.set_cookie(self.name, secret, path=path, httponly=True, samesite="Strict", secure=self.secure)

    def take(self, response: web.Response, path: str) -> None:
        """The browser keeps it no longer."""
        response.del_cookie(self.name, path=path, httponly=True, samesite="Strict", secure=self.secure)
