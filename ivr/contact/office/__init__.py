"""Service requests as the office sees them that they wait for. Pure."""
