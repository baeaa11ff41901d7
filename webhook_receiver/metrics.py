"""What `/metrics` shows. No label holds anything a sender can choose."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

# A log scale up to the vendor's 5 seconds.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5)


class Metrics:
    """One set per application, so that two in one process do not add up."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.webhooks = Counter(
            "webhook_receiver_webhooks",
            "Webhooks answered, by outcome: stored, duplicate, or the reason of the refusal.",
            ["outcome"],
            registry=self.registry,
        )
        self.late = Counter(
            "webhook_receiver_late_events",
            "Events stored although signed longer ago than TIMESTAMP_TOLERANCE_SECONDS.",
            registry=self.registry,
        )
        self.answer_seconds = Histogram(
            "webhook_receiver_answer_seconds",
            "From a webhook's headers to its answer; Ordergroove waits 5 seconds.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.commit_seconds = Histogram(
            "webhook_receiver_commit_seconds",
            "One durable commit.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.batch_events = Histogram(
            "webhook_receiver_batch_events",
            "Events in one commit.",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
            registry=self.registry,
        )
        self.waiting = Gauge(
            "webhook_receiver_waiting_events",
            "Events received and not yet handed to the database.",
            registry=self.registry,
        )
        self.last_stored = Gauge(
            "webhook_receiver_last_stored_timestamp_seconds",
            "When the newest event was stored, in Unix seconds; 0 if none since the start.",
            registry=self.registry,
        )
        self.pruned = Counter(
            "webhook_receiver_pruned_events",
            "Events deleted because they were older than RETENTION_DAYS.",
            registry=self.registry,
        )
