"""Measurements, as ratios inside one run: `./run bench NAME`. Each bench is a module with `measure(services)`, and
with `NEEDS_SERVERS = False` where it needs neither the demonstration nor anything that serves it."""
