"""The forms on the pages of books and uploads."""
