"""What ``dev.py`` does: prerequisites, forms, engines, checks. Standard library only, Linux, macOS and Windows."""
