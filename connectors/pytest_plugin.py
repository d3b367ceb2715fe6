"""What pytest loads wherever Stammkunde is installed: it shows what a failed assertion of the contract compared.

So it imports nothing of ours: a run that has nothing to do with connectors stays as quick as it was.
"""

import pytest

pytest.register_assert_rewrite("stammkunde.connectors.contract")
