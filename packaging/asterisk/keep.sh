#!/bin/sh
# keep.sh PROGRAM ARGUMENT...
#
# Runs PROGRAM for the process that holds the other end of our standard input, and never lets it live longer:
#   a line on standard input   asks PROGRAM to end (SIGTERM)
#   end of standard input      kills PROGRAM (SIGKILL); the kernel sends it when the holder dies in any way
# Ends with PROGRAM's exit status, after everything it started here is gone.
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
{ read -r _ <&3 && kill -TERM "$program" && read -r _ <&3; kill -KILL "$program"; } 2>/dev/null &
watcher=$!
exec 3<&-
wait "$program"
status=$?
kill -KILL "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
exit "$status"
