"""The ways out of a refusal, in the words of the door where it is told.

One table for all doors, so that a way is worded once for each and none is forgotten: on the command line options and
commands, on pages what can be pressed and chosen there, in the API its fields and addresses.
"""

from collections.abc import Mapping
from enum import StrEnum

from uptake.kit.errors import ProductError
from uptake.kit.remedies import Remedy
from uptake.lake.models import Import
from uptake.sources.reading import MAP, MAP_ALONE

UNDO = "undo"  # that import stands in the way
OTHERS = "others"  # leave the bad rows out
FEATURE = "feature"  # that column cannot be it
IMPORT = "import"  # there is no usage yet


class Door(StrEnum):
    """Where somebody reads the sentence."""

    COMMAND_LINE = "command line"
    PAGE = "page"
    API = "API"


WORDS: Mapping[str, Mapping[Door, str]] = {
    UNDO: {
        Door.COMMAND_LINE: "Undo that first: uptake undo {number}",
        Door.PAGE: "Undo import {number} on the Imports page first.",
        Door.API: "Undo it first: DELETE /api/usage/imports/{number}.",
    },
    OTHERS: {
        Door.COMMAND_LINE: "Nothing was imported; answer --yes to import the others, or --map the right columns.",
        Door.PAGE: "Import the others anyway, or upload it again and choose other columns.",
        Door.API: "Nothing was imported; upload it again and process it with acceptAssumed to import the others, or with another mapping.",
    },
    MAP: {
        Door.COMMAND_LINE: "If it is usage all the same, say which column is what: "
        "--map customer=COLUMN --map visitor=COLUMN --map feature=COLUMN --map timestamp=COLUMN.",
        Door.PAGE: "If it is usage all the same, map it yourself: choose which column is the customer, the user, the feature and the time.",
        Door.API: "If it is usage all the same, name its columns customer, user, feature and timestamp, and upload it again.",
    },
    MAP_ALONE: {
        Door.COMMAND_LINE: "If it is usage all the same, import it alone and say which column is what: "
        "--map customer=COLUMN --map visitor=COLUMN --map feature=COLUMN --map timestamp=COLUMN.",
        Door.PAGE: "If it is usage all the same, drop it alone, as one table in a file of its own, and map it yourself.",
        Door.API: "If it is usage all the same, name its columns customer, user, feature and timestamp, and upload it again.",
    },
    FEATURE: {
        Door.COMMAND_LINE: "Nothing was imported; --map feature=COLUMN says which one is right.",
        Door.PAGE: "Upload it again and choose another column for the feature.",
        Door.API: "Nothing was imported; upload it again and process it with another mapping of the feature.",
    },
    IMPORT: {
        Door.COMMAND_LINE: "Start with: uptake import FILE",
        Door.PAGE: "Start by dropping an export into the chat.",
        Door.API: "Start with POST /api/usage/upload.",
    },
}


def remedy_of(why: ProductError) -> Remedy | None:
    """What can be done about a refusal, where it says."""
    found = getattr(why, "remedy", None)
    return found if isinstance(found, Remedy) else None


def remedy_words(remedy: Remedy | None, door: Door) -> str:
    """The way out as this door says it; nothing where there is none."""
    return WORDS[remedy.way][door].format(number=remedy.number) if remedy else ""


def refusal_said(why: ProductError, door: Door) -> str:
    """The whole refusal: what is the matter, and what can be done about it here."""
    return f"{why} {remedy_words(remedy_of(why), door)}".strip()


def import_remedy(batch: Import) -> Remedy | None:
    """What can be done about a refused import, as it was noted when it was refused."""
    told = batch.report.get("remedy")
    return Remedy.from_json(told) if told else None


def import_message(batch: Import, door: Door) -> str:
    """Why an import was refused, or what goes wrong with it, with the way out."""
    return f"{batch.message} {remedy_words(import_remedy(batch), door)}".strip()
