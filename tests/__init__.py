"""The tests of wwphone: ``unit``, ``service``, ``gui``, ``end_to_end``, and the instruments in ``helpers``."""
