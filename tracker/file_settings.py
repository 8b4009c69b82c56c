"""Settings of files: 佐证材料, forms that come back, lists taken along, books kept and mailed."""

from tracker.given import number, yes_no

# Rows of a list that are made into a workbook while one waits.
EXPORT_ROWS: int = number("EXPORT_ROWS", default=50_000)
# 佐证材料: the largest file, and how much a unit may keep here in all.
EVIDENCE_MAX_MB: int = number("EVIDENCE_MAX_MB", default=20, least=1)
EVIDENCE_QUOTA_MB: int = number("EVIDENCE_QUOTA_MB", default=500, least=1)
# 回填表 that are sent in: the largest file (an archive of many, too), how much a person may have
# here in all, and for how long it is kept.
RETURN_MAX_MB: int = number("RETURN_MAX_MB", default=20, least=1)
RETURN_QUOTA_MB: int = number("RETURN_QUOTA_MB", default=1000, least=1)
RETURN_KEEP_DAYS: int = number("RETURN_KEEP_DAYS", default=180, least=1)
REMINDERS_OFFER_FORM = yes_no("REMINDERS_OFFER_FORM", default=True)  # a link in the mail
# Of one sending: all its files, and how many, one more than a list of forms may have
# (reports.services.upload_files): that it is too long is told on the page.
UPLOAD_MAX_BYTES = (5 * max(EVIDENCE_MAX_MB, RETURN_MAX_MB) + 1) * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 201
FILE_UPLOAD_HANDLERS = [
    "tracker.lib.upload_bound.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Books stay so many days, 0 for good; a closed quarter's own stay in any case.
REPORT_FILES_DAYS: int = number("REPORT_FILES_DAYS", default=365)
# Whether a schedule may send books along with a mail, and how much at most.
REPORT_MAIL_ATTACHMENTS: bool = yes_no("REPORT_MAIL_ATTACHMENTS", default=False)
REPORT_MAIL_MAX_MIB: int = number("REPORT_MAIL_MAX_MIB", default=10, least=1)
