"""What callers notice of the difference between two bundles. Pure; `ivr diff` reads the two and prints it."""
