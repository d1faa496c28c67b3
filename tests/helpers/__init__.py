"""Measuring instruments of the tests: waiting, processes, sound, independent SIP phones, a virtual display."""
