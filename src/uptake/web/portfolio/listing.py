"""A long list, one page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from uptake.web.portfolio.asked import Asked

PER_PAGE = 50


@dataclass(frozen=True)
class Page:
    """One page of rows, and the way to the others."""

    rows: Sequence[Any]
    number: int
    first: int
    last: int
    total: int
    links: Sequence[tuple[str, str]]  # (number or …, address; empty for the current one)
    previous: str
    next: str


def page_of(rows: Sequence[Any], asked: Asked, *, extra: str = "") -> Page:
    """The page asked for; behind the last one, the last. ``extra`` is written after each address."""
    last = max(0, (len(rows) - 1) // PER_PAGE * PER_PAGE)
    start = min((max(asked.page, 1) - 1) * PER_PAGE, last)
    return page_from(start, rows[start : start + PER_PAGE], len(rows), asked, extra=extra)


def page_from(start: int, shown: Sequence[Any], total: int, asked: Asked, *, extra: str = "") -> Page:
    """The page of these rows, ``start`` of ``total`` being before them; for lists that were cut where they are kept."""
    pages = max(1, -(-total // PER_PAGE))
    number = start // PER_PAGE + 1

    def url(page: int) -> str:
        return f"{asked.query(page=page)}{extra}"

    return Page(
        rows=shown,
        number=number,
        first=start + 1 if shown else 0,
        last=start + len(shown),
        total=total,
        links=[
            (str(each) if each else "…", url(each) if each and each != number else "") for each in _near(number, pages)
        ],
        previous=url(number - 1) if number > 1 else "",
        next=url(number + 1) if number < pages else "",
    )


def _near(number: int, pages: int) -> list[int]:
    """The first, the last and those around the current page; 0 for what is left out."""
    wanted = sorted({1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)})
    found: list[int] = []
    for page in wanted:
        if found and page > found[-1] + 1:
            found.append(0)
        found.append(page)
    return found
