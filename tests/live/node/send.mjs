// What @segment/analytics-node does in a customer's product: HOST KEY COUNT SECONDS.
import { createRequire } from 'node:module';

const { Analytics } = createRequire(`${process.cwd()}/`)('@segment/analytics-node');
const [host, writeKey, count, seconds] = [process.argv[2], process.argv[3], +process.argv[4], +process.argv[5]];
const analytics = new Analytics({ writeKey, host, flushAt: 20, flushInterval: 200, maxRetries: 20 });
let failed = 0;
analytics.on('error', () => { failed += 1; });
analytics.identify({ userId: 'ann', traits: { email: 'ann@acme.example' } });
analytics.group({ userId: 'ann', groupId: 'acme', traits: { name: 'Acme Logistics' } });
for (let number = 0; number < count; number += 1) {
  analytics.track({ userId: 'ann', event: `Feature ${number % 3}`, properties: { number } });
  await new Promise((done) => { setTimeout(done, 1000 * seconds / count); });
}
analytics.page({ userId: 'ann', category: 'Docs', name: 'Home' });
await analytics.closeAndFlush({ timeout: 120000 });
console.log(JSON.stringify({ failed }));
