"""The Compose file is held against the settings: every one it sets exists, and with values for its secrets they would be accepted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from ivr import config
from ivr.config import Settings

ROOT = Path(__file__).parent.parent.parent
FILE = ROOT / "deploy/compose.yaml"
VALUES = {"POSTGRES_PASSWORD": "p" * 20, "IVR_PUBLIC_URL": "https://ivr.example.org", "IVR_DATA_KEYS": "d" * 32,
          "IVR_TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "IVR_TWILIO_AUTH_TOKEN": "2" * 32, "IVR_TWILIO_FROM": "+18005550100"}


def services() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text())["services"]


def filled(text: str) -> str:
    """As Compose would: a value, or what stands behind `:-`."""
    return re.sub(r"\$\{(\w+)(?::([-?])([^}]*))?\}", lambda m: VALUES.get(m[1], (m[3] or "") if m[2] == "-" else "MISSING"), text)


def ours() -> dict[str, dict[str, str]]:
    return {name: {k: filled(v) for k, v in each["environment"].items()} for name, each in services().items() if "build" in each}


def test_two_servers_and_two_workers_with_equal_settings() -> None:
    kinds = {name: services()[name]["command"][-1] for name in ours()}
    assert sorted(kinds.values()) == ["serve", "serve", "worker", "worker"]
    assert len({tuple(sorted(e.items())) for e in ours().values()}) == 1, "every process has the same stores, keys and addresses"


def test_every_setting_exists_and_is_accepted() -> None:
    known = {f"IVR_{n.upper()}" for n in Settings.model_fields}
    for environment in ours().values():
        assert set(environment) <= known
        assert "MISSING" not in str(environment)
        settings = config.load({k: v for k, v in environment.items() if v})
        assert settings.is_production
        assert settings.worker == "off"
        assert settings.database_url.startswith("postgresql://ivr:")
        assert settings.redis_url == "redis://valkey:6379/0"


def test_stores_are_healthy_before_anything_starts_and_the_proxy_knows_every_server() -> None:
    found = services()
    for name in ours():
        assert found[name]["depends_on"] == {s: {"condition": "service_healthy"} for s in ("postgres", "valkey")}
    assert all("healthcheck" in found[s] for s in ("postgres", "valkey"))
    servers = {name for name in ours() if found[name]["command"][-1] == "serve"}
    assert {a.split(":")[0] for a in found["balancer"]["command"] if a.endswith(":8080")} == servers
    assert "noeviction" in found["valkey"]["command"]
