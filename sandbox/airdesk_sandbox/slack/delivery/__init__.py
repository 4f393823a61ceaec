"""How payloads reach an app: Socket Mode or signed HTTP, with acknowledgement and redelivery."""
