"""Who can log in at first: an admin with a one-time password, or in a demo a teammate per role."""

from uptake.pipeline.home import home
from uptake.team.models import Role, Teammate
from uptake.team.services import add_teammate

FIRST_ADMIN = "admin@uptake.local"
DEMO_DOMAIN = "@demo.uptake.local"
DEMO_PASSWORD = "uptake-demo"  # noqa: S105 - of a home that holds made-up data only, and is shown on its login page
DEMO_TEAM = (
    ("dana", "Dana Whitfield", Role.CSM),
    ("omar", "Omar Reyes", Role.CSM),
    ("lena", "Lena Okafor", Role.LEADER),
    ("pia", "Pia Lindqvist", Role.PRODUCT_MANAGER),
    ("vic", "Vic Tanaka", Role.VIEWER),
    ("ada", "Ada Moreau", Role.ADMIN),
)


def make_first_admin() -> tuple[str, str] | None:
    """(e-mail, one-time password) of the admin made just now; None where somebody can log in already."""
    if Teammate.objects.filter(is_service=False).exists():
        return None
    teammate, password = add_teammate(email=FIRST_ADMIN, role=Role.ADMIN, name="Admin")
    return teammate.email, password


def make_demo_team() -> list[Teammate]:
    """A teammate per role who share a password, and the note that this home is a demo."""
    (home() / "demo").touch()
    return [
        add_teammate(email=f"{name}{DEMO_DOMAIN}", role=role, name=full, password=DEMO_PASSWORD)[0]
        for name, full, role in DEMO_TEAM
    ]


def demo_mode() -> bool:
    """Whether this home holds the demo, and its teammates may stand on the login page."""
    return (home() / "demo").is_file()
