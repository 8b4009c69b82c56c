"""Forms that were sent in: taken, read, shown, applied."""
