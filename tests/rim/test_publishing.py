"""What new calls begin with: published versions that servers follow, trials that stop themselves, edits of a folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.errors import BundleProblems
from ivr.flow.model import Bundle
from ivr.proof.load import load_proven
from ivr.runtime.bundles import drawn
from ivr.store.call_outcomes import CallOutcomes
from ivr.store.pinned import PinnedBundles
from ivr.store.versions import Change, Version
from tests.rim.site import ROOT, TUESDAY, Site, site

OLD, NEW = "nine to five", "ten to four"
KEYS = SecretStr("the key of all servers")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library's line, in a folder that a test may edit."""
    shutil.copytree(ROOT / "flows/starter", tmp_path / "flows/starter")
    shutil.copytree(ROOT / "prompts/starter", tmp_path / "prompts/starter")
    return tmp_path / "flows/starter"


@pytest.fixture
def sites(tmp_path: Path, folder: Path) -> Iterator[tuple[Site, Site]]:
    """Two servers that follow what is published in one database."""
    with ExitStack() as stack:
        one, two = (stack.enter_context(site(made(tmp_path / name), bundle=folder, follow="published",
                                             database_url=f"sqlite:///{tmp_path / 'ivr.db'}", data_keys=KEYS)) for name in ("one", "two"))
        yield one, two


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def edited(folder: Path, before: str = OLD, after: str = NEW) -> Bundle:
    facts = folder / "facts.yaml"
    assert before in facts.read_text()
    facts.write_text(facts.read_text().replace(before, after))
    return load_proven(folder)


def published(one: Site, bundle: Bundle, percent: int | None = None) -> Version:
    PinnedBundles(one.services.db).keep(bundle.hash, bundle.id, bundle.files, TUESDAY)
    change = Change("jane", "new hours", TUESDAY)
    assert one.services.versions is not None
    if percent is None:
        return one.services.versions.publish(bundle.id, bundle.hash, change)
    return one.services.versions.trial(bundle.id, bundle.hash, percent, change)


def hours(one: Site) -> str:
    call = one.call()
    call.say("when are you open")
    return call.heard_text


def test_the_folder_is_the_first_version_of_an_installation(sites: tuple[Site, Site]) -> None:
    one, two = sites
    assert [v.reason for v in one.services.versions.all("starter")] == ["first start of this installation"]  # type: ignore[union-attr]
    assert one.services.bundles.current.hash == two.services.bundles.current.hash


def test_every_server_follows_a_publish_and_calls_end_on_what_they_began_with(sites: tuple[Site, Site], folder: Path) -> None:
    under_way = [one.call() for one in sites]
    published(sites[0], edited(folder))
    for one, call in zip(sites, under_way, strict=True):
        one.services.following.look()
        assert NEW in hours(one)
        call.say("when are you open")
        assert OLD in call.heard_text and NEW not in call.heard_text
        call.say("goodbye")
        assert call.ended == "hangup"


def test_a_rollback_is_followed_too(sites: tuple[Site, Site], folder: Path) -> None:
    one, two = sites
    published(one, edited(folder))
    two.services.following.look()
    assert NEW in hours(two)
    assert one.services.versions is not None
    one.services.versions.rollback("starter", Change("jane", "wrong hours", TUESDAY))
    two.services.following.look()
    assert OLD in hours(two)


def test_an_edit_of_the_folder_is_no_publish(sites: tuple[Site, Site], folder: Path) -> None:
    edited(folder)
    sites[0].services.following.look()
    assert OLD in hours(sites[0])


def test_a_pointer_to_what_cannot_be_loaded_changes_nothing(sites: tuple[Site, Site]) -> None:
    one = sites[0]
    assert one.services.versions is not None
    one.services.versions.publish("starter", "f" * 64, Change("mallory", "no such bundle", TUESDAY))
    for _ in range(3):
        one.services.following.look()
    assert OLD in hours(one)
    failed = [s.value for m in one.services.metrics.registry.collect() for s in m.samples if s.name == "ivr_following_failed_total"]
    assert failed == [1.0], "once for each revision, not at every look"


