"""What a teammate writes in an e-mail. The service checks what it means."""

from typing import Any

from django import forms

from uptake.actions.email.models import Draft
from uptake.actions.email.rendering import LONGEST_BODY, LONGEST_SUBJECT, Template
from uptake.customers.models import Stakeholder


class DraftForm(forms.Form):
    """Recipient, subject and text. Line breaks in a header are left for the service to refuse, with a sentence."""

    to_name = forms.CharField(label="To: name", required=False, max_length=200, strip=False)
    to_email = forms.CharField(label="To: e-mail address", required=False, max_length=254, strip=False)
    subject = forms.CharField(label="Subject", max_length=LONGEST_SUBJECT, strip=False)
    body = forms.CharField(
        label="Text", max_length=LONGEST_BODY, strip=False, widget=forms.Textarea(attrs={"rows": 18, "cols": 72})
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to_email"].widget.attrs.update({"list": "people", "inputmode": "email", "size": 40})
        self.fields["to_email"].help_text = "Needed before it can be approved."
        self.fields["to_name"].widget.attrs.update({"size": 40})
        self.fields["subject"].widget.attrs.update({"size": 72})


def values_of(draft: Draft) -> dict[str, Any]:
    """The form's values for a draft that stands."""
    return {name: getattr(draft, name) for name in ("to_name", "to_email", "subject", "body")}


class NewDraftForm(forms.Form):
    """Which e-mail, to whom."""

    template = forms.ChoiceField(label="What kind of e-mail")
    to = forms.ChoiceField(label="To", required=False)

    def __init__(self, *args: Any, kinds: list[Template], people: list[Stakeholder], **more: Any) -> None:
        super().__init__(*args, **more)
        self.people = {str(person.pk): person for person in people}
        choices = [(kind.name, f"{kind.title}: {kind.when}" if kind.when else kind.title) for kind in kinds]
        self.fields["template"] = forms.ChoiceField(label="What kind of e-mail", choices=choices)
        named = [("", "I choose the recipient later"), *((key, _told(person)) for key, person in self.people.items())]
        self.fields["to"] = forms.ChoiceField(label="To", required=False, choices=named)


def _told(person: Stakeholder) -> str:
    known = [person.role, "champion" if person.is_champion else "", "sponsor" if person.is_sponsor else ""]
    about = ", ".join(filter(None, known))
    address = person.email or "no address known"
    return f"{person.name} ({about}), {address}" if about else f"{person.name}, {address}"
