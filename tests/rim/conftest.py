from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rim.site import Site, site


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Site]:
    """The reference deployment on a Tuesday morning, lines open."""
    with site(tmp_path) as s:
        yield s
