"""What runs in a Python that has Airflow, where nothing else of ours may be installed."""
