"""What a page may ask to be told of."""

import pytest
from django.test import Client

from uptake.chat.models import Conversation
from uptake.team.models import Role
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db


def test_a_long_number_to_watch_is_no_fault():
    ann, _ = add_teammate(email="ann@us.example", role=Role.CSM, password="correct horse battery")
    client = Client()
    client.force_login(ann)
    talk = Conversation.objects.create(teammate=ann, title="x")
    assert client.get(f"/c/{talk.pk}/stream?watch={'9' * 5000},²,1").status_code == 200
