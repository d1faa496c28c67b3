"""Asterisk's own records of calls: its channel event log, as text that `cel_custom` writes, made into one row for each person.

`cel_file` reads the files, `facts` their lines, `calls` keeps together what belongs to one call, `account` works out what
became of it for whom, `reading` is the whole of it.
"""
