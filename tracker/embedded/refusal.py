"""The one exception that reaches the person: a sentence, no traceback."""


class Refusal(Exception):
    """Why it cannot go on and how to mend it, in one sentence."""
