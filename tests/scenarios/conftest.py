"""What scenarios share."""

from __future__ import annotations

from tests.scenarios.auth_demo import clean_demo as clean_demo
from tests.scenarios.auth_demo import demo as demo
from tests.scenarios.auth_demo import prepared_demo as prepared_demo
