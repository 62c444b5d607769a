"""Everything about access that a server needs, built once with its services."""

from __future__ import annotations

from ivr.access.account import Account
from ivr.access.audit import Audit
from ivr.access.passwords import Passwords
from ivr.access.sessions import Sessions
from ivr.access.sign_in import SignIn
from ivr.access.staff import Staff
from ivr.access.users import Users
from ivr.store.db import Database
from ivr.store.shared import Counters


class Access:
    def __init__(self, db: Database, counters: Counters, passwords: Passwords | None = None):
        passwords = passwords or Passwords()
        self.passwords = passwords
        self.users, self.sessions, self.audit = Users(db), Sessions(db), Audit(db)
        parts = (db, counters, self.users, self.sessions, self.audit, passwords)
        self.door, self.account = SignIn(*parts), Account(*parts)
        self.staff = Staff(db, passwords)
