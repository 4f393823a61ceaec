"""What a person does (command, click, modal) turned into the payloads Slack sends to an app."""
