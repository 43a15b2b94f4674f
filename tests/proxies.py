"""A stretch of wire before PostgreSQL that can be cut: nobody else who uses the server notices."""

import socket
import threading
from contextlib import suppress

COMMIT = b"COMMIT"


class Wire:
    """Passes bytes on between clients and a server, and is broken in one of several ways."""

    def __init__(self, server):
        self.server, self.pairs = server, []
        self.is_stalled = self.drops_reply_to_commit = False
        self.listener = None
        self.port = 0
        self.connect()

    def connect(self):
        """Take connections, as a server does that has come back."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener):
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self.server)
                self.pairs.append((client, server))
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one, other):
        with suppress(OSError):
            while data := one.recv(65536):
                if self.is_stalled:
                    continue
                other.sendall(data)
                if self.drops_reply_to_commit and COMMIT in data:
                    other.recv(1)  # the server's answer: it has committed
                    break
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def drop(self):
        """Cut every connection that there is, as a restart does."""
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def refuse(self):
        """Take no connection any more and cut those that there are, as a server does that has stopped."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.drop()
