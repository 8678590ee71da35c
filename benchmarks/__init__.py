"""Measurements of Tensor Explorer, each a script: `python -m benchmarks.<name>` from the repository's root."""
