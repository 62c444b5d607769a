"""Pictures of flows: everything is in them, nothing covers anything else, and the same bundle gives the same bytes."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.cli.main import main
from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle
from ivr.flow.registry import KINDS
from ivr.picture.chart import Box, Chart, Exit, Line
from ivr.picture.charting import chart_of
from ivr.picture.colours import DARK, FAMILIES, FAMILY_OF, LIGHT
from ivr.picture.formats import FORMATS
from ivr.picture.measure import BOX, PAD, SIZES, width, wrapped
from ivr.picture.outlines import OUTLINES
from ivr.picture.positions import LINE_GAP, Plan, plan_of
from tests.bundle_edits import HARBOR, ROOT, STARTER

GOLDEN = ROOT / "tests" / "golden" / "graph"
SVG = "{http://www.w3.org/2000/svg}"
BUNDLES = {folder.name: load_bundle(folder) for folder in (STARTER, HARBOR)}
FLOWS = [(name, flow) for name, bundle in BUNDLES.items() for flow in bundle.flows]


def charted(name: str, flow: str, language: str = "en") -> Chart:
    return chart_of(BUNDLES[name], BUNDLES[name].flows[flow], language)


@pytest.mark.parametrize(("name", "flow", "language", "form"), [
    ("harbor", "main", "en", "svg"), ("harbor", "verify", "es", "svg"), ("harbor", "main", "es", "dot"),
    ("harbor", "main", "en", "mermaid"),
])
def test_the_picture_is_the_golden_one(name: str, flow: str, language: str, form: str) -> None:
    extension, write = FORMATS[form]
    text, golden = write(charted(name, flow, language)), GOLDEN / f"{name}_{flow}_{language}.{extension}"
    if os.environ.get("REGENERATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_another_load_gives_the_same_bytes() -> None:
    again: Bundle = load_bundle(HARBOR)
    for _, write in FORMATS.values():
        assert write(charted("harbor", "main")) == write(chart_of(again, again.flows["main"], "en"))


@pytest.mark.parametrize(("name", "flow"), FLOWS)
def test_every_node_and_every_way_out_is_in_it(name: str, flow: str) -> None:
    assert_complete(BUNDLES[name], flow)


def test_the_reference_flows_are_drawn_soundly(uscis: Bundle) -> None:
    for flow in uscis.flows:
        assert_complete(uscis, flow)


def assert_complete(bundle: Bundle, flow: str) -> None:
    nodes = bundle.flows[flow].nodes
    chart = chart_of(bundle, bundle.flows[flow], "en")
    assert Counter(node for box in chart.boxes for node in box.node_ids) == Counter(list(nodes))
    shown = {(node, e.target) for box in chart.boxes for node in box.node_ids for e in box.exits}
    for node in nodes.values():
        for target in node.to.values():
            go = target.go
            assert shown & {(node.id, go), (node.id, chart.box_of[go])} or go == chart.places.get("agent_request"), (node.id, go)
    assert_sound(chart, plan_of(chart))


@pytest.mark.parametrize(("name", "flow"), FLOWS)
def test_it_is_well_formed_and_every_link_in_it_leads_somewhere(name: str, flow: str) -> None:
    tree = ET.fromstring(FORMATS["svg"][1](charted(name, flow, "es")))
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    for link in tree.iter(f"{SVG}a"):
        target = link.get("href", "")
        assert target.removeprefix("#") in ids if target.startswith("#") else target.removesuffix(".svg") in BUNDLES[name].flows
    assert [e.tag for e in tree][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert tree.get("aria-labelledby", "").split() == [e.get("id") for e in list(tree)[:2]]
    assert tree.get("lang") == "es"


def test_words_are_those_of_the_language_and_facts_are_filled_in() -> None:
    spanish, english = (FORMATS["svg"][1](charted("starter", "main", lang)) for lang in ("es", "en"))
    assert "¿En qué puedo ayudarle?" in spanish
    assert "What can I do for you?" in english
    assert "12 Green Street" in spanish
    assert "cómo llegar" in spanish
    assert "{fact" not in spanish + english


def test_many_topics_of_one_family_are_one_box_and_one_line(uscis: Bundle) -> None:
    chart = chart_of(uscis, uscis.flows["main"], "en")
    why = next(box for box in chart.boxes if box.id == "why")
    assert len(why.exits) < 15
    assert any(len(box.members) >= 5 for box in chart.boxes)
    assert len(chart.boxes) < len(uscis.flows["main"].nodes) / 1.5


def test_every_kind_has_an_outline_and_a_colour() -> None:
    assert set(KINDS) == set(OUTLINES) == set(FAMILY_OF)
    assert set(FAMILY_OF.values()) == set(FAMILIES)


def _luminance(colour: str) -> float:
    parts = [int(colour[n:n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_can_be_read_on_every_colour_by_day_and_by_night() -> None:
    for page, dark in ((LIGHT, False), (DARK, True)):
        grounds = [page.ground, *(f.dark_fill if dark else f.fill for f in FAMILIES.values())]
        for ground in grounds:
            assert contrast(page.text, ground) >= 7
            assert contrast(page.muted, ground) >= 4.5
        for family in FAMILIES.values():
            fill, edge = (family.dark_fill, family.dark_edge) if dark else (family.fill, family.edge)
            assert contrast(edge, fill) >= 4.5, family.name
            assert contrast(edge, page.ground) >= 3, family.name
        assert contrast(page.line, page.ground) >= 3


# -- laws of the layout -----------------------------------------------------------------------------------------------


def assert_sound(chart: Chart, plan: Plan) -> None:
    """No two boxes overlap, no line runs through a box, and each way out is a line or names its target."""
    spaces = {p.shape.box.id: (p.x, p.y, p.x + BOX, p.y + p.shape.height) for p in plan.boxes}
    assert len(plan.boxes) == len(chart.boxes)
    ordered = sorted(spaces.values())
    for one, other in pairwise(ordered):
        assert one[0] != other[0] or one[3] <= other[1], (one, other)
    for line in plan.lines:
        start, end = line.points[0], line.points[-1]
        assert start[0] == spaces[line.way.source][2]
        assert spaces[line.way.source][1] <= start[1] <= spaces[line.way.source][3]
        assert end[0] == spaces[line.way.target][0]
        assert spaces[line.way.target][1] <= end[1] <= spaces[line.way.target][3]
        for (x, y), _ in zip(line.points[1::2], line.points[2::2], strict=False):
            assert all(not (left == x and top - LINE_GAP / 2 < y < low + LINE_GAP / 2) for left, top, _, low in spaces.values())
    drawn = {(line.way.source, line.way.number) for line in plan.lines}
    for placed in plan.boxes:
        for n, way in enumerate(placed.shape.box.exits):
            row = next(r for r in placed.shape.exits if r.exit is way)
            assert ((placed.shape.box.id, n) in drawn) != bool(row.target)
        for text in placed.shape.rows:
            assert width(text.text, SIZES[text.style]) <= BOX - PAD
        assert all(width(t, SIZES["exit"]) <= BOX - PAD for r in placed.shape.exits for t in r.texts)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(1, 14))
    names = [f"n{n}" for n in range(count)]
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=count, max_size=count))
    boxes = []
    for name, kind in zip(names, kinds, strict=True):
        targets = draw(st.lists(st.sampled_from(names), max_size=5))
        exits = tuple(Exit((f"way {n}",), go, is_only=len(targets) == 1) for n, go in enumerate(targets))
        boxes.append(Box(name, kind, name, (Line(draw(st.text(max_size=90)), "words"),), exits))
    places = {"agent_request": names[-1], "safe_landing": names[count // 2]} if draw(st.booleans()) else {}
    return Chart("f", "F", "en", names[0], tuple(boxes), places)


@given(charts())
@settings(max_examples=150, deadline=None)
def test_any_graph_can_be_drawn(chart: Chart) -> None:
    assert_sound(chart, plan_of(chart))
    ET.fromstring(FORMATS["svg"][1](chart))
    for _, write in FORMATS.values():
        assert write(chart) == write(chart)


@given(st.text(max_size=300), st.floats(30, 300))
def test_wrapping_loses_no_word_and_keeps_the_width(text: str, room: float) -> None:
    lines = wrapped(text, 12, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 12) <= room or len(line) == 1 for line in lines)


# -- the command ------------------------------------------------------------------------------------------------------

Capture = pytest.CaptureFixture[str]


def test_pictures_go_into_a_folder_or_to_the_terminal(tmp_path: Path, capsys: Capture) -> None:
    assert main(["graph", str(HARBOR), "--out", str(tmp_path / "new"), "--lang", "es"]) == 0
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["main.svg", "verify.svg"]
    capsys.readouterr()
    assert main(["graph", str(HARBOR), "--flow", "verify", "--lang", "es"]) == 0
    assert capsys.readouterr().out == (tmp_path / "new" / "verify.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(("arguments", "said"), [
    ([], "has 2 flows"), (["--flow", "mian"], 'did you mean "main"?'), (["--lang", "fr", "--flow", "main"], "no language"),
    (["--format", "png"], "png"), (["--flow", "main", "--out", "/dev/null/x"], "cannot write"),
])
def test_misuse_is_two(arguments: list[str], said: str, capsys: Capture) -> None:
    assert main(["graph", str(HARBOR), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_bundle_that_does_not_load_shows_its_problems(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "bundle.yaml").write_text("schema: ivr.bundle/v1\n")
    assert main(["graph", str(tmp_path)]) == 1
    assert "error[E-SCHEMA]" in capsys.readouterr().err
    assert main(["graph", str(tmp_path / "nowhere")]) == 2
