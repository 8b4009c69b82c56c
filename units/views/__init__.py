"""Pages of log-in, people, units' names and the administrators' desks."""
