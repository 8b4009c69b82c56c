"""Documents for other programs: Word."""
