"""What the reader said with ``--map``, made out against the columns there are."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from uptake.kit.errors import ProductError
from uptake.sources.domains import BY_DOMAIN
from uptake.sources.fields import NoSuchColumn
from uptake.sources.generic import dates
from uptake.sources.generic.headers import Unit, plain
from uptake.sources.generic.values import Profile
from uptake.sources.generic.words import Role
from uptake.sources.reading import Answers

NO_COLUMN = "@none"  # --map visitor=@none: no column of the table says it
AS_FEATURES = "@columns"  # --map feature=@columns: each numeric column is a feature
LITERAL = "="  # --map feature==Login: all rows are about this

Clock = Literal["minutes:seconds", "hours:minutes"]
KEYS: tuple[Role, ...] = ("customer", "visitor", "feature", "timestamp", "count", "duration", "session", "event_id")


class UnknownWord(ProductError):
    """``--map`` has a word on its left that Uptake does not know."""


@dataclass(frozen=True)
class Said:
    """The answers made out. ``literals`` hold for every row; ``without`` are roles that no column plays."""

    columns: Mapping[Role, Profile] = field(default_factory=dict)
    literals: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    by_domain: bool = False
    as_features: bool = False
    length: Unit | Clock | None = None  # --map duration="Time spent in minutes"

    def knows(self, role: str) -> bool:
        return role in self.literals or role in self.columns


def make_out(answers: Answers, profiles: Sequence[Profile]) -> Said:
    """Raises UnknownWord and NoSuchColumn, with what there is."""
    columns: dict[Role, Profile] = {}
    literals: dict[str, str] = {}
    without: set[str] = set()
    length: Unit | Clock | None = None
    for word, value in answers.columns.items():
        role = _role(word)
        if (found := _find(value, profiles)) is not None:
            columns[role] = found
        elif value == NO_COLUMN and role in ("visitor", "count", "duration", "session", "event_id"):
            without.add(role)
        elif value.startswith(LITERAL) and role in ("customer", "visitor", "feature") and value != LITERAL:
            literals[role] = value.removeprefix(LITERAL).strip()
        elif role == "timestamp" and (dates.read(value) or value.isdigit()):
            literals[role] = value
        elif role == "duration" and (split := _with_length(value, profiles)):
            columns[role], length = split
        elif (role, value) not in (("customer", BY_DOMAIN), ("feature", AS_FEATURES)):
            raise NoSuchColumn(_sentence(value, profiles))
    return Said(
        columns,
        literals,
        frozenset(without),
        by_domain=answers.columns.get("customer") == BY_DOMAIN and "customer" not in columns,
        as_features=answers.columns.get("feature") == AS_FEATURES and "feature" not in columns,
        length=length,
    )


def _role(word: str) -> Role:
    for role in KEYS:
        if word == role:
            return role
    raise UnknownWord(f"“{word}” is nothing a column can be mapped to; there are {', '.join(KEYS)}.")


def _find(value: str, profiles: Sequence[Profile]) -> Profile | None:
    """The column as the file spells it, else the only one that differs in case, accents or spaces at most."""
    for profile in profiles:
        if value in (profile.name, profile.column.path):
            return profile
    wanted = plain(value).strip()
    alike = [profile for profile in profiles if plain(profile.name).strip() == wanted]
    return alike[0] if len(alike) == 1 else None


def _with_length(value: str, profiles: Sequence[Profile]) -> tuple[Profile, Unit | Clock] | None:
    for length in (*get_args(Unit), *get_args(Clock)):
        name = value.removesuffix(f" in {length}")
        if name != value and (found := _find(name, profiles)):
            return found, length
    return None


def _sentence(value: str, profiles: Sequence[Profile]) -> str:
    names = [profile.name for profile in profiles]
    folded = {plain(name): name for name in names}
    close = [folded[key] for key in difflib.get_close_matches(plain(value), folded, n=3, cutoff=0.5)]
    ordered = [*close, *(name for name in names if name not in close)]
    more = f" and {len(ordered) - 20} more" if len(ordered) > 20 else ""
    return f"The table has no column “{value}”; it has {', '.join(f'“{name}”' for name in ordered[:20])}{more}."
