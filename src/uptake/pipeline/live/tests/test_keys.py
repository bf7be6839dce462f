"""Sources and their write keys: shown once, kept as a hash, and at an end when they are renewed, paused or removed."""

import pytest
from django.db import DatabaseError

from uptake.pipeline.live import keys
from uptake.pipeline.live.keys import BadSource, KnownKeys, NoSuchSource, create_live_source, new_key, pause, remove
from uptake.pipeline.sync.models import Connection
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import AuditRecord, Role
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db


def test_the_key_is_kept_nowhere():
    made, key = create_live_source("Web app", None)
    assert key.startswith("upw_")
    assert made.hint == key[-4:]
    told = repr(Connection.objects.values().get()) + repr(list(AuditRecord.objects.values()))
    assert key not in told
    assert key[4:20] not in told


def test_each_source_has_a_slug_that_no_other_ever_had():
    names = ["Web app", "web-app", "Pendo", "Ünïcode ✓", "…", "x" * 100]
    slugs = [create_live_source(name, None)[0].source for name in names]
    assert slugs == ["live-web-app", "live-web-app-2", "live-pendo", "live-n-code", "live-source", "live-" + "x" * 30]
    gone = Connection.objects.get(source="live-web-app")
    remove(gone, None)
    assert create_live_source("Web app", None)[0].source == "live-web-app-3"


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\0b"])
def test_a_name_must_say_something(name):
    with pytest.raises(BadSource):
        create_live_source(name, None)


def act(what, made, by):
    return {
        "create": lambda: create_live_source("Other", by),
        "new key": lambda: new_key(made, by),
        "pause": lambda: pause(made, by),
        "remove": lambda: remove(made, by),
    }[what]()


@pytest.mark.parametrize("what", ["create", "new key", "pause", "remove"])
def test_only_who_may_connect(what):
    made, _ = create_live_source("Web app", None)
    for role in (Role.CSM, Role.PRODUCT_MANAGER, Role.VIEWER):
        with pytest.raises(NotAllowed):
            act(what, made, teammate(f"{role}@ours.example", role))
    act(what, made, teammate("lea@ours.example", Role.LEADER))
    assert AuditRecord.objects.filter(teammate__email="lea@ours.example").count() == 1


def known(key: str) -> keys.Known | None:
    return KnownKeys().find(key)


def test_a_new_key_ends_the_old_one():
    made, old = create_live_source("Web app", None)
    _, new = new_key(made, None)
    assert (known(old), known(new)) == (None, keys.Known(made.pk, True))


def test_a_paused_source_is_known_and_refused():
    made, key = create_live_source("Web app", None)
    pause(made, None)
    assert known(key) == keys.Known(made.pk, False)
    pause(made, None, paused=False)
    assert known(key) == keys.Known(made.pk, True)
    assert AuditRecord.objects.filter(verb__in=["paused", "resumed"]).count() == 2


def test_a_removed_source_is_gone():
    made, key = create_live_source("Web app", None)
    remove(made, None)
    assert known(key) is None
    for verb in ("new key", "pause", "remove"):
        with pytest.raises(NoSuchSource):
            act(verb, made, None)


def test_guessing_keys_asks_the_database_once(django_assert_num_queries):
    _, key = create_live_source("Web app", None)
    here = KnownKeys()
    with django_assert_num_queries(1):
        assert here.find(key) is not None
        assert [here.find(f"upw_{number}") for number in range(100)] == [None] * 100
    assert here.at_hand(key)[0]


def test_who_was_known_stays_known_while_the_database_is_away(monkeypatch):
    _, key = create_live_source("Web app", None)
    here = KnownKeys()
    here.find(key)
    here._read_at = float("-inf")

    def away():
        raise DatabaseError("gone")

    monkeypatch.setattr(keys, "_sources", away)
    assert here.find(key) is not None
    with pytest.raises(DatabaseError):
        KnownKeys().find(key)


def test_another_kind_of_connection_is_no_source():
    other = Connection.objects.create(platform="pendo", name="Pendo", source="pendo")
    with pytest.raises(NoSuchSource):
        new_key(other, None)
