"""Take Ordergroove's webhooks, keep them durably, and serve them in arrival order."""
