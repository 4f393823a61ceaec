"""Changes in Airflow that the bot asks for and a person answers for."""
