"""What ``segment-analytics-python`` does in a customer's product: HOST KEY COUNT SECONDS."""

import json
import sys
import time

from segment.analytics import Client

host, key, count, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
failed = []
client = Client(key, host=host, upload_interval=0.2, upload_size=20, on_error=lambda why, items: failed.extend(items))
client.identify("ann", {"email": "ann@acme.example"})
client.group("ann", "acme", {"name": "Acme Logistics"})
for number in range(count):
    client.track("ann", f"Feature {number % 3}", {"number": number})
    time.sleep(seconds / count)
client.page("ann", "Docs", "Home")
client.join() if failed else client.flush()
client.shutdown()
print(json.dumps({"failed": len(failed)}))
