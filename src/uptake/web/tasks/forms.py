"""What a teammate writes about a task."""

from typing import Any

from django import forms

from uptake.actions.task.inputs import LONGEST_TITLE, LONGEST_WHY
from uptake.actions.task.models import Priority, Task
from uptake.customers.access import may_change
from uptake.customers.models import Customer
from uptake.team.models import Teammate
from uptake.team.rights import Right, may


def possible_owners(customer: Customer) -> list[Teammate]:
    """Who could do it: people who log in and may change this customer."""
    people = Teammate.objects.filter(is_active=True, is_service=False).order_by("first_name", "last_name", "pk")
    return [
        teammate
        for teammate in people
        if may(teammate, Right.CHANGE_OWN) and may_change(teammate, customer)  # who changes it also sees it
    ]


class TaskForm(forms.Form):
    """Title, reason, day, priority, owner and checklist; the service checks what it means."""

    title = forms.CharField(label="What is to be done", max_length=LONGEST_TITLE)
    why = forms.CharField(
        label="Why", required=False, max_length=LONGEST_WHY, widget=forms.Textarea(attrs={"rows": 3, "cols": 60})
    )
    due_on = forms.DateField(
        label="Due on",
        required=False,
        help_text="Without a day: 1, 3, 5 or 10 working days from today, by priority.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    priority = forms.ChoiceField(label="Priority", choices=Priority.choices, initial=Priority.MEDIUM)
    owner = forms.ChoiceField(label="Who does it", required=False)
    checklist = forms.CharField(
        label="Checklist",
        required=False,
        help_text="One item a line.",
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
    )

    def __init__(self, *args: Any, customer: Customer, current: Teammate | None = None, **more: Any) -> None:
        """``current``: whose task it is; they stay a choice whatever became of them."""
        super().__init__(*args, **more)
        owners = possible_owners(customer)
        self.current = current
        self.owners = {str(each.pk): each for each in (*owners, *([current] if current else []))}
        choices = [("", "Nobody yet"), *((key, str(teammate)) for key, teammate in self.owners.items())]
        self.fields["owner"] = forms.ChoiceField(label="Who does it", required=False, choices=choices)

    def said(self, ticked: list[dict[str, Any]]) -> dict[str, Any]:
        """The service's fields. An item whose words did not change keeps its tick."""
        done = {item["text"] for item in ticked if item["done"]}
        lines = (" ".join(line.split()) for line in self.cleaned_data["checklist"].splitlines())
        owner = self.owners.get(self.cleaned_data["owner"])
        return {
            "title": self.cleaned_data["title"],
            "why": self.cleaned_data["why"],
            "priority": self.cleaned_data["priority"],
            **({} if owner == self.current else {"owner": owner}),
            "checklist": [{"text": line, "done": line in done} for line in lines],
        }


def values_of(task: Task) -> dict[str, Any]:
    """The form's values for a task that stands."""
    return {
        "title": task.title,
        "why": task.why,
        "due_on": task.due_on,
        "priority": task.priority,
        "owner": task.owner_id or "",
        "checklist": "\n".join(item["text"] for item in task.checklist),
    }
