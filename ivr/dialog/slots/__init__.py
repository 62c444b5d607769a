"""Spoken and keyed forms of values, one file a type. Importing this package fills `base.SLOTS`."""

from ivr.dialog.slots import a_number, date, email, form, phone, receipt, yes_no, zip_code

__all__ = ["a_number", "date", "email", "form", "phone", "receipt", "yes_no", "zip_code"]
