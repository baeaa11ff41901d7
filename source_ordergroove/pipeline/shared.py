"""What the families of a sync share, and what each counts."""

import time
from dataclasses import dataclass, field

from source_ordergroove.pipeline.account import Account
from source_ordergroove.pipeline.budget import LedgerBudget
from source_ordergroove.pipeline.settings import Settings
from source_ordergroove.rules.stamps import Stamps


@dataclass
class Shared:
    """What all families of a sync share."""

    settings: Settings
    stamps: Stamps
    account: Account
    budget: LedgerBudget


@dataclass
class Effort:
    """What a walk cost."""

    requests: int = 0
    attempts: int = 0
    began: float = field(default_factory=time.monotonic)
