"""Measurements, as ratios inside one run: `./run bench NAME [--json]`. Each bench is a module with `measure(services)`."""
