"""Measurements: every goal that is a number has a program here. See README.md."""
