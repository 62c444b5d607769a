"""The keys for personal data at rest: from the settings, or a file of this installation while trying things out."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ivr.config import Settings
from ivr.errors import ConfigProblem
from ivr.store.sealed import SecretBox

FILE = "data.key"


def box_of(settings: Settings) -> SecretBox:
    """Raises ConfigProblem where the key file can be neither read nor made."""
    if settings.data_keys is not None:
        return SecretBox(settings.data_keys.get_secret_value().split())
    path = settings.var_dir / FILE
    try:
        return SecretBox(path.read_text().split() or [_made(path)])
    except FileNotFoundError:
        return SecretBox([_made(path)])
    except OSError as error:
        raise ConfigProblem(f"the key file {path} cannot be read: {error.strerror}", hint="or set IVR_DATA_KEYS") from error


def _made(path: Path) -> str:
    """A new key, readable by its owner only; the first of two processes that start together wins."""
    key = secrets.token_hex(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
        try:
            os.link(new, path)
        except FileExistsError:
            return path.read_text().strip()
        finally:
            new.unlink()
    except OSError as error:
        raise ConfigProblem(f"the key file {path} cannot be made: {error.strerror}", hint="or set IVR_DATA_KEYS") from error
    return key
