"""Measurements, as ratios inside one run: `./run bench NAME`. Each bench is a module with `measure(services)`, and
with `NEEDS_SERVERS` where it measures the demonstration as it is served."""
