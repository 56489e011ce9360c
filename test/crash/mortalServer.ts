import { parseArgs } from 'node:util';
import { startLocalServer } from '../../local/serve.ts';
import { sampleCatalogue } from '../support/sample.ts';

/**
 * The local server that can be told to die: `{ dieAfter: n }` from its parent kills it without warning at the n-th AWS
 * call from then on, when the call has had its effect and its caller has not had the answer.
 */
const { values } = parseArgs({
  options: { data: { type: 'string' }, port: { type: 'string' }, 'aws-port': { type: 'string' } },
});
const server = await startLocalServer({
  catalogueFile: sampleCatalogue,
  ...(values.data !== undefined && { dataDirectory: values.data }),
  port: Number(values.port),
  awsPort: Number(values['aws-port']),
  onLog: (source, line) => process.stderr.write(`${source}: ${line}\n`),
});

let left = Number.POSITIVE_INFINITY;
server.aws.onCall(({ service, operation, principal }) => {
  left -= 1;
  if (left > 0) return;
  process.stderr.write(`killed at ${service}:${operation} by ${principal}\n`);
  process.kill(process.pid, 'SIGKILL');
});
process.on('message', (order: { dieAfter: number }) => {
  left = order.dieAfter;
  process.send?.('armed');
});
process.on('SIGINT', () => void server.close().then(() => process.exit(0)));
