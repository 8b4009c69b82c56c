"""Books: one file a book; `making` makes a run of them."""
