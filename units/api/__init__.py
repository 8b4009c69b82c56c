"""API of tokens, units, people and the log of administration."""
