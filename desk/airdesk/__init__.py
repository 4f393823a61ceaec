"""What a person or a platform pipeline may ask of Airdesk: actions, ports, clients and state."""
