"""Three questions that people ask of these tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A question in words and in SQL."""

    words: str
    sql: str


UPCOMING = Question(
    "How much will be charged, and when?",
    """
SELECT date_trunc('week', place)::DATE AS week,
       count(*) AS orders, sum(total) AS revenue
FROM orders
WHERE status = 1 AND NOT _og_deleted
GROUP BY week ORDER BY week
""".strip(),
)

QUESTIONS = (
    UPCOMING,
    Question(
        "How often do subscribers want their delivery?",
        """
SELECT every, ['days', 'weeks', 'months', 'years'][every_period] AS period,
       count(*) AS subscriptions, count(DISTINCT customer) AS customers
FROM subscription
WHERE live AND NOT _og_deleted
GROUP BY ALL ORDER BY subscriptions DESC, every
""".strip(),
    ),
    Question(
        "Which orders failed, and what do they amount to?",
        """
SELECT response_message AS reason, count(*) AS attempts, sum(total) AS amount
FROM placement_log_responses AS log
JOIN orders ON orders.public_id = log."order"
WHERE response_message <> '' AND NOT log._og_deleted
GROUP BY reason ORDER BY amount DESC
""".strip(),
    ),
)
