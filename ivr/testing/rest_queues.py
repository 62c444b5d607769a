"""Queues of an account, as its REST interface has them: listed, shown with who waits, taken away. Part of `rest_fake`."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ivr.testing.carrier import Carrier
from ivr.testing.emulated_queue import EmulatedQueue
from ivr.testing.rest_answers import error, json_answer


class RestQueues:
    """/Queues"""

    def __init__(self, carrier: Carrier):
        self._carrier = carrier

    def rules(self, root: str) -> list[Rule]:
        return [
            Rule(f"{root}/Queues.json", endpoint=self._list, methods=["GET"]),
            Rule(f"{root}/Queues/<sid>.json", endpoint=self._get, methods=["GET"]),
            Rule(f"{root}/Queues/<sid>.json", endpoint=self._delete, methods=["DELETE"]),
            Rule(f"{root}/Queues/<sid>/Members.json", endpoint=self._members, methods=["GET"]),
        ]

    def _list(self, request: Request) -> Response:
        lines = list(self._carrier.queues.by_name.values())
        return json_answer({"queues": [self._shown(q) for q in lines], "page": 0, "page_size": 50, "next_page_uri": None,
                           "previous_page_uri": None, "first_page_uri": request.path, "uri": request.path, "start": 0,
                           "end": len(lines)})

    def _get(self, request: Request, sid: str) -> Response:
        line = self._line(sid)
        return json_answer(self._shown(line)) if line else error(20404)

    def _delete(self, request: Request, sid: str) -> Response:
        """Of an empty one only."""
        line = self._line(sid)
        if line is None:
            return error(20404)
        if line.waiting:
            return error(20001)
        del self._carrier.queues.by_name[line.name]
        return Response("", 204)

    def _members(self, request: Request, sid: str) -> Response:
        line = self._line(sid)
        if line is None:
            return error(20404)
        now = self._carrier.queues.clock_s()
        members = [{"call_sid": call.sid, "position": i + 1, "queue_sid": sid,
                    "wait_time": int(dict(line.fields(call, now))["QueueTime"])}
                   for i, call in enumerate(list(line.waiting))]
        return json_answer({"queue_members": members, "page": 0, "page_size": 50, "next_page_uri": None,
                           "previous_page_uri": None, "first_page_uri": request.path, "uri": request.path, "start": 0,
                           "end": len(members)})

    def _line(self, sid: str) -> EmulatedQueue | None:
        return next((q for q in self._carrier.queues.by_name.values() if q.sid == sid), None)

    def _shown(self, queue: EmulatedQueue) -> dict[str, Any]:
        return {"sid": queue.sid, "friendly_name": queue.name, "current_size": len(queue.waiting),
                "max_size": queue.max_size, "average_wait_time": 0, "account_sid": self._carrier.account_sid,
                "uri": f"/2010-04-01/Accounts/{self._carrier.account_sid}/Queues/{queue.sid}.json"}
