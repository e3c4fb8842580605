"""The embedded card ledger, and what loads it from files."""
