"""Airdesk inside Airflow: guard, policies and acting as the person."""
