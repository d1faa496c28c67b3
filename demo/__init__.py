"""The demo company: a PBX, a server, colleagues and a window on one computer. Not shipped."""
