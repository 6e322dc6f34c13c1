"""Measurements, as ratios inside one run: `./run bench NAME`. Each bench is a module with `measure(services)`."""
