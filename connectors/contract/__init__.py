"""The contract of every connector, as tests to inherit; reading it is learning how to write one.

```python
class TestPaperTrail(FileContract):
    kind = PaperTrail
    sample = DATA / "two-letters.paper"
    broken = DATA / "one-of-two-unreadable.paper"
    foreign = (DATA / "a-vcard.vcf",)
    settings = {"timezone": "Europe/Zurich"}
```

`FileContract` is for connectors that read files, `ConnectorContract` alone for all others. The samples are small and
made up. A connector has an attribute `batch`, the contacts in a batch (default `interface.BATCH`): the contract makes
it small, so that a small sample comes in many batches and reading can be interrupted between any two of them.

What a connector can do beyond being read (`listen`, `receive`, `holdings`, `ringing`, `close`, `retry`) is tried where
it has the method. With Stammkunde installed pytest explains each failed assertion of these tests (`pytest_plugin`).
"""

from __future__ import annotations

from stammkunde.connectors.contract.files import FileContract
from stammkunde.connectors.contract.made import Connect
from stammkunde.connectors.contract.reading import COMPANY, DictMemory, Reading, read
from stammkunde.connectors.contract.source import ConnectorContract
from stammkunde.connectors.flaws import flaws

__all__ = [
    "COMPANY", "Connect", "ConnectorContract", "DictMemory", "FileContract", "Reading", "flaws", "read",
]  # fmt: skip
