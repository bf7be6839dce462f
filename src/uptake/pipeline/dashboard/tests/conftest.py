"""The small workspace of the pipeline's tests, and one customer whose dashboard is worked out by hand."""

from types import SimpleNamespace

import pytest

from uptake.pipeline.dashboard.tests.by_hand import dorado_events, dorado_papers, import_events
from uptake.pipeline.tests.by_hand import own
from uptake.pipeline.tests.conftest import people, usage, workspace

__all__ = ["dorado", "dorado_too", "people", "usage", "workspace"]


@pytest.fixture
def dorado_too(workspace):
    """Dorado beside the three others."""
    import_events(workspace.folder, dorado_events())
    customer = own("Dorado", workspace.ann, segment="Enterprise", time_zone="Europe/Berlin")
    dorado_papers(customer)
    return customer


@pytest.fixture
def dorado(people, tmp_path):
    """Ann's customer Dorado, as ``by_hand`` tells it."""
    import_events(tmp_path, dorado_events())
    customer = own("Dorado", people.ann, segment="Enterprise", time_zone="Europe/Berlin")
    dorado_papers(customer)
    return SimpleNamespace(**vars(people), dorado=customer, folder=tmp_path)
