"""What ``rudder-sdk-python`` does in a customer's product, gzip and all: HOST KEY COUNT SECONDS [BYTES of two large events]."""

import json
import sys
import time

from rudderstack.analytics.client import Client

host, key, count, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
large = int(sys.argv[5]) if len(sys.argv) > 5 else 0
failed = []
client = Client(key, host=host, upload_interval=2 if large else 0.2, upload_size=20, gzip=not large,
                on_error=lambda why, items: failed.extend(items))  # fmt: skip
client.identify("ann", {"email": "ann@acme.example"})
client.group("ann", "acme", {"name": "Acme Logistics"})
for _ in range(2 if large else 0):
    client.track("ann", "Large", {"text": "x" * large})
for number in range(count):
    client.track("ann", f"Feature {number % 3}", {"number": number})
    time.sleep(seconds / count)
client.page("ann", "Docs", "Home")
client.flush()
client.shutdown()
print(json.dumps({"failed": len(failed)}))
