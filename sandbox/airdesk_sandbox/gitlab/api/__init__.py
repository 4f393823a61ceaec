"""REST v4, a file per resource; `routes.py` has them all."""
