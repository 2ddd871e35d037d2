"""The settings of a sender whose text messages go to the stub at STUB_URL."""

import os

from bench._stub import TIMEOUT
from sanqiao.config.settings import *  # noqa: F403

CHANNELS = {
    "sms": {
        "provider": "sms",
        "url": os.environ.get("STUB_URL", ""),
        "timeout": TIMEOUT if os.environ.get("STUB_IS_BAD") else 10,
        "chunk": int(os.environ.get("STUB_CHUNK", "100")),
        "failover_minutes": 10**6,
    }
}
