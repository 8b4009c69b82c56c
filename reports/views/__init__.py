"""Pages of books and of the form that comes back."""
