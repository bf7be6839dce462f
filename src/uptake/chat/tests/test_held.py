"""What was answered is shown as long as the reader may see what is in it."""

import pytest

from uptake.chat.answers import Answer, Button, Buttons, Item, Items
from uptake.chat.conversation import NoSuchConversation, _reply, press_button
from uptake.chat.held import LOST
from uptake.chat.models import Conversation
from uptake.chat.tests.conftest import page
from uptake.customers.services import create_customer, update_customer
from uptake.team.services import change_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(ann):
    return create_customer(name="Acme", owner=ann)


@pytest.fixture
def talk(ann, acme):
    talk = Conversation.objects.create(teammate=ann, title="Weekly review")
    _reply(talk, Answer("Write to Marta", (Items("Advice", (Item("Acme: Marta is away", "She was here in May"),)),)))
    return talk


def test_it_stays_while_nothing_changed(as_ann, talk):
    assert "Marta" in page(as_ann, talk)
    assert LOST not in page(as_ann, talk)


def test_a_customer_given_away_takes_its_answers_along(as_ann, talk, acme, ben):
    create_customer(name="Acme Two", owner=ben)
    update_customer(acme, owner=ben)
    shown = page(as_ann, talk)
    assert LOST in shown
    assert "Marta" not in shown
    update_customer(acme, owner=None)
    assert "Marta" in page(as_ann, talk)


def test_a_role_that_sees_nobody_reads_no_names(as_ann, talk, ann):
    change_role(ann, role="viewer")
    shown = page(as_ann, talk)
    assert LOST in shown
    assert "Marta" not in shown


def test_a_name_inside_a_word_is_no_customer(as_ann, talk, ann, ben):
    port = create_customer(name="port", owner=ann)
    _reply(talk, Answer("The report is ready"))
    update_customer(port, owner=ben)
    assert "The report is ready" in page(as_ann, talk)


@pytest.mark.parametrize("key", ["01.0", "1.00", "+1.0", "-1.0", " 1.0", "1.0.0", "1.", "１.0", "1_0.0"])
def test_a_button_has_one_key(talk, key):
    message = _reply(talk, Answer("Shall I?", (Items("Advice", ()), Buttons((Button("Scores", "scores", {}),)))))
    with pytest.raises(NoSuchConversation):
        press_button(message, key)
