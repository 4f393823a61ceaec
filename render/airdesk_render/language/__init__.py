"""The language of manifests: one file per part, shapes only; `checks` knows what they mean."""
