"""D2: lists of a home that more than one room fills: one heading, one count, and pages that go from one room's rows to the next's."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Act
from handlers.cards import Row
from handlers.home import ON_A_PAGE, brought, page
from handlers.room import Room, Rows
from tests.each import each
from tests.handlers.builders import Company
from tests.handlers.reading import looking, text


def _room(name: str, number: int, read: list[str]) -> Room:
    """A room with so many rows that wait; `read` notes which ones are asked for."""

    def rows(most: int, skip: int) -> list[Row]:
        found = [f"{name}{one}" for one in range(skip, min(skip + most, number))]
        read.extend(found)
        return [Row(one) for one in found]

    def lists(_: Act) -> Mapping[str, Rows]:
        told = ((number, "waiting for you"), (0, f"of {name} alone"))
        return {"waiting": Rows(f"Waiting in {name}", number, rows, told)}

    return Room(name, lists=lists)


async def _lists(company: Company, *rooms: Room) -> Mapping[str, Rows]:
    return await looking(company, company.tara, lambda act: brought(act, rooms))


@each(
    ("first", "second", "pages"),
    [
        (10, 10, [[*(f"a{one}" for one in range(10)), *(f"b{one}" for one in range(5))], [f"b{one}" for one in range(5, 10)]]),
        (ON_A_PAGE, 2, [[f"a{one}" for one in range(ON_A_PAGE)], ["b0", "b1"]]),
        (0, 3, [["b0", "b1", "b2"]]),
        (2, 0, [["a0", "a1"]]),
        (ON_A_PAGE + 1, 1, [[f"a{one}" for one in range(ON_A_PAGE)], [f"a{ON_A_PAGE}", "b0"]]),
    ],
)  # fmt: skip
async def test_d2_rows_of_two_rooms_are_one_list_in_the_order_of_the_rooms_on_every_page(
    company: Company, first: int, second: int, pages: list[list[str]]
) -> None:
    for place, wanted in enumerate(pages):
        read: list[str] = []
        lists = await _lists(company, _room("a", first, read), Room("empty"), _room("b", second, read))
        shown = page(lists, f"waiting:{place * ON_A_PAGE}")
        assert [text(one.words) for one in shown.parts if isinstance(one, Row)] == read == wanted
        assert shown.title == "Waiting in a"
    assert lists["waiting"].number == first + second
