"""Tables inside one test: each row is tried, and the rows that fail are named."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., Any])


def each(names: str | Sequence[str], rows: Iterable[Any]) -> Callable[[F], F]:
    """Run a test once for every row, as one test; `names` and `rows` are those of `pytest.mark.parametrize`. All rows
    share the test's fixtures. Use `parametrize` if every row needs fresh ones.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    table = [dict(zip(keys, _values(row, len(keys)), strict=True)) for row in rows]
    assert table, "a table without rows tests nothing"

    def decorate(test: F) -> F:
        signature = inspect.signature(test)
        fixtures = [one for name, one in signature.parameters.items() if name not in keys]

        @wraps(test)
        async def run_each_awaited(*args: Any, **given: Any) -> None:
            with _collecting_failures(len(table)) as trying:
                for row in table:
                    with trying(row):
                        await test(*args, **row, **given)

        @wraps(test)
        def run_each(*args: Any, **given: Any) -> None:
            with _collecting_failures(len(table)) as trying:
                for row in table:
                    with trying(row):
                        test(*args, **row, **given)

        run: Any = run_each_awaited if inspect.iscoroutinefunction(test) else run_each
        run.__signature__ = signature.replace(parameters=fixtures)
        return run  # type: ignore[no-any-return]

    return decorate


def _values(row: Any, number: int) -> Sequence[Any]:
    values = getattr(row, "values", None) if isinstance(row, tuple) else None
    if isinstance(values, tuple):  # pytest.param
        return values
    return row if number > 1 else (row,)


@contextmanager
def _collecting_failures(number: int) -> Iterator[Callable[[dict[str, Any]], Any]]:
    wrong: list[Exception] = []

    @contextmanager
    def trying(row: dict[str, Any]) -> Iterator[None]:
        try:
            yield
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001  told below, with its row
            told = error if isinstance(error, Exception) else AssertionError(ascii(str(error)))
            told.add_note("with " + ", ".join(f"{name}={value!a}" for name, value in row.items()))
            wrong.append(told)

    yield trying
    if wrong:
        raise ExceptionGroup(f"{len(wrong)} of {number} rows failed", wrong)
