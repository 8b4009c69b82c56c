"""Forms of the web pages. Rules live in services; a form reads what was typed."""
