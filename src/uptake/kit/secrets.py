"""Keys to other systems, kept so that a copy of the database alone does not open them."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from uptake.kit.errors import ProductError

PURPOSE = b"uptake: keys to other systems"


class SecretLost(ProductError):
    """What was sealed cannot be opened: the workspace's secret key is another one now."""

    status = 409


def seal(text: str, *, key: str) -> str:
    """Encrypted and signed with the workspace's secret key; another text each time."""
    return _fernet(key).encrypt(text.encode()).decode()


def unseal(sealed: str, *, key: str) -> str:
    """What was sealed. Raises SecretLost."""
    try:
        return _fernet(key).decrypt(sealed.encode()).decode()
    except InvalidToken as why:
        raise SecretLost(
            "The key of this connection was kept under another secret key of the workspace; enter it once more."
        ) from why


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
