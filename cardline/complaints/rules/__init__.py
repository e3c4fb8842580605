"""The rules of complaints; pure, time is an argument."""
