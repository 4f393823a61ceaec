"""One file per thing a person or a platform pipeline may ask of Airdesk."""
