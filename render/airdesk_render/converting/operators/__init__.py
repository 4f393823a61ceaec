"""Airflow's operators as managed ones: one function for each, by the operator's dotted path."""
