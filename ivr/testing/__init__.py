"""Test doubles that ship: carrier emulator with ledger, REST fake, mail sink. Imported by tests and demos only."""
