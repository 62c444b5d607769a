"""Promised calls at the rim: the situation of one, its steps, the calls themselves, and what people may change of it."""
