"""P7, P13: what people wrote does not reach the log by way of an error that says what is wrong with it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import pytest
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


def _shows(said: str) -> bool:
    return not said or HUSH in said or "input_value" in said


def _spoilt(model: type[BaseModel]) -> dict[str, object]:
    """A thing for each field that none can be."""
    return {field.alias or name: {HUSH: {HUSH}} for name, field in model.model_fields.items()}


@pytest.mark.parametrize("given", [[HUSH], HUSH], ids=["a list", "words"])
def test_p7_p13_no_error_of_a_model_or_reader_says_what_was_given(given: object) -> None:
    assert len(_modules()) > 200
    adapters, models = list(_adapters()), set(_models())
    assert len(models) > 60
    assert {"handlers.sealing._WRITTEN", "handlers.breach.filing._REPLY", "handlers.effects._KINDS"} <= {
        name for name, _ in adapters
    }
    each: list[tuple[str, Callable[[object], object]]] = [(name, one.validate_python) for name, one in adapters]
    each += [(f"{one.__module__}.{one.__name__}", one.model_validate) for one in models]
    assert [name for name, read in each if _shows(_said(read, given))] == []


def test_p7_p13_nor_what_was_given_for_a_field() -> None:
    shown = [one for one in set(_models()) if "input_value" in _said(one.model_validate, _spoilt(one))]
    assert shown == []


def test_p7_p13_nor_what_was_no_json() -> None:
    broken = f'{{"{HUSH}'
    each: list[Callable[[str], object]] = [one.validate_json for _, one in _adapters()]
    each += [one.model_validate_json for one in set(_models())]
    assert [read for read in each if _shows(_said(read, broken))] == []


def test_whatever_reads_is_made_where_its_errors_are_seen_to() -> None:
    """One within a function would be found by none of these."""
    files = [one for house in HOUSES for one in Path(house.__path__[0]).rglob("*.py")]
    assert [str(one.relative_to(ROOT)) for one in files if "TypeAdapter(" in one.read_text()] == ["handlers/sealing.py"]
