"""The registry of call recording systems: one line each, from an address's scheme to what opens it."""

from __future__ import annotations

from collections.abc import Callable

from bot.ports import Recorder, ResponseListener, ignore_response
from bot.recorders.folder import FolderRecorder


def _open_asterisk(url: str, _: ResponseListener) -> Recorder:
    """Open an Asterisk, which sends no HTTP responses to listen to."""
    from bot.recorders.asterisk.recorder import AsteriskRecorder  # loaded only when needed

    return AsteriskRecorder.at(url)


def _open_bucket(url: str, hears: ResponseListener) -> Recorder:
    """Open a bucket. The vendor's SDK is a separate package, loaded only when needed."""
    try:
        from bot.recorders.s3.recorder import BucketRecorder
    except ModuleNotFoundError as error:
        if error.name != "botocore":
            raise
        raise ValueError(
            "RECORDINGS_URL names a bucket, which needs one more package. Install it beside the bot: pip install 'botocore>=1.43'"
        ) from error
    return BucketRecorder.at(url, hears)


RECORDERS: dict[str, Callable[[str, ResponseListener], Recorder]] = {
    "asterisk": _open_asterisk,
    "file": lambda url, _: FolderRecorder.at(url),
    "s3": _open_bucket,
}


def open_recorder(url: str, hears: ResponseListener = ignore_response) -> Recorder:
    """Return the call recording system at an address such as `file:///srv/calls`; ValueError says what to fix.

    `hears` is called with the host and headers of each HTTP response, so that the trusted clock can read their dates.
    """
    scheme, colon, _ = url.partition(":")
    if not colon:
        raise ValueError(f"RECORDINGS_URL has no scheme. Write it like file:///srv/calls, not {url!r}.")
    if scheme.lower() not in RECORDERS:
        raise ValueError(f"RECORDINGS_URL begins with {scheme!r}. It can begin with: {', '.join(sorted(RECORDERS))}.")
    return RECORDERS[scheme.lower()](url, hears)
