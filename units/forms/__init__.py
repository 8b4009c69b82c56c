"""Forms of log-in, people and units."""
