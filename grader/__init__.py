"""The grader: sandbox, judge and Celery worker. Knows no database and no Flask."""
