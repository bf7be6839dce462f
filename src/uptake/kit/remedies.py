"""A refusal with a way out. The error carries the fact; each door says the way out in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uptake.kit.errors import ProductError


@dataclass(frozen=True)
class Remedy:
    """What can be done about a refusal: a way that the doors know, and the number of what it is done to."""

    way: str
    number: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {"way": self.way, "number": self.number}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Remedy":
        return cls(told["way"], told["number"])


class Mendable(ProductError):
    """``str`` is the fact alone, true at every door; None: nothing can be done about it but another file."""

    def __init__(self, fact: str, remedy: Remedy | None = None) -> None:
        super().__init__(fact)
        self.remedy = remedy
