"""Plain web pages, drawn on the server."""
