"""The marketplace's project: settings, addresses and the commands around them."""

import gc

# Python looks for cyclic rubbish after every 700 new objects. Starting makes two million that all stay: looking less
# often takes a quarter off the start of every process, and nothing here leans on cycles being found at once.
gc.set_threshold(50_000, 20, 50)
