"""A CSV file of moments, as spreadsheets write it: what stands in the columns that are wanted, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.settings.config import Misconfigured

Row = tuple[int, Mapping[str, str] | None]
"""The line of the file (from 1), and the cells by column; None where the row can't be taken apart."""


def rows(file: Path, columns: Sequence[str]) -> Iterator[Row]:
    """Every row but a blank line; one that is broken hides none of those below it.

    Raises `Misconfigured` where the file can't be read, or its first line does not name the columns.
    """
    lines = list(io.StringIO(_text(file), newline=""))
    # Spreadsheets write a semicolon where the comma stands in numbers.
    mark = next((one for one in ",;\t" if lines and one in lines[0]), ",")
    numbered = _numbered(lines, mark)
    _, heads = next(numbered, (1, None))
    names = [head.strip().lower() for head in heads or ()]
    if missing := [column for column in columns if column not in names]:
        raise Misconfigured(
            f"--file: {file} has no column {missing[0]}. Name the columns on its first line, like {','.join(columns)}."
        )
    for number, cells in numbered:
        yield number, None if cells is None else dict(zip(names, cells, strict=False))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Misconfigured(f"--file: there is no {file}. Name a file that is there.") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"--file: {file} is no text in UTF-8. Save it anew as “CSV UTF-8”.") from None
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise Misconfigured(f"--file: {file} can't be read ({why}). Name a file that can.") from None


def _numbered(lines: list[str], mark: str) -> Iterator[tuple[int, list[str] | None]]:
    done = 0
    while done < len(lines):
        reader, start = csv.reader(lines[done:], delimiter=mark, strict=True), done
        try:
            for cells in reader:
                if len(cells) > 1 or any(map(str.strip, cells)):
                    yield done + 1, cells
                done = start + reader.line_num
        except csv.Error:
            # A quotation mark that nobody closes would swallow all rows below: go on behind the line that opens it.
            yield done + 1, None
            done += 1
