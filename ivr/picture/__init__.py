"""Pictures of flows: what stands in them, where it goes, and how it is drawn. Pure; `ivr graph` writes them down."""
