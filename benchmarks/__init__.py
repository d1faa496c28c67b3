"""Figures we state, each from a script here: `python3 dev.py bench [--json FILE]`.

Machines differ and are shared, so what counts is the ratio to a peer measured in the same run, in turns: `pjsua`, PJSIP's
own C program of the same build, and for start-up and memory the desktop phones of Debian.
"""
