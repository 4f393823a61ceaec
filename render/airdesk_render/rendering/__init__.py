"""The rendered file: as data (`plan`), then as source (`writing`), then compared (`guard`)."""
