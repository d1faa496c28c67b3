"""How each version of the tables becomes the next; applied by `store.schema` when the store is opened."""