def test_a_folder_that_was_damaged_takes_no_line_down(sites: tuple[Site, Site], tmp_path: Path, folder: Path) -> None:
    (folder / "main.yaml").write_text("nodes: [")
    url = f"sqlite:///{tmp_path / 'ivr.db'}"
    with site(made(tmp_path / "three"), bundle=folder, follow="published", database_url=url, data_keys=KEYS) as three:
        assert OLD in hours(three)


def test_a_damaged_folder_and_nothing_published_is_an_error_at_the_start(tmp_path: Path, folder: Path) -> None:
    (folder / "main.yaml").write_text("nodes: [")
    with pytest.raises(BundleProblems), site(made(tmp_path / "one"), bundle=folder, follow="published"):
        pass


def test_an_edit_that_loads_is_taken_over_and_one_that_does_not_is_not(tmp_path: Path, folder: Path) -> None:
    with site(made(tmp_path / "one"), bundle=folder) as one:
        edited(folder)
        one.services.following.look()
        assert NEW in hours(one)
        (folder / "main.yaml").write_text((folder / "main.yaml").read_text().replace("start: welcome", "start: nowhere"))
        one.services.following.look()
        assert NEW in hours(one)


# -- trials -----------------------------------------------------------------------------------------------------------


def ended_calls(one: Site, bundle_hash: str, calls: int, **kinds: int) -> None:
    with one.services.db.write() as connection:
        for n in range(calls):
            of = ["ended", *(k for k, count in kinds.items() if n < count)]
            CallOutcomes(one.services.db).add(connection, f"{bundle_hash[:8]}-{n}", bundle_hash, of, one.clock.now())


def test_a_trial_gets_its_share_of_calls_and_each_call_one_bundle(sites: tuple[Site, Site], folder: Path) -> None:
    one = sites[0]
    new = edited(folder)
    published(one, new, percent=40)
    one.services.following.look()
    calls = [one.call() for _ in range(30)]
    for call in calls:
        call.say("when are you open")
        assert (NEW if drawn(call.sid, new.hash) < 40 else OLD) in call.heard_text
    assert {NEW in c.heard_text for c in calls} == {True, False}


def test_a_trial_that_harms_callers_stops_itself(sites: tuple[Site, Site], folder: Path) -> None:
    one, two = sites
    old, new = one.services.bundles.current.hash, edited(folder)
    published(one, new, percent=10)
    one.services.following.look()
    ended_calls(one, old, 900, dead_end=45)
    ended_calls(one, new.hash, 220, dead_end=60)
    for each in (one, two, one):
        each.services.following.look()
    assert one.services.versions is not None
    newest = one.services.versions.all("starter")[0]
    assert (newest.kind, newest.author) == ("stop", "server")
    assert "27.3% of the calls ended without an answer, 5.0% with the version in force" in newest.reason
    for each in (one, two):
        each.services.following.look()
        assert each.services.bundles.in_force.canary is None and OLD in hours(each)


def test_a_trial_that_harms_nobody_goes_on(sites: tuple[Site, Site], folder: Path) -> None:
    one = sites[0]
    old, new = one.services.bundles.current.hash, edited(folder)
    published(one, new, percent=10)
    ended_calls(one, old, 900, dead_end=45, abandon=90)
    ended_calls(one, new.hash, 220, dead_end=12, abandon=24)
    one.services.following.look()
    assert one.services.bundles.in_force.canary is not None
    pointer = one.services.versions.pointer("starter")  # type: ignore[union-attr]
    assert pointer is not None and pointer.canary_look == 0


def test_how_calls_end_is_counted_by_bundle(sites: tuple[Site, Site]) -> None:
    from ivr.store.call_outcomes import CallOutcomes

    one = sites[0]
    finished, given_up = one.call(), one.call()
    finished.say("when are you open")
    finished.say("goodbye")
    assert finished.ended
    given_up.hangup()
    counts = CallOutcomes(one.services.db).counts(one.services.bundles.current.hash)
    assert (counts.calls, counts.of) == (2, {"dead_end": 0, "transfer": 0, "abandon": 1})
