"""The few expressions of Pendo's filters that a client needs: comparisons, ``&&``, ``||``, ``!``, brackets, ``isNull``."""

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

Row = Mapping[str, Any]
Value = Callable[[Row], Any]

TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w.]*)|(?P<sign>&&|\|\||[<>=!]=|[<>!()]))'
)
COMPARISONS = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


class BadExpression(Exception):
    pass


def by_bytes(text: str) -> Any:
    """What a text is compared and sorted by."""
    return text.encode()


def compiled(text: str) -> Value:
    """Raises BadExpression."""
    parser = _Parser(text)
    value = parser.either()
    if parser.tokens:
        raise BadExpression(f"unexpected {parser.tokens[0][1]}")
    return value


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found or not found.lastgroup:
                raise BadExpression(f"cannot read {text[at:]!r}")
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()

    def takes(self, sign: str) -> bool:
        if self.tokens and self.tokens[0] == ("sign", sign):
            self.tokens.pop(0)
            return True
        return False

    def either(self) -> Value:
        left = self.both()
        while self.takes("||"):
            left = _joined(left, self.both(), any)
        return left

    def both(self) -> Value:
        left = self.comparison()
        while self.takes("&&"):
            left = _joined(left, self.comparison(), all)
        return left

    def comparison(self) -> Value:
        left = self.single()
        for sign, compare in COMPARISONS.items():
            if self.takes(sign):
                return _compared(left, self.single(), compare)
        return left

    def single(self) -> Value:
        if self.takes("!"):
            inner = self.single()
            return lambda row: not inner(row)
        if self.takes("("):
            inner = self.either()
            self.expect(")")
            return inner
        if not self.tokens:
            raise BadExpression("it ends too early")
        kind, text = self.tokens.pop(0)
        if kind in ("text", "number"):
            constant = json.loads(text)
            return lambda row: constant
        if kind == "name" and self.takes("("):
            if text != "isNull":
                raise BadExpression(f"no function {text}")
            inner = self.single()
            self.expect(")")
            return lambda row: inner(row) is None
        if kind == "name":
            return lambda row: row.get(text)
        raise BadExpression(f"unexpected {text}")

    def expect(self, sign: str) -> None:
        if not self.takes(sign):
            raise BadExpression(f"{sign} is missing")


def _joined(left: Value, right: Value, how: Callable[[Any], bool]) -> Value:
    return lambda row: how((left(row), right(row)))


def _compared(left: Value, right: Value, compare: Callable[[Any, Any], bool]) -> Value:
    """Text by its bytes; of different kinds, or where one is missing, only unequal is true."""

    def result(row: Row) -> bool:
        one, other = left(row), right(row)
        if isinstance(one, str) and isinstance(other, str):
            return compare(by_bytes(one), by_bytes(other))
        if isinstance(one, int | float) and isinstance(other, int | float):
            return compare(one, other)
        return one != other if compare is operator.ne else one == other and compare is operator.eq

    return result
