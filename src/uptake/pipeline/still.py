"""While something is being answered, the workspace stands still: what its state is, is asked once.

A page asks a dozen times for the newest day and the state of the data, each time the database. Asked once, it is
quicker, and all parts of the page rest on the same day even when midnight passes while it is made.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_answers: ContextVar[dict[tuple[Any, ...], Any] | None] = ContextVar("answers", default=None)


@contextmanager
def still() -> Iterator[None]:
    """Around what only reads. Within another one it changes nothing."""
    if _answers.get() is not None:
        yield
        return
    before = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(before)


def once_while_still(function: Callable[P, R]) -> Callable[P, R]:
    """Its answer is kept for as long as ``still`` lasts, and never longer; outside of it nothing is kept."""

    @functools.wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        answers = _answers.get()
        if answers is None:
            return function(*args, **kwargs)
        told = (function, args, tuple(sorted(kwargs.items())))
        if told not in answers:
            answers[told] = function(*args, **kwargs)
        answer: R = answers[told]
        return answer

    return asked
