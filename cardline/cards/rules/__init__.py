"""Pure rules of the card business, one file a thing. Numbers come from the pack."""
