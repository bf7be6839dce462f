"""What a tool is, and the arguments it may take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Self

from uptake.chat.answers import Answer, Confirm
from uptake.customers.access import UnknownCustomer, access_customers, may_change
from uptake.customers.models import Customer
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline.portfolio import ME, NO_BAND
from uptake.scores.models import BANDS
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, may, require

DEFAULT_PERIOD = Period(30)
MOST_CUSTOMERS = 500
MOST_NUMBER = 100
LONGEST_TEXT = 200
GROUPS = ("", "laggards", "leaders", "at risk", "all")
FORMATS = ("csv", "xlsx", "parquet")
PAGES = ("portfolio", "customer", "tasks", "outreach", "imports", "settings")


class BadArguments(ProductError):
    """A button's arguments are not what its tool takes; nothing was done."""


@dataclass(frozen=True)
class Arguments:
    """Base of all arguments. Kept and posted as JSON, so what comes back is checked like any input."""

    def to_json(self) -> dict[str, Any]:
        """Only what was said."""
        said = ((each.name, getattr(self, each.name), each.default) for each in fields(self))
        return {name: _told(value) for name, value, default in said if value != default}

    def but(self, **values: Any) -> Self:
        """The same with some values changed."""
        return replace(self, **values)

    @classmethod
    def from_json(cls, told: Any) -> Self:
        """Raises BadArguments."""
        if not isinstance(told, Mapping):
            raise BadArguments("The button's arguments cannot be read; ask again in words.")
        known = {each.name for each in fields(cls)}
        if unknown := [name for name in told if name not in known]:
            raise BadArguments(f"“{str(unknown[0])[:40]}” is no argument of this question.")
        try:
            return cls(**{name: _READ[name](value) for name, value in told.items()})
        except (ValueError, TypeError) as why:
            raise BadArguments("The button's arguments cannot be read; ask again in words.") from why


@dataclass(frozen=True)
class Nothing(Arguments):
    """No arguments."""


@dataclass(frozen=True)
class When(Arguments):
    """The portfolio at a time."""

    period: Period | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Ranked(When):
    """The first few of an order."""

    number: int | None = None


@dataclass(frozen=True)
class About(When):
    """Customers at a time."""

    customers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Used(About):
    """Features, of customers or of all."""

    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen(About):
    """Customers by name or by what they have in common: the 3 laggards."""

    group: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Exported(Chosen):
    """A file, of customers named or chosen by what the portfolio can be filtered by."""

    format: str = ""
    segment: str = ""
    region: str = ""
    plan: str = ""
    band: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Opened(Arguments):
    """A page."""

    page: str = ""
    customers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Steps(Arguments):
    """Several tools, one after the other."""

    steps: tuple[tuple[str, Mapping[str, Any]], ...] = ()


def _told(value: Any) -> Any:
    if isinstance(value, (Period, date)):
        return str(value)
    if isinstance(value, tuple):
        return [_told(each) for each in value]
    return value


def _ids(value: Any) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)) or len(value) > MOST_CUSTOMERS:
        raise ValueError("no list of customers")
    return tuple(_whole(each, 2**62) for each in value)


def _whole(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        raise ValueError("no such number")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
        raise ValueError("no list of names")
    return tuple(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError("no text")
    return value


def _one_of(known: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise ValueError("none of those")
        return str(value)

    return read


def _steps(value: Any) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    if not isinstance(value, (list, tuple)) or len(value) > 5:
        raise ValueError("no list of steps")
    return tuple((str(name), dict(arguments)) for name, arguments in value)


def _period(value: Any) -> Period:
    try:
        return Period.parse(str(value))
    except ProductError as why:
        raise ValueError(str(why)) from why


_READ: dict[str, Callable[[Any], Any]] = {
    "customers": _ids,
    "number": lambda value: None if value is None else _whole(value, MOST_NUMBER),
    "period": _period,
    "as_of": lambda value: date.fromisoformat(str(value)),
    "features": _texts,
    "group": _one_of(GROUPS),
    "format": _one_of(FORMATS),
    **dict.fromkeys(("segment", "region", "plan"), _text),
    "band": _one_of(("", *BANDS, NO_BAND)),
    "owner": _one_of(("", ME)),
    "page": _one_of(PAGES),
    "steps": _steps,
}


@dataclass(frozen=True)
class Tool:
    """One thing the chat can do. ``run`` is called through ``answer``, which checks the right first."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    examples: tuple[str, ...]
    run: Callable[[Teammate, Any], Answer]
    right: Right | None = None
    changes: bool = False
    confirm: Callable[[Teammate, Any], Confirm] | None = field(default=None)  # of tools that change something

    def is_for(self, teammate: Teammate) -> bool:
        """Whether the teammate's role may use it at all."""
        return self.right is None or may(teammate, self.right)

    def answer(self, teammate: Teammate, arguments: Arguments) -> Answer:
        """Raises NotAllowed, UnknownCustomer and what the services refuse."""
        self._check(teammate)
        return self.run(teammate, arguments)

    def ask(self, teammate: Teammate, arguments: Arguments) -> Confirm:
        """What would be done, in a sentence that names it. Raises as ``answer``; nothing is changed."""
        self._check(teammate)
        if self.confirm is None:
            raise BadArguments(f"{self.title} changes nothing, so there is nothing to confirm.")
        return self.confirm(teammate, arguments)

    def _check(self, teammate: Teammate) -> None:
        if self.right is not None:
            require(teammate, self.right)


def access_named(teammate: Teammate, ids: tuple[int, ...]) -> list[Customer]:
    """The customers, in the order asked. Raises UnknownCustomer, whether there is none or it is not theirs to see."""
    found = access_customers(teammate).in_bulk(ids)
    if missing := [each for each in ids if each not in found]:
        raise UnknownCustomer(f"There is no customer {missing[0]}.")
    return [found[each] for each in dict.fromkeys(ids)]


def access_changed(teammate: Teammate, ids: tuple[int, ...]) -> list[Customer]:
    """The same to change them. Raises NotAllowed where one may only be looked at."""
    customers = access_named(teammate, ids)
    if others := [customer for customer in customers if not may_change(teammate, customer)]:
        raise NotAllowed(f"{others[0]} is not yours to change.")
    return customers


def may_act(teammate: Teammate) -> bool:
    """Whether any customer is theirs to change."""
    return may(teammate, Right.CHANGE_ALL) or may(teammate, Right.CHANGE_OWN)
