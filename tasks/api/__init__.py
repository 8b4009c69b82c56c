"""API of plans, tasks, reports, figures and notices."""
