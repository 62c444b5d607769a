"""The policy's rule, the engine's assertion and the proof agree about who may hear of a case."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from ivr.dialog import doors
from ivr.dialog.session import Frame, fresh
from ivr.dialog.turn_draft import TurnDraft
from ivr.flow.model import Bundle
from tests.cases.test_calls import CASES
from tests.rim.site import TUESDAY

PROTECTED = ("case_state", "changed", "case_changed_on")


def draft(bundle: Bundle, **values: str) -> TurnDraft:
    session = dataclasses.replace(fresh("CA1", bundle.hash), status="live", frames=(Frame("main", "why"), Frame("status", "case_lookup")))
    turn = TurnDraft(bundle, session, TUESDAY)
    turn.vars.update(values)
    return turn


@pytest.mark.parametrize("name", PROTECTED)
def test_the_engine_touches_case_details_in_exactly_the_states_that_the_policy_names(uscis: Bundle, name: str) -> None:
    values = uscis.flows["status"].vars
    states = itertools.product(values["identity"], uscis.flows["status"].vars.get("role", ("none", "applicant", "representative")),
                               values["g28"])
    allowed = set()
    for identity, role, g28 in states:
        turn = draft(uscis, identity=identity, role=role, g28=g28)
        if doors.may_touch(turn, [name]):
            allowed.add((identity, role, g28))
            assert not turn.actions
        else:
            assert [a.type for a in turn.actions] == ["report_refusal"]
    assert allowed == {("verified", "applicant", g) for g in values["g28"]} | {("verified", r, "on_file")
                                                                            for r in ("none", "representative")}


def test_what_every_check_about_a_case_fills_is_protected(uscis: Bundle) -> None:
    flow = uscis.flows["status"]
    for node in flow.nodes.values():
        if node.kind == "check" and node.params.name.startswith("case_"):
            assert flow.protected[node.params.result] == "case_details", node.id
            assert all(flow.slots[s].protected_by == "case_details" for s in node.params.fills), node.id


def test_every_check_about_a_case_is_handed_all_the_answers(uscis: Bundle) -> None:
    for flow in uscis.flows.values():
        for node in flow.nodes.values():
            if node.kind == "check" and node.params.name in ("verify_identity", "g28_on_file", "case_status", "case_changed"):
                assert node.params.inputs == ("receipt", "date_of_birth"), node.id
    assert CASES
