"""Layer 0: values in the words of telephony; standard library only, frozen, the same on client and server."""
