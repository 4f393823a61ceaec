"""The language of manifests: one file per part, shapes only; what they mean is checked elsewhere."""
