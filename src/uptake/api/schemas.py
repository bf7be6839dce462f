"""What every resource's JSON shares: camelCase names, texts without surprises, pages."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from uptake.kit.days import Period
from uptake.kit.errors import ProductError

LARGEST_ID = 2**63 - 1
MOST_PER_PAGE = 200
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 12, 31)

T = TypeVar("T")


class Camel(Schema):
    """Base of everything that goes in and out: ``csm_rating`` here is ``csmRating`` there."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a character that cannot be kept (NUL)")
    return text


def _sensible(day: date) -> date:
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"must be from {EARLIEST} to {LATEST}")
    return day


def _period(text: str) -> str:
    try:
        Period.parse(text)
    except ProductError as why:
        raise ValueError(str(why)) from why
    return text


Text = Annotated[str, Field(max_length=500), AfterValidator(_without_nul)]
LongText = Annotated[str, Field(max_length=4000), AfterValidator(_without_nul)]
Day = Annotated[date, AfterValidator(_sensible)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
PeriodText = Annotated[
    str, Field(examples=["30d"], description="7d, 30d, 90d, any <n>d, or all."), AfterValidator(_period)
]


class Paged(Camel):
    """Query of every list."""

    page: int = Field(1, ge=1, le=10**6, description="From 1.")
    page_size: int = Field(50, ge=1, le=MOST_PER_PAGE)


class Dated(Camel):
    """Query of everything that stands for a day and the days before it."""

    as_of: Day | None = Field(None, description="The day the figures stand for; by default the newest with usage.")
    period: PeriodText = "30d"

    @property
    def length(self) -> Period:
        return Period.parse(self.period)


class PageOf(Camel):
    """Where in a list the answer stands."""

    page: int
    page_size: int
    pages: int
    total: int = Field(description="Items on all pages together.")


def paged(items: "Sequence[T] | QuerySet[Any, T]", asked: Paged) -> tuple[list[T], dict[str, int]]:
    """One page of a list or query, and where it stands. A page after the last is empty."""
    total = items.count() if isinstance(items, QuerySet) else len(items)
    first = (asked.page - 1) * asked.page_size
    pages = max(1, -(-total // asked.page_size))
    told = {"page": asked.page, "pageSize": asked.page_size, "pages": pages, "total": total}
    return list(items[first : first + asked.page_size]), told


def example(value: Any) -> ConfigDict:
    """A schema's ``model_config``: what the documentation shows of it."""
    return ConfigDict(json_schema_extra={"examples": [value]})
