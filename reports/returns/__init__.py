"""回填表: the form of a lead unit for a quarter, that goes out, is filled in and read again.

`form.make` writes it, `read.read` reads what comes back, `compare.compare`
holds it against the database as one person may see and write it, `mark.mark` gives the file back
with comments on its wrong cells. Nothing here writes to the database.
"""
