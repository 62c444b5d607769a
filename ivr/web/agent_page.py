"""`/agent`: the console of a member of staff who serves callers. The page only; what it shows comes over `/agent/socket` and `/agent/api`.

Rendered on the server in the page's language, so that it can be read before its script runs; nothing about a caller is in it.
"""

from __future__ import annotations

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from ivr.agents.dispositions import OF_A_CALL, OF_A_CALLBACK
from ivr.runtime.services import Services
from ivr.web.access import declared, needs
from ivr.web.agent_words import catalogue
from ivr.web.staff_page import staff_page
from ivr.web.staff_words import catalogue as staff_words
from ivr.web.staff_words import language_of
from ivr.web.topic_names import topic_names

SOCKET, API = "/agent/socket", "/agent/api"
SHOWN_DIGITS = 4
KEYPAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")


def blueprint(services: Services) -> Blueprint:
    pages = Blueprint("agent_page", __name__, template_folder="templates")
    page = AgentPage(services)
    pages.add_url_rule("/agent", "show", declared(needs("callers.serve"))(page.show), methods=["GET"])
    return pages


class AgentPage:
    def __init__(self, services: Services):
        self._s = services

    def show(self) -> ResponseReturnValue:
        language, bundle = language_of(request), self._s.bundles.current
        words = catalogue()[language]
        shared = {label: said for label, said in staff_words()[language].items() if label.startswith(("disposition_", "promised_"))}
        settings = {"socket": SOCKET, "api": API, "language": language, "words": {**shared, **words},
                    "phone": self._phone(), "name": g.staff.name,
                    "topics": topic_names(bundle, language), "dispositions": {"call": list(OF_A_CALL), "callback": list(OF_A_CALLBACK)}}
        return staff_page("agent.html", c=words, settings=settings, keypad=KEYPAD, queues=sorted(bundle.queues),
                          languages=list(bundle.languages))

    def _phone(self) -> str:
        """The ends of the number on which this member of staff may take callers; empty without one."""
        user = self._s.access.users.get(g.staff.name) if self._s.phones else None
        return user.phone.reveal()[-SHOWN_DIGITS:] if user is not None and user.phone else ""
