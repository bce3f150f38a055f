"""The server: pages, API, accounts, SQL. Knows the grader by its contract alone."""
