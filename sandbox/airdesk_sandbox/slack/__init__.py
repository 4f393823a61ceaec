"""A Slack for one machine: Web API, Socket Mode, sign-in and a page to use it in a browser."""
