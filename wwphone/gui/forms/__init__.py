"""Forms compiled from `ui/*.ui` by `dev.py`; the modules beside this one are made, not written."""
