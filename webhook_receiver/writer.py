"""Group commit: requests that arrive together share one transaction, and each waits for it.

A durable commit costs a disk's flush, whatever it holds. While one is under way the next requests
gather, so the batch grows with the load by itself: alone, an event is committed at once; in a rush,
hundreds go together.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from webhook_receiver.errors import ReceiverError, StorageUnavailableError
from webhook_receiver.events import Event
from webhook_receiver.metrics import Metrics

MOST_EVENTS_IN_A_COMMIT = 256
ANSWER_SECONDS = 4
"""Ordergroove hangs up after 5 seconds; a 503 before that is seen and retried the same way, but is
not a riddle."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    event: Event
    is_new: "asyncio.Future[bool]"


class Writer:
    """Hands events to `append`, one batch at a time, in a thread."""

    def __init__(
        self, append: Callable[[Sequence[Event]], Sequence[bool]], metrics: Metrics
    ) -> None:
        self._append = append
        self._metrics = metrics
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        metrics.waiting.set_function(self._queue.qsize)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Commit what is stored inside this block; at its end, first what still waits."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._queue.put_nowait(None)
            await task

    async def store(self, event: Event) -> bool:
        """Return once *event* is durable, and whether it is new.

        Raises:
            StorageUnavailableError: its commit failed, or is not confirmed after four seconds. It
                may be stored all the same: the vendor's retry is then a duplicate.

        """
        is_new = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Waiting(event, is_new))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return bool(await is_new)
        except TimeoutError:
            raise StorageUnavailableError(f"no commit within {ANSWER_SECONDS} s") from None

    async def _run(self) -> None:
        while (first := await self._queue.get()) is not None:
            batch = [first]
            while len(batch) < MOST_EVENTS_IN_A_COMMIT and not self._queue.empty():
                following = self._queue.get_nowait()
                if following is None:
                    # Stopping: nothing can come after it, so the loop ends with the next `get`.
                    self._queue.put_nowait(None)
                    break
                batch.append(following)
            await self._commit(batch)

    async def _commit(self, batch: list[_Waiting]) -> None:
        # Who was answered 503 meanwhile will be sent again: storing it now would only make the
        # others wait.
        batch = [waiting for waiting in batch if not waiting.is_new.done()]
        if not batch:
            return
        self._metrics.batch_events.observe(len(batch))
        try:
            with self._metrics.commit_seconds.time():
                answers = await asyncio.to_thread(self._append, [w.event for w in batch])
        except Exception as error:
            # Also for a defect of ours: if this task died, every later request would wait for
            # nobody.
            if not isinstance(error, ReceiverError):
                logger.exception("a batch could not be stored")
            for waiting in batch:
                if not waiting.is_new.done():
                    waiting.is_new.set_exception(StorageUnavailableError(str(error)))
            return
        for waiting, is_new in zip(batch, answers, strict=True):
            if not waiting.is_new.done():
                waiting.is_new.set_result(is_new)
