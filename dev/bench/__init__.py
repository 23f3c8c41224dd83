"""Measurements that can be repeated: `python -m dev.bench NAME`; what each says is in docs/benchmarks.md."""
