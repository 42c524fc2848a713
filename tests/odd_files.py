"""Files in the memory of a recording system that can't be registered."""

from storage.tables.calls import UnregisteredFile
from tests.erasing import Archive

NAME = "in/+61491570156 Mrs Pemberly.mp3"


async def spoilt(archive: Archive, name: str = NAME, audio: bytes = b"odd", why: str = "no_metadata") -> int:
    """A file stands there that can't be registered; its number."""
    archive.recorder.spoil(name, f"{name} has no metadata file beside it.", audio, why)
    await archive.sync.sync()
    [*_, file] = [one for one in await listed(archive) if one.native_id == name]
    return file.id


async def listed(archive: Archive) -> list[UnregisteredFile]:
    """Those that stand there still."""
    return await archive.company.database.read(lambda store: store.recordings.unregistered())
