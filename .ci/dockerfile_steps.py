#!/usr/bin/env python3
"""Print the Dockerfile's RUN and WORKDIR steps as one shell script, for a place without a Docker engine."""

import re
from pathlib import Path

text = re.sub(r"\\\n", " ", (Path(__file__).parent.parent / "Dockerfile").read_text())
steps = ["set -eu"]
for line in text.splitlines():
    name, _, rest = line.strip().partition(" ")
    if name == "RUN":
        steps.append(re.sub(r"^(--mount=\S+\s+)+", "", rest.strip()))
    elif name == "WORKDIR":
        steps.append(f"mkdir -p {rest} && cd {rest}")
    elif name == "ENV":
        steps.append(f"export {rest}")
print("\n".join(steps))
