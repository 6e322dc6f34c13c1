"""Django's PostgreSQL, with a health check that mostly costs no way to the server and back.

A server that ends a connection says so: it sends its last words and closes, so that something is to be read from a
connection on which nothing was asked. Where nothing is, it is taken to be well, as it would be right after any check.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django asks `is_usable` once a request."""

    def is_usable(self) -> bool:
        return self._is_quiet() or super().is_usable()

    def _is_quiet(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        asked = select.poll()
        asked.register(self.connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
        return not asked.poll(0)
