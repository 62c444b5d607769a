"""Putting a bundle into service: the checks it has to pass, and whether a trial of it goes on."""
