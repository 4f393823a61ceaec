"""Airdesk in JupyterLab: canvas, widget and magics."""
