"""What a service gives, as a schema: the fields of its dataclasses, their types and their words, in camelCase."""

import types
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, create_model

from uptake.api.schemas import Camel
from uptake.kit.days import Period
from uptake.pipeline.dashboard.view import Tile


def mirrored(kind: Any) -> Any:
    """A type as it stands in an answer: dataclasses become schemas, periods text; all else stays what it is.

    ``mirrored(Tile[Features])`` is a schema with ``data`` (null where there is none) and ``absent`` (why).
    """
    if kind is Period:
        return Annotated[str, BeforeValidator(str)]
    if isinstance(kind, type) and is_dataclass(kind):
        return _schema(kind)
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Tile:
        return _tile(inside[0])
    if origin in {Union, types.UnionType}:
        return Union[tuple(mirrored(each) for each in inside)]  # noqa: UP007  as many as there are
    if origin is Sequence:
        return list[mirrored(inside[0])]  # type: ignore[misc]
    return kind


@cache
def _schema(kind: type) -> type[Camel]:
    hints = get_type_hints(kind)
    shown: dict[str, Any] = {each.name: (mirrored(hints[each.name]), ...) for each in fields(kind)}
    return create_model(kind.__name__, __base__=Camel, __doc__=kind.__doc__, **shown)


@cache
def _tile(inside: Any) -> type[Camel]:
    (one,) = get_args(inside) or (inside,)
    return create_model(
        f"{mirrored(one).__name__}{'s' if get_args(inside) else ''}Part",
        __base__=Camel,
        __doc__="One part of the dashboard. Without data `absent` says why, in one sentence.",
        data=(mirrored(inside) | None, ...),
        absent=(str, ...),
    )
