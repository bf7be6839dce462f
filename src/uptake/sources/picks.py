"""Which value stands for which canonical word: the platform's own, unless the reader said otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from uptake.sources.fields import Fields, Keys, either, label
from uptake.sources.reading import Answers

NOTHING = "NULL"


@dataclass(frozen=True)
class Pick:
    """SQL of a canonical value and the name the preview shows; an empty name: the table has no such value."""

    expression: str
    name: str = ""
    keys: Keys = ()  # where the sampled values of it stand


def pick(fields: Fields, answers: Answers, word: str, *defaults: Keys | None) -> Pick:
    """The value that ``--map`` names for this word, else the first of the platform's values that a row fills.

    Raises NoSuchColumn when the reader names a column that is not there.
    """
    answer = answers.columns.get(word)
    if answer is not None:
        keys = fields.resolve(answer)
        return Pick(fields.text(*keys), label(keys), keys)
    there = [keys for keys in defaults if keys]
    if not there:
        return Pick(NOTHING)
    return Pick(either(*(fields.text(*keys) for keys in there)), label(there[0]), there[0])


def top(fields: Fields, *spellings: str) -> Keys | None:
    """The keys of a column under whichever of its spellings the table uses; None: it has none of them."""
    name = fields.find(*spellings)
    return (name,) if name else None


def mapping(**picked: Pick | str) -> Mapping[str, str]:
    """What the preview shows: canonical word to the column's name, for the values that there are."""
    names = {word: value if isinstance(value, str) else value.name for word, value in picked.items()}
    return {word: name for word, name in names.items() if name}


def seconds(pick: Pick, *, unit_seconds: float) -> str:
    """SQL of a length in seconds, as text, from one in another unit; text that is no number stays, to be refused."""
    if pick.expression == NOTHING:
        return NOTHING
    factor = f" * {unit_seconds:g}" if unit_seconds >= 1 else f" / {1 / unit_seconds:g}"
    return f"coalesce(CAST(TRY_CAST({pick.expression} AS DOUBLE){factor} AS VARCHAR), {pick.expression})"
