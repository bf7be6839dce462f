"""Every platform that can be connected, with everything that can be chosen about it."""

import pytest

from uptake.pipeline.sync.platforms import PATIENCE, PLATFORMS

SAID = {"key": "0123456789abcdef", "user": "reader.0123", "secret": "0123456789abcdef", "project": "374182"}
CHOICES = [
    (name, field.name, value)
    for name, asked in PLATFORMS.items()
    for field in asked.fields
    for value in field.choices or ()
]


@pytest.mark.parametrize(("platform", "field", "value"), CHOICES)
def test_whatever_can_be_chosen_can_be_asked(platform, field, value):
    asked = PLATFORMS[platform]
    asked.client(*asked.checked({**SAID, field: value}), PATIENCE).close()
