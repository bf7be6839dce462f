"""Files of one export agree on the customer.

An export in many files, such as Amplitude's one per hour, is one export: an hour with nothing but anonymous events shows
no customer, and a thin hour may show another key than the rest. The key that most of the export's rows carry is taken
for all of them, and an hour that shows none has nothing to ask.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from uptake.sources.reading import Reading, Table

CUSTOMER = "customer"
Export = tuple[str, str, tuple[str, ...]]


def agree_on_customer(read: Sequence[tuple[Table, Reading]]) -> list[Reading]:
    """The readings in the same order, those of the same layout and columns with the same customer.

    Nothing changes for a layout in which every table asks for the customer.
    """
    votes: dict[Export, Counter[str]] = {}
    settled: dict[tuple[Export, str], Reading] = {}
    for table, reading in read:
        if _is_settled(reading):
            export, name = _export(table, reading), reading.mapping[CUSTOMER]
            votes.setdefault(export, Counter())[name] += table.sampled or len(table.sample)
            settled.setdefault((export, name), reading)
    chosen = {export: settled[export, names.most_common(1)[0][0]] for export, names in votes.items()}
    return [_with_customer(reading, chosen.get(_export(table, reading))) for table, reading in read]


def _is_settled(reading: Reading) -> bool:
    return CUSTOMER in reading.mapping and all(question.key != CUSTOMER for question in reading.questions)


def _export(table: Table, reading: Reading) -> Export:
    """What tells whether the SQL of one table fits another."""
    return reading.platform, reading.format, tuple(sorted(table.columns))


def _with_customer(reading: Reading, other: Reading | None) -> Reading:
    if other is None or reading.account == other.account:
        return reading
    return replace(
        reading,
        account=other.account,
        json_paths={**reading.json_paths, **other.json_paths},
        mapping={**reading.mapping, CUSTOMER: other.mapping[CUSTOMER]},
        questions=tuple(question for question in reading.questions if question.key != CUSTOMER),
    )
