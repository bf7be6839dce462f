"""Keys to other systems open with the workspace's own secret key, and with no other."""

import pytest

from uptake.kit.secrets import SecretLost, seal, unseal


def test_what_is_sealed_opens_again():
    sealed = seal("pendo-key-ä.eu", key="the workspace's")
    assert "pendo" not in sealed
    assert sealed != seal("pendo-key-ä.eu", key="the workspace's")
    assert unseal(sealed, key="the workspace's") == "pendo-key-ä.eu"


@pytest.mark.parametrize("spoilt", [lambda text: text[:-4] + "AAA=", lambda text: text[:20], lambda _: "no token"])
def test_what_was_changed_does_not_open(spoilt):
    sealed = seal("a key", key="ours")
    with pytest.raises(SecretLost, match="enter it once more"):
        unseal(spoilt(sealed), key="ours")


def test_another_workspace_cannot_open_it():
    with pytest.raises(SecretLost):
        unseal(seal("a key", key="ours"), key="theirs")
