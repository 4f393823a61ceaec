"""The guard: what a running task may ask of Airflow's API server."""
