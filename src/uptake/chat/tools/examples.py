"""What may be asked, said with the teammate's own customers: an example never names somebody else's."""

import re

from uptake.chat.tools.tool import Tool
from uptake.customers.access import access_customers
from uptake.team.models import Teammate

STAND_INS = re.compile(r"\b(?:TechCorp|OldCorp|DataPro|SmallBiz)\b")


def example_for(teammate: Teammate, tool: Tool) -> str:
    """The tool's first example that can be said; empty where each names more customers than are the teammate's."""
    own = own_names(teammate) if any(map(STAND_INS.search, tool.examples[:1])) else []
    for example in tool.examples:
        needed = dict.fromkeys(STAND_INS.findall(example))
        if len(needed) <= len(own):
            text = example
            for stand_in, name in zip(needed, own, strict=False):
                text = text.replace(stand_in, name)
            return text
    return ""


def own_names(teammate: Teammate) -> list[str]:
    """Two customers: first those they own, then any they may see."""
    seen = access_customers(teammate)
    own = list(seen.filter(owner=teammate).order_by("name").values_list("name", flat=True)[:2])
    return own or list(seen.order_by("name").values_list("name", flat=True)[:2])
