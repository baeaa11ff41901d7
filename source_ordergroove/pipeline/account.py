"""Whose data a sync reads, as the data itself tells."""

from source_ordergroove.pipeline.table import Row, Table


class Account:
    """Collects the merchant ids of a sync's rows and checks states against them."""

    def __init__(self) -> None:
        """Nothing is known before the first page."""
        self._merchants: set[str] = set()

    def saw(self, rows: list[Row]) -> None:
        """Take note of a page; all rows of a page belong to one merchant."""
        if rows and isinstance(merchant := rows[0].get("merchant"), str):
            self._merchants.add(merchant)

    def merchant_for(self, table: Table) -> str | None:
        """Return the merchant to note in a table's state."""
        known = table.state.scope.merchant if table.state.scope else None
        return known if known in self._merchants or not self._merchants else min(self._merchants)

    @staticmethod
    def must_be_proven(table: Table) -> bool:
        """Tell whether the state comes from another API key, of whoever it was."""
        return table.state.scope is not None and table.state.scope.key != table.scope.key

    def settle(self, table: Table) -> None:
        """Make a table forget a state that is not of this account or this way of reading it.

        Asked before the walk, when a changed key must have proven itself, and at its end, when all
        rows have been seen.
        """
        known = table.state.scope
        if known is None:
            return
        if known.reading != table.scope.reading:
            table.forget("the environment, the host, the start date or the way of reading changed")
        elif self._merchants and known.merchant and known.merchant not in self._merchants:
            table.forget("the API key now belongs to another merchant")
        elif self.must_be_proven(table) and not (self._merchants and known.merchant):
            table.forget("the API key changed and no row shows whose it is")
