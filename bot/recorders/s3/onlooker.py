"""Asks a bucket without the SDK's client: requests of its own, signed by the SDK's signer, and answers read by itself."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote_plus, urlsplit
from urllib.request import getproxies, proxy_bypass
from xml.etree import ElementTree as ET

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from yarl import URL

from bot.ports import Absent, Unavailable
from bot.recorders.s3.asking import Bucket, a_session, onward, refusal

TIMES = 3
_WAITS = ClientTimeout(total=None, connect=5, sock_read=20)
_NOTHING = sha256(b"").hexdigest()
_CHUNK = 1024 * 1024
_AGAIN = {429, 500, 502, 503, 504}


class Onlooker:
    """One way of looking into a bucket, as long as it is open. `signed` is False for whoever has no credentials.

    Every method raises `Unavailable`, and never answers with less than all.
    """

    def __init__(self, bucket: Bucket, http: ClientSession, *, signed: bool = True) -> None:
        self._bucket, self._http, self._signed = bucket, http, signed
        self._credentials: Any = None
        self._region = bucket.client.meta.region_name or "us-east-1"
        self._proxy = _proxy(bucket.client.meta.endpoint_url)
        self._root = f"{bucket.client.meta.endpoint_url.rstrip('/')}/{bucket.place.bucket}"

    async def listed(self, kind: str, start: str, marks: tuple[tuple[str, str], ...]) -> AsyncIterator[ET.Element]:
        """All pages of a listing of what begins with `start` below the prefix.

        `kind` is its name in the query (`versions`, `uploads`, `list-type=2`), and `marks` say what of a page the next one is
        asked for with.
        """
        asked = {"prefix": self._bucket.place.key(start), "encoding-type": "url"}
        most = "max-uploads" if kind == "uploads" else "max-keys"
        after: dict[str, str] = {}
        while True:
            page = _xml(await self._body(_query(kind, asked | {most: str(self._bucket.page)} | after)))
            yield page
            if text(page, "IsTruncated") != "true":
                return
            told = {name: text(page, where) for where, name in marks}
            if "key-marker" in told:  # of all marks this one is a name
                told["key-marker"] = decoded(page, told["key-marker"])
            after = onward(after, {name: value for name, value in told.items() if value})

    async def digest(self, key: str, version: str) -> str:
        """The SHA-256 in hex of one version's content; empty where there is none any more."""
        found = sha256()
        try:
            async with self._answer(f"/{quote(key, safe='/~')}", _query("", {"versionId": version})) as answer:
                async for chunk in answer.content.iter_chunked(_CHUNK):
                    await asyncio.to_thread(found.update, chunk)
        except Absent:
            return ""
        except (ClientError, TimeoutError, OSError) as error:
            raise _failed(error) from None
        return found.hexdigest()

    async def may(self, key: str = "") -> bool:
        """Whether it is let in: to the list of names, or to an object."""
        query = "" if key else _query("list-type=2", {"max-keys": "1", "prefix": self._bucket.place.prefix})
        try:
            async with self._answer(f"/{quote(key, safe='/~')}" if key else "", query):
                return True
        except Absent:
            return False
        except Unavailable as error:
            if error.answer in ("", "301", "307") or error.answer.startswith("5"):
                raise
            return False
        except (ClientError, TimeoutError, OSError) as error:
            raise _failed(error) from None

    async def _body(self, query: str) -> bytes:
        for left in reversed(range(TIMES)):
            try:
                async with self._answer("", query) as answer:
                    return await answer.read()
            except Unavailable as error:
                if not left or int(error.answer or 0) not in _AGAIN:
                    raise
            except (ClientError, TimeoutError, OSError) as error:
                if not left:
                    raise _failed(error) from None
            await asyncio.sleep(0.2 * (TIMES - left))
        raise AssertionError

    @asynccontextmanager
    async def _answer(self, path: str, query: str) -> AsyncIterator[ClientResponse]:
        url = self._root + path + (f"?{query}" if query else "")
        headers = await asyncio.to_thread(self._headers, url) if self._signed else {}
        asked = self._http.get(URL(url, encoded=True), headers=headers, allow_redirects=False, proxy=self._proxy)
        async with asked as answer:
            if answer.status == 200:
                yield answer
                return
            code = _code(await answer.content.read(65_536))
        if code in ("NoSuchKey", "NoSuchVersion"):
            raise Absent(path)
        raise Unavailable(
            str(refusal(self._bucket.place.bucket, code or str(answer.status))), answer=str(answer.status)
        )

    def _headers(self, url: str) -> dict[str, str]:
        try:
            # From the chain's beginning with each way of looking, so that new credentials are found.
            if self._credentials is None:
                self._credentials = a_session().get_credentials()
            if self._credentials is None:
                raise Unavailable("There are no credentials for the bucket.")
            request = AWSRequest("GET", url, {"X-Amz-Content-SHA256": _NOTHING})
            S3SigV4Auth(self._credentials.get_frozen_credentials(), "s3", self._region).add_auth(request)
        except BotoCoreError as error:
            raise Unavailable(f"There are no credentials for the bucket ({type(error).__name__}).") from None
        return {name: str(value) for name, value in request.headers.items()}


