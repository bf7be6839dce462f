"""What is done about teammates and keys, and the note that every change leaves."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone

from uptake.kit.errors import ProductError
from uptake.team.models import ApiKey, AuditRecord, Role, Teammate
from uptake.team.rights import Right, require

KEY_PREFIX = "upt_"
LAST_USED_EVERY_SECONDS = 60
PRESSED_TWICE = timedelta(seconds=30)


class BadTeammate(ProductError):
    """An e-mail address or role that cannot be, or is taken."""


class BadKey(ProductError):
    """The API key is unknown or was revoked."""

    status = 401


def record(
    by: Teammate | None, verb: str, subject: object, *, customer_id: int | None = None, **details: Any
) -> AuditRecord:
    """Write one line of the audit trail; ``by`` is None for the command line.

    Call it inside the transaction of the change, so that both stand or neither does.
    """
    return AuditRecord.objects.create(
        teammate=by, verb=verb, subject=str(subject)[:200], customer_id=customer_id, details=details
    )


def record_all(
    by: Teammate | None, verb: str, changes: Sequence[tuple[models.Model, int | None, Mapping[str, object]]]
) -> None:
    """As ``record`` for many changes of one kind, in one insert: subject, customer and details of each.

    For a change of thousands of customers at once. Call it inside the transaction of the change, as ``record``.
    """
    AuditRecord.objects.bulk_create(
        AuditRecord(teammate=by, verb=verb, subject=str(subject)[:200], customer_id=customer_id, details=dict(details))
        for subject, customer_id, details in changes
    )


@transaction.atomic
def add_teammate(
    *, email: str, role: str, name: str = "", password: str | None = None, by: Teammate | None = None
) -> tuple[Teammate, str]:
    """Make somebody who can log in; returns them and the one-time password they must change.

    With ``password`` (the demo) it is no one-time password. Raises BadTeammate.
    """
    if by is not None:
        require(by, Right.MANAGE_TEAM)
    email = _checked_email(email)
    _check_role(role)
    first, _, last = name.strip().partition(" ")
    given = password or secrets.token_urlsafe(12)
    teammate = Teammate(
        username=email, email=email, role=role, first_name=first, last_name=last, has_one_time_password=password is None
    )
    teammate.set_password(given)
    teammate.save()
    record(by, "added teammate", teammate, role=role, teammate=teammate.pk)
    return teammate, given


def just_added(email: str, *, by: Teammate) -> Teammate | None:
    """Whom the same admin added with this address a moment ago, and who has not logged in yet."""
    fresh = Teammate.objects.filter(username=email.strip().lower(), has_one_time_password=True, last_login=None)
    teammate = fresh.filter(is_service=False, date_joined__gte=timezone.now() - PRESSED_TWICE).first()
    if teammate is None:
        return None
    notes = AuditRecord.objects.filter(verb="added teammate", teammate=by, details__teammate=teammate.pk)
    return teammate if notes.exists() else None


@transaction.atomic
def change_role(teammate: Teammate, *, role: str, by: Teammate | None = None) -> Teammate:
    """Give another role. Raises BadTeammate for the last admin."""
    if by is not None:
        require(by, Right.MANAGE_TEAM)
    _check_role(role)
    current = Teammate.objects.select_for_update().get(pk=teammate.pk, is_service=False)
    if role != Role.ADMIN:
        _keep_an_admin(current)
    before, current.role = current.role, role
    current.save(update_fields=["role"])
    record(by, "changed role of", current, before=before, role=role, teammate=current.pk)
    return current


@transaction.atomic
def switch_teammate(teammate: Teammate, *, active: bool, by: Teammate | None = None) -> Teammate:
    """Let somebody in no more, or again. What they did stays. Raises BadTeammate for the last admin."""
    if by is not None:
        require(by, Right.MANAGE_TEAM)
    current = Teammate.objects.select_for_update().get(pk=teammate.pk, is_service=False)
    if not active:
        _keep_an_admin(current)
    current.is_active = active
    current.save(update_fields=["is_active"])
    record(by, "let in" if active else "locked out", current, teammate=current.pk)
    return current


@transaction.atomic
def reset_password(teammate: Teammate, *, by: Teammate | None = None) -> str:
    """A new one-time password for somebody who forgot theirs; returned this once. Second factors stay."""
    if by is not None:
        require(by, Right.MANAGE_TEAM)
    current = Teammate.objects.select_for_update().get(pk=teammate.pk, is_service=False)
    password = secrets.token_urlsafe(12)
    current.set_password(password)
    current.has_one_time_password = True
    current.save(update_fields=["password", "has_one_time_password"])
    record(by, "reset password of", current, teammate=current.pk)
    return password


def _keep_an_admin(teammate: Teammate) -> None:
    others = Teammate.objects.filter(role=Role.ADMIN, is_active=True, is_service=False).exclude(pk=teammate.pk)
    if teammate.role == Role.ADMIN and teammate.is_active and not others.exists():
        raise BadTeammate(f"{teammate} is the last admin; make another one first.")


def _checked_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as why:
        raise BadTeammate(f"“{email}” is no e-mail address.") from why
    if Teammate.objects.filter(username=email).exists():
        raise BadTeammate(f"{email} is a teammate already.")
    return email


def _check_role(role: str) -> None:
    if role not in Role.values:
        raise BadTeammate(f"There is no role “{role}”; there are {', '.join(Role.values)}.")


@transaction.atomic
def create_key(*, name: str, role: str, by: Teammate | None = None) -> tuple[ApiKey, str]:
    """Make an API key; the text is returned this once and never kept."""
    if by is not None:
        require(by, Right.MANAGE_TEAM)
    _check_role(role)
    name = name.strip()
    if not name:
        raise BadTeammate("A key needs a name that says what it is for.")
    text = KEY_PREFIX + secrets.token_urlsafe(32)
    _revoke_the_same(name, role, by)
    stand_in = Teammate(username=f"key:{secrets.token_hex(8)}", first_name=name[:150], role=role, is_service=True)
    stand_in.set_unusable_password()
    stand_in.save()
    key = ApiKey.objects.create(name=name[:100], prefix=text[:12], sha256=_hash(text), acts_as=stand_in, created_by=by)
    record(by, "made key", key, role=role, key=key.pk)
    return key, text


def _revoke_the_same(name: str, role: str, by: Teammate | None) -> None:
    """Pressed twice: nobody has read the first key, as the page of the second came in its place."""
    same = ApiKey.objects.filter(name=name[:100], created_by=by, acts_as__role=role, last_used_at=None, revoked_at=None)
    for key in same.filter(created_by__isnull=False, created_at__gte=timezone.now() - PRESSED_TWICE):
        revoke_key(key, by=by)


@transaction.atomic
def revoke_key(key: ApiKey, *, by: Teammate | None = None) -> ApiKey:
    """Nobody comes in with it any more. Doing it again changes nothing."""
    if by is not None:
        require(by, Right.MANAGE_TEAM)
    current = ApiKey.objects.select_for_update().get(pk=key.pk)
    if current.revoked_at is None:
        current.revoked_at = timezone.now()
        current.save(update_fields=["revoked_at"])
        record(by, "revoked key", current, key=current.pk)
    return current


def teammate_of_key(text: str) -> Teammate:
    """Under whom a key acts. Raises BadKey."""
    key = ApiKey.objects.select_related("acts_as").filter(sha256=_hash(text), revoked_at=None).first()
    if key is None or not key.acts_as.is_active:
        raise BadKey("This API key is unknown or was revoked.")
    now = timezone.now()
    if key.last_used_at is None or (now - key.last_used_at).total_seconds() > LAST_USED_EVERY_SECONDS:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key.acts_as


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
