"""Lists of members that come as files: rosters, those who left, and the city's membership base beside ours.

A file is read row by row into a temporary table, and what it means is found out there by SQL: memory does not grow
with the file. At the console that is a job; `flask roster` does the same at once.
"""
