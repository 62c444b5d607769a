"""Callers who wait for people, and the people: whose turn it is, who is there, how long it will take. Pure but for its callers."""
