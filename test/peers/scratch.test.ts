import { test } from 'vitest';
import { anActiveGrant, startService } from '/work/main/test/support/service.ts';
test('x', async () => {
  const s = await startService();
  const g = await anActiveGrant(s);
  const r = (await s.trail()).filter((x: any) => x.requestParameters?.roleSessionName === g.id);
  console.log(JSON.stringify(r, null, 1));
  await s.stop();
});
