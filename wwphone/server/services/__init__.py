"""Layer 3: the server decides who may see and do what; knows store and PBX only by `server.api`."""
