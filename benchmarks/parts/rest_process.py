"""The carrier's REST interface in a process of its own, so that it outlives every worker and has its own share of the machine.

Prints `ready`; answers a line with one of figures: how many texts it took and how many of them were doubled.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any, cast

from benchmarks.parts.server_process import ACCOUNT, PUBLIC_URL, TOKEN
from ivr.testing.carrier import Carrier
from ivr.testing.ledger import Ledger
from ivr.testing.rest_fake import RestFake
from ivr.testing.serve import serve


def main() -> None:
    ledger = Ledger()
    carrier = Carrier(cast("Any", None), ACCOUNT, TOKEN, ledger, PUBLIC_URL)
    url, stop = serve(RestFake(carrier))
    print(json.dumps({"url": url}), flush=True)
    for _ in sys.stdin:
        texts = Counter(m.to for m in ledger.sms)
        print(json.dumps({"taken": sum(texts.values()), "doubled": sum(n > 1 for n in texts.values())}), flush=True)
    stop()


if __name__ == "__main__":
    main()
