"""What stops a backup or a restore, in one sentence."""


class BackupError(Exception):
    """It cannot be done, or the outcome does not agree; the sentence says what to mend."""
