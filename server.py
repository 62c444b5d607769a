"""`uvicorn server:app`: the whole product on one port. Everything is in `ivr.app`."""

from __future__ import annotations

from typing import Any


class _Lazy:
    """Builds the application at its first use, so that importing this file has no side effects."""

    _app: Any = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if self._app is None:
            from ivr.app import build

            self._app = build()
        await self._app(scope, receive, send)


app = _Lazy()

if __name__ == "__main__":
    import sys

    from ivr.cli.main import main

    sys.exit(main(["serve", *sys.argv[1:]]))
