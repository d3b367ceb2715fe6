"""Pages and API: server-rendered HTML over the same queries that the command line asks."""
