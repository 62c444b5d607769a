"""Spoken and keyed forms of values, one file a type. Importing this package fills `base.SLOTS`."""

from ivr.dialog.slots import date, email, numbers, phone, receipt

__all__ = ["date", "email", "numbers", "phone", "receipt"]
