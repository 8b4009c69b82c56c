"""Settings of telling people, and of how fast (docs/gateway.md)."""

import os

from tracker.given import networks, number, numbers, yes_no

# Networks inside the site to which robots and the gateway may be called, as 10.1.2.0/24.
WEBHOOK_NETWORKS = networks("WEBHOOK_NETWORKS")
WEBHOOK_PLAIN_HTTP: bool = yes_no("WEBHOOK_PLAIN_HTTP", default=False)
# A site's SMS or 渝快政/浙政钉 adapter. Empty: there is none.
GATEWAY_URL: str = os.environ.get("GATEWAY_URL", "")
GATEWAY_SECRET: str = os.environ.get("GATEWAY_SECRET", "")
GATEWAY_NAME: str = os.environ.get("GATEWAY_NAME", "") or "短信"  # as people call it
# What people may give as their number there. Empty: a mobile number of the mainland; else a regular
# expression that the whole must match, as [a-z0-9]{4,32} for accounts.
GATEWAY_ADDRESS: str = os.environ.get("GATEWAY_ADDRESS", "")
# Messages a minute, each way counted apart.
MAILS_PER_MINUTE: int = number("MAILS_PER_MINUTE", default=120, least=1)
GATEWAY_PER_MINUTE: int = number("GATEWAY_PER_MINUTE", default=60, least=1)
ROBOTS_PER_MINUTE: int = number("ROBOTS_PER_MINUTE", default=20, least=1)
# A message is one worker's for so long; its job ends well before that. Then another may take it.
DELIVERY_LEASE_SECONDS: int = number("DELIVERY_LEASE_SECONDS", default=120, least=4)
# How long to wait after each attempt that failed; after one more than there are, it is given up.
DELIVERY_WAITS_SECONDS = numbers("DELIVERY_WAITS_SECONDS", default=(60, 300, 900, 3600, 14400))
# A channel that is away is left alone for so long.
DELIVERY_REST_SECONDS: int = number("DELIVERY_REST_SECONDS", default=60, least=1)
# The mail server may think so long about one step of a mail.
EMAIL_TIMEOUT: int = number("EMAIL_TIMEOUT", default=20, least=1)
