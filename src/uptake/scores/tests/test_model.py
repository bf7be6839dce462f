from dataclasses import replace

import pytest

from uptake.metrics.registry import METRICS
from uptake.scores.adoption import MEASURES, PORTFOLIO
from uptake.scores.model import BadWeights


def test_weights_are_those_of_the_definitions():
    assert {part.name: part.weight for part in PORTFOLIO.components} == {
        "breadth": 30,
        "depth": 30,
        "recency": 20,
        "stickiness": 20,
    }


def test_the_version_is_the_same_in_every_process():
    # Kept scores name it. It changes with the model alone; whoever changes the model writes the new one here.
    assert PORTFOLIO.version == "3f7bc944"


def test_any_change_makes_another_version():
    first, *others = PORTFOLIO.components
    changed = [
        PORTFOLIO.with_weights({"depth": 31}),
        replace(PORTFOLIO, least_present=0.6),
        replace(PORTFOLIO, name="other"),
        *[
            replace(PORTFOLIO, components=(replace(first, **change), *others))
            for change in ({"full_at": 0.9}, {"formula": "x"}, {"metric": "depth"})
        ],
    ]
    versions = {model.version for model in [PORTFOLIO, *changed]}
    assert len(versions) == len(changed) + 1


def test_the_same_weights_make_the_same_version():
    assert PORTFOLIO.with_weights({"depth": 30}).version == PORTFOLIO.version
    assert PORTFOLIO.with_weights({}) == PORTFOLIO


@pytest.mark.parametrize(
    "weights",
    [
        {"height": 10},
        {"depth": -1},
        {"depth": float("nan")},
        {"depth": float("inf")},
        {"breadth": 0, "depth": 0, "recency": 0, "stickiness": 0},
    ],
)
def test_weights_that_make_no_sense_are_refused(weights):
    with pytest.raises(BadWeights):
        PORTFOLIO.with_weights(weights)


def test_every_component_names_a_metric_that_can_be_measured():
    slugs = {metric.slug for metric in METRICS}
    assert {part.metric for part in PORTFOLIO.components} <= set(MEASURES) <= slugs
