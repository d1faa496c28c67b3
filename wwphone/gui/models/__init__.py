"""Qt item models of what the services hold."""
