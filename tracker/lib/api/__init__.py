"""What all parts of the API share; imports no app."""
