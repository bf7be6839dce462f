"""A refusal says what can be done about it in the words of the door where it is read."""

import pytest

from uptake.kit.errors import ProductError
from uptake.kit.remedies import Mendable, Remedy
from uptake.lake.models import Import
from uptake.pipeline.remedies import WORDS, Door, import_message, refusal_said

ONLY_THERE = {
    Door.COMMAND_LINE: ("--", "uptake import", "uptake undo"),
    Door.API: ("/api/", "acceptAssumed"),
    Door.PAGE: ("page", "chat", "choose", "drop"),
}
SAID = {
    ("undo", Door.COMMAND_LINE): "Undo that first: uptake undo 3",
    ("undo", Door.PAGE): "Undo import 3 on the Imports page first.",
    ("undo", Door.API): "Undo it first: DELETE /api/usage/imports/3.",
    ("others", Door.COMMAND_LINE): "Nothing was imported; answer --yes to import the others, or --map the right columns.",
    ("others", Door.PAGE): "Import the others anyway, or upload it again and choose other columns.",
    ("others", Door.API): "Nothing was imported; upload it again and process it with acceptAssumed to "
    "import the others, or with another mapping.",
    ("map", Door.COMMAND_LINE): "If it is usage all the same, say which column is what: --map customer=COLUMN "
    "--map visitor=COLUMN --map feature=COLUMN --map timestamp=COLUMN.",
    ("map", Door.PAGE): "If it is usage all the same, map it yourself: "
    "choose which column is the customer, the user, the feature and the time.",
    ("map", Door.API): "If it is usage all the same, name its columns customer, user, feature and timestamp, and upload it again.",
    ("map alone", Door.COMMAND_LINE): "If it is usage all the same, import it alone and say which column is what: "
    "--map customer=COLUMN --map visitor=COLUMN --map feature=COLUMN --map timestamp=COLUMN.",
    ("map alone", Door.PAGE): "If it is usage all the same, drop it alone, as one table in a file of its own, and map it yourself.",
    ("map alone", Door.API): "If it is usage all the same, name its columns customer, user, feature and timestamp, and upload it again.",
    ("feature", Door.COMMAND_LINE): "Nothing was imported; --map feature=COLUMN says which one is right.",
    ("feature", Door.PAGE): "Upload it again and choose another column for the feature.",
    ("feature", Door.API): "Nothing was imported; upload it again and process it with another mapping of the feature.",
    ("import", Door.COMMAND_LINE): "Start with: uptake import FILE",
    ("import", Door.PAGE): "Start by dropping an export into the chat.",
    ("import", Door.API): "Start with POST /api/usage/upload.",
}  # fmt: skip


@pytest.mark.parametrize(("way", "door"), [(way, door) for way in WORDS for door in Door])
def test_each_way_is_said_at_each_door_in_its_own_words(way, door):
    said = refusal_said(Mendable("So it is.", Remedy(way, 3)), door)
    assert said == f"So it is. {SAID[way, door]}"
    others = [word for other, words in ONLY_THERE.items() if other != door for word in words]
    if door != Door.COMMAND_LINE:
        assert not [word for word in others if word.startswith(("--", "uptake ")) and word in said]
    if door != Door.API:
        assert not [word for word in ONLY_THERE[Door.API] if word in said]


def test_a_refusal_without_a_way_out_is_the_fact_alone():
    for why in (ProductError("So it is."), Mendable("So it is.")):
        assert {refusal_said(why, door) for door in Door} == {"So it is."}


def test_a_refused_import_tells_its_way_out_at_each_door():
    refused = Import(message="So it is.", report={"remedy": Remedy("undo", 3).to_json()})
    assert import_message(refused, Door.PAGE) == "So it is. Undo import 3 on the Imports page first."
    assert import_message(Import(message="So it is."), Door.API) == "So it is."
