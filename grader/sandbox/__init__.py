"""Where a student's code runs: launchers start it behind a wall, the wire carries plain data to and from it."""
