"""The documentation is tested: what it names exists, what is generated is up to date, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client import Metric

from ivr.cli.main import COMMANDS
from ivr.config import Settings
from ivr.flow.codes import CODES
from ivr.flow.reference import kinds_markdown
from ivr.ops.metrics import Metrics
from ivr.web.webhooks import VoiceHooks

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_page_of_node_kinds_is_what_the_code_says() -> None:
    assert (ROOT / "docs/reference/node-kinds.md").read_text() == kinds_markdown()


def test_every_link_to_a_file_leads_to_one() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_setting_that_is_named_exists() -> None:
    known = {f"IVR_{n.upper()}" for n in Settings.model_fields}
    for page in PAGES:
        for name in set(re.findall(r"\bIVR_[A-Z_]+[A-Z]\b", page.read_text())):
            assert name in known or name.removesuffix("_FILE") in known, f"{page.name}: {name}"


def test_every_command_that_is_named_exists_and_every_command_is_named() -> None:
    text = "\n".join(p.read_text() for p in PAGES)
    named = set(re.findall(r"(?<![\w./])(?:\.venv/bin/)?ivr ([a-z]+)\b", "\n".join(re.findall(r"`[^`]*`|^\$ .*$", text, re.M))))
    assert named <= set(COMMANDS), named - set(COMMANDS)
    for command in COMMANDS:
        assert f"ivr {command}" in text, command


def test_every_metric_is_on_the_page() -> None:
    page = (ROOT / "docs/reference/paths.md").read_text()
    families: list[Metric] = list(Metrics().registry.collect())
    for family in families:
        assert family.name in page, family.name


def test_every_webhook_is_on_the_page() -> None:
    page = (ROOT / "docs/reference/paths.md").read_text()
    for path in ("/voice", "/voice/gather", "/voice/after-stream", "/voice/queue", "/voice/wait", "/voice/status", "/voice/fallback",
                 "/sms", "/sms/status", "/media", "/phone", "/healthz", "/readyz", "/metrics"):
        assert f"{path}" in page
    assert VoiceHooks


def test_every_code_in_the_sources_can_be_explained() -> None:
    for source in (ROOT / "ivr/flow").rglob("*.py"):
        for code in re.findall(r'"([EW]-[A-Z]+(?:-[A-Z]+)*)"', source.read_text()):
            assert code in CODES, f"{source.name}: {code}"


def test_the_readme_shows_the_starter_flow() -> None:
    assert (ROOT / "flows/starter/main.yaml").read_text().rstrip() in (ROOT / "README.md").read_text()

