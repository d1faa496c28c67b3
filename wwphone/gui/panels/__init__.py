"""Panels: the parts of the main window that the rail chooses from."""
