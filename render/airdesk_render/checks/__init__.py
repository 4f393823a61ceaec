"""What is checked beyond the shape of a manifest, one matter per file."""
