"""Layer 4: speaks websocket with the clients and HTTP with whoever looks after the server."""
