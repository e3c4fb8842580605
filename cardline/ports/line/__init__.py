"""The line protocol, spoken over a local socket as one JSON object a line.

Times are seconds since the epoch (UTC), as floats, taken where the thing happened.
"""
