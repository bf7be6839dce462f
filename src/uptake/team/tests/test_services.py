import pytest

from uptake.team.models import ApiKey, AuditRecord, Role, Teammate
from uptake.team.rights import RIGHTS, NotAllowed, Right, may, require
from uptake.team.services import (
    BadKey,
    BadTeammate,
    add_teammate,
    change_role,
    create_key,
    record,
    record_all,
    reset_password,
    revoke_key,
    switch_teammate,
    teammate_of_key,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Teammate:
    return add_teammate(email="ada@us.example", role=Role.ADMIN)[0]


@pytest.fixture
def ann() -> Teammate:
    return add_teammate(email="ann@us.example", role=Role.CSM)[0]


def test_a_teammate_gets_a_one_time_password(ada):
    ben, password = add_teammate(email=" Ben@Us.Example ", role="csm", name="Ben Reyes", by=ada)
    assert (ben.email, ben.has_one_time_password, str(ben)) == ("ben@us.example", True, "Ben Reyes")
    assert ben.check_password(password)
    assert AuditRecord.objects.first().verb == "added teammate"


@pytest.mark.parametrize(
    ("email", "role", "why"),
    [
        ("nobody", "csm", "“nobody” is no e-mail address."),
        ("ada@us.example", "csm", "ada@us.example is a teammate already."),
        ("ben@us.example", "boss", "There is no role “boss”"),
    ],
)
def test_what_cannot_be_added(ada, email, role, why):
    with pytest.raises(BadTeammate, match=why):
        add_teammate(email=email, role=role, by=ada)
    assert Teammate.objects.count() == 1


def test_the_last_admin_stays(ada):
    with pytest.raises(BadTeammate, match="last admin"):
        change_role(ada, role=Role.CSM, by=ada)
    with pytest.raises(BadTeammate, match="last admin"):
        switch_teammate(ada, active=False, by=ada)
    other, _ = add_teammate(email="eve@us.example", role=Role.ADMIN, by=ada)
    assert change_role(ada, role=Role.CSM, by=other).role == Role.CSM


def test_only_who_may_manages_the_team(ada, ann):
    for attempt in (
        lambda: add_teammate(email="x@us.example", role="csm", by=ann),
        lambda: change_role(ada, role="viewer", by=ann),
        lambda: switch_teammate(ada, active=False, by=ann),
        lambda: create_key(name="x", role="admin", by=ann),
        lambda: reset_password(ada, by=ann),
    ):
        with pytest.raises(NotAllowed, match="these do: admin"):
            attempt()
    assert Teammate.objects.count() == 2


def test_a_key_is_known_by_its_hash_and_acts_with_its_role(ada):
    key, text = create_key(name="nightly export", role="viewer", by=ada)
    assert text.startswith(key.prefix)
    assert text not in str(ApiKey.objects.values().get())
    acting = teammate_of_key(text)
    assert (acting.role, acting.is_service, may(acting, Right.IMPORT)) == ("viewer", True, False)
    revoke_key(key, by=ada)
    for wrong in (text, "upt_unknown", ""):
        with pytest.raises(BadKey):
            teammate_of_key(wrong)


def test_somebody_locked_out_may_nothing(ada, ann):
    switch_teammate(ann, active=False, by=ada)
    ann.refresh_from_db()
    assert not any(may(ann, right) for right in Right)
    with pytest.raises(NotAllowed):
        require(ann, Right.IMPORT)


def test_each_role_has_its_rights():
    assert set(RIGHTS) == set(Role.values)
    assert RIGHTS[Role.ADMIN] == set(Right)
    assert Right.SEE_PEOPLE not in RIGHTS[Role.PRODUCT_MANAGER] | RIGHTS[Role.VIEWER]
    assert not RIGHTS[Role.VIEWER] & {Right.CHANGE_OWN, Right.CHANGE_ALL, Right.IMPORT, Right.EXPORT}


def test_a_forgotten_password_becomes_a_one_time_one(ada, ann):
    given = reset_password(ann, by=ada)
    ann.refresh_from_db()
    assert (ann.has_one_time_password, ann.check_password(given)) == (True, True)


def test_many_changes_leave_a_line_each_in_one_insert(ada, ann, django_assert_max_num_queries):
    keys = [create_key(name=f"script {number}", role=Role.VIEWER)[0] for number in range(3)]
    AuditRecord.objects.all().delete()
    changes = [(key, 7, {"before": None, "after": 60.5}) for key in keys]
    with django_assert_max_num_queries(1):
        record_all(ann, "updated health of", changes)
    record(ann, "updated health of", keys[0], customer_id=7, before=None, after=60.5)
    *told, one = AuditRecord.objects.order_by("pk").values("teammate", "verb", "subject", "customer_id", "details")
    assert [each["subject"] for each in told] == ["key script 0", "key script 1", "key script 2"]
    assert told[0] == one  # as record writes it
    assert AuditRecord.objects.filter(at__isnull=True).count() == 0
    record_all(None, "updated health of", [])
    assert AuditRecord.objects.count() == 4
