"""When a promised call is made, announced and given up: pure rules over a calendar, a caller and what happened so far."""
