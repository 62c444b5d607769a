"""What authors of bundles are helped with: files laid out alike, and a bundle to begin with. Used by `ivr fmt`, `ivr new`."""
