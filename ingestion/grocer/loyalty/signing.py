"""Opaque, tamper-evident texts that the server hands out and takes back: access tokens and page cursors."""

import base64
import hashlib
import hmac
import json
from typing import Any


class Signer:
    """Signs small JSON values with a key of their purpose, so that a cursor is no token and a foreign text is neither."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)

    def sign(self, value: Any) -> str:
        """`value` as URL-safe text: its JSON and a 128-bit signature."""
        payload = json.dumps(value, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(payload) + payload).rstrip(b"=").decode()

    def read(self, text: str) -> Any | None:
        """The value of a text that `sign` made; None for any other."""
        try:
            signed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        except ValueError:
            return None
        signature, payload = signed[:16], signed[16:]
        return json.loads(payload) if hmac.compare_digest(signature, self._signature(payload)) else None

    def _signature(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, hashlib.sha256)[:16]
