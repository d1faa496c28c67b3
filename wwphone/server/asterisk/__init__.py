"""The real PBX: Asterisk, steered over AMI, with the configuration we generate for it (layer: does it, for `server.api`)."""
