"""Of calls that were promised and are put through to our own desk: the application speaks, and somebody serves there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rim.called_back import Voice, with_voice
from tests.rim.site import Site
from tests.rim.text_people import Screen


@pytest.fixture
def voice(office: Site) -> Voice:
    return with_voice(office)


@pytest.fixture
def screen(office: Site, voice: Voice) -> Screen:
    made = Screen("ana")
    office.services.desk.sign_in(made)
    return made


@pytest.fixture(autouse=True)
def _desks_are_closed(office: Site) -> Iterator[None]:
    yield
    for call in office.carrier.calls.values():
        if not call.ended:
            call.hangup()
