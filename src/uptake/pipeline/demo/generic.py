"""Usage events as a plain CSV: ``customer,user,feature,timestamp,count``."""

from collections.abc import Iterator
from pathlib import Path

from uptake.pipeline.demo.crowd import Crowd
from uptake.pipeline.demo.events import EventBlock
from uptake.pipeline.demo.portfolio import Plan
from uptake.pipeline.demo.words import Words, chosen, digits, filled, rows, slices

NAME = "usage_events.csv"


def write(plan: Plan, crowd: Crowd, blocks: Iterator[EventBlock], folder: Path) -> list[Path]:
    """One file in the order of time. Who was not logged in has a device id and no customer."""
    words = Words(plan, crowd, _cell)
    features = [_cell(feature.name) for feature in plan.features]
    path = folder / NAME
    with path.open("wb") as file:
        file.write(b"customer,user,feature,timestamp,count\n")
        for block in slices(blocks):
            visitor = filled(words.visitor(block), digits(block.key))
            feature = chosen(features, block.feature)
            customer = filled(words.customer(block), "")
            when = (words.day(block), "T", words.time(block))
            file.write(rows(customer, ",", visitor, ",", feature, ",", *when, "Z,1\n"))
    return [path]


def _cell(text: str) -> str:
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