@asynccontextmanager
async def looking_into(bucket: Bucket, *, signed: bool = True) -> AsyncIterator[Onlooker]:
    """A way of looking into the bucket that is closed afterwards."""
    made = TCPConnector(ssl=await asyncio.to_thread(_trusted))
    # What is stored compressed counts as it is stored, since that is what was heard.
    async with ClientSession(
        timeout=_WAITS, connector=made, cookie_jar=DummyCookieJar(), auto_decompress=False
    ) as http:
        yield await asyncio.to_thread(lambda: Onlooker(bucket, http, signed=signed))


def text(element: ET.Element, name: str) -> str:
    """What stands in the first element of this name within, wherever it comes from."""
    found = element.find(f"{{*}}{name}")
    return (found.text or "") if found is not None else ""


def decoded(page: ET.Element, told: str) -> str:
    """A name as it is, where the page says that names are encoded."""
    return unquote_plus(told) if text(page, "EncodingType") == "url" else told


def _query(kind: str, asked: dict[str, str]) -> str:
    # In the order of their names, as the signer wants them.
    pairs = sorted(f"{name}={quote(value, safe='-_.~')}" for name, value in asked.items())
    return "&".join(sorted([kind if "=" in kind else f"{kind}=", *pairs]) if kind else pairs)


def _xml(body: bytes) -> ET.Element:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Unavailable("Something other than the bucket answered.")
    try:
        page = ET.fromstring(body)  # noqa: S314, without a DTD there are no entities to expand
    except ET.ParseError as error:
        raise Unavailable("The bucket's answer is no valid XML, so nothing can be told from it.") from error
    if not page.tag.rpartition("}")[2].startswith("List"):
        raise Unavailable("Something other than the bucket answered.")
    return page


def _code(body: bytes) -> str:
    try:
        return text(ET.fromstring(body), "Code")  # noqa: S314, an error's text is looked at, and never its names
    except ET.ParseError:
        return ""


def _trusted() -> ssl.SSLContext | bool:
    """Whose certificates count: those that the SDK is configured with, else this machine's."""
    own = a_session().get_config_variable("ca_bundle")
    return ssl.create_default_context(cafile=own) if own else True


def _proxy(endpoint: str) -> str | None:
    """The proxy that this machine's environment names, as the SDK takes it; without looking for a password in ~/.netrc."""
    parts = urlsplit(endpoint)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


def _failed(error: BaseException) -> Unavailable:
    # Its words may hold the whole request.
    return Unavailable(f"The bucket can't be reached ({type(error).__name__}).")
