"""P7, P13: what people wrote does not reach the log by way of an error that says what is wrong with it."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

import bot
import handlers
import storage

Given = TypeVar("Given")
HUSH = "hush about Bram"
HOUSES = (bot, handlers, storage)
OURS = ("bot.", "handlers.", "storage.")
ROOT = Path(__file__).parents[1]


@cache
def _modules() -> tuple[ModuleType, ...]:
    """All of the program: whatever reads something is known once its module is."""
    told = [one.name for house in HOUSES for one in pkgutil.walk_packages(house.__path__, f"{house.__name__}.")]
    return tuple(importlib.import_module(one) for one in told if one not in ("bot.__main__", "storage.migrations.env"))


def _models(of: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    for one in of.__subclasses__():
        if one.__module__.startswith(OURS):
            yield one
        yield from _models(one)


def _adapters() -> Iterator[tuple[str, TypeAdapter[object]]]:
    for module in _modules():
        for name, value in vars(module).items():
            values = value.values() if isinstance(value, Mapping) else (value,)
            yield from ((f"{module.__name__}.{name}", one) for one in values if isinstance(one, TypeAdapter))


def _said(read: Callable[[Given], object], given: Given) -> str:
    """What is wrong with something; empty where it can be read."""
    try:
        read(given)
    except ValidationError as error:
        return str(error)
    return ""


def _spoilt(model: type[BaseModel]) -> dict[str, object]:
    """A thing for each field that none can be."""
    return {field.alias or name: {HUSH: {HUSH}} for name, field in model.model_fields.items()}


def test_p7_p13_no_error_of_a_model_or_reader_says_what_was_given() -> None:
    assert len(_modules()) > 200
    adapters, models = dict(_adapters()), set(_models())
    assert len(models) > 60
    assert {"handlers.sealing._WRITTEN", "handlers.breach.filing._REPLY", "handlers.acting._KINDS"} <= adapters.keys()
    told = [_said(read, given) for given in ([HUSH], HUSH) for read in _readers(adapters.values(), models, "python")]
    told += [_said(read, f'{{"{HUSH}') for read in _readers(adapters.values(), models, "json")]
    assert [one for one in told if not one or HUSH in one or "input_value" in one] == []
    assert [one for one in models if "input_value" in _said(one.model_validate, _spoilt(one))] == []


def _readers(
    adapters: Iterable[TypeAdapter[object]], models: Iterable[type[BaseModel]], of: str
) -> list[Callable[[Any], object]]:
    names = ("validate_python", "model_validate") if of == "python" else ("validate_json", "model_validate_json")
    return [*(getattr(one, names[0]) for one in adapters), *(getattr(one, names[1]) for one in models)]


def test_whatever_reads_is_made_where_its_errors_are_seen_to() -> None:
    """One within a function would be found by none of these."""
    files = [one for house in HOUSES for one in Path(house.__path__[0]).rglob("*.py")]
    assert [str(one.relative_to(ROOT)) for one in files if "TypeAdapter(" in one.read_text()] == ["handlers/sealing.py"]
