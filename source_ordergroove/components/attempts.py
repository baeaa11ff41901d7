"""How many HTTP attempts the current thread made."""

import threading


class Attempts(threading.local):
    """A counter per thread: a walk never leaves its worker, so differences count its attempts.

    The CDK's retries happen inside `HttpClient`, which reports them to nobody; the authenticator
    is what it calls once per attempt.
    """

    made: int = 0


ATTEMPTS = Attempts()
