"""The `stride` subcommands that need a server: found through entry points, imported when they are called."""
