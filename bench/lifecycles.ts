import type { RecordedCall } from '#local/aws/callLog.ts';
import { anOrdersRequest, eventually, type Service, startService } from '../test/support/service.ts';
import { inTemporaryFolder } from '../test/support/temporaryFolder.ts';
import { floorSeconds } from './dynamodbFloor.ts';
import type { Measured } from './measured.ts';

const total = 100;
const concurrency = 10;

/**
 * Full lifecycles per second on this machine: asked for, approved, claimed, ended by its time, closed, all on record.
 * Beside it what the DynamoDB emulator alone makes of the same reads and writes, by the same number at a time.
 */
export const lifecycles = (): Promise<Measured[]> =>
  inTemporaryFolder(async (dataDirectory) => {
    const service = await startService({ dataDirectory });
    try {
      await playThrough(service, concurrency);
      const before = service.server.aws.recordedCalls().length;
      const began = performance.now();
      await playThrough(service, total);
      const seconds = (performance.now() - began) / 1_000;
      const operations = operationsOf(service.server.aws.recordedCalls().slice(before));
      const count = Object.values(operations).reduce((sum, calls) => sum + calls, 0);
      const floor = await floorSeconds(operations, concurrency);
      return [
        { what: 'Full lifecycles', value: round(total / seconds), unit: 'per second' },
        { what: 'DynamoDB emulator alone, the same calls', value: round(total / floor), unit: 'per second' },
        {
          what: 'DynamoDB calls of one lifecycle, polls included',
          value: round(count / total),
          unit: 'calls',
        },
        {
          what: 'Share of the time that is the emulator',
          value: Math.round((floor / seconds) * 100),
          unit: '%',
        },
      ];
    } finally {
      await service.stop();
    }
  });

const round = (value: number): number => Number(value.toFixed(1));

/** Several at a time until their credentials are claimed; then their time runs out for all of them. */
async function playThrough(service: Service, count: number): Promise<void> {
  const waiting = Array.from({ length: count }, (_, index) => index);
  const ids: string[] = [];
  const work = async () => {
    while (waiting.pop() !== undefined) ids.push(await claimed(service));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  await service.advance('PT14M');
  await Promise.all(ids.map((id) => untilClosed(service, id)));
}

async function claimed(service: Service): Promise<string> {
  const { id, answer } = await anOrdersRequest(service, { duration: 'PT13M' });
  if (answer.status !== 201) throw new Error(`Refused: ${JSON.stringify(answer.body)}`);
  const token = await eventually('the invitation', async () => tokenIn(service, id));
  await service.as('bob').post(`/v1/requests/${id}/decision`, { decision: 'approve', token });
  await eventually(
    'the credentials',
    async () => {
      const { status } = await service.as('alice').get(`/v1/requests/${id}/credentials`);
      return status === 200;
    },
    60,
  );
  return id;
}

/** Straight from the mailbox: rendering the inbox over and over would be most of the work. */
function tokenIn({ server }: Service, id: string): string | undefined {
  const mail = server.aws
    .inbox()
    .findLast(({ to, tags }) => to.includes('bob@example.com') && tags['countersign-request'] === id);
  return mail?.text?.match(new RegExp(`#${id}\\.(\\S+)`))?.[1];
}

async function untilClosed(service: Service, id: string): Promise<void> {
  await eventually(
    `request ${id} to be closed`,
    async () => {
      const { status, body } = await service.as('alice').get(`/v1/requests/${id}`);
      if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
      if (body.history.at(-1).event === 'closed') return true;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return false;
    },
    120,
  );
}

function operationsOf(calls: RecordedCall[]): Record<string, number> {
  const dynamodb = calls.filter(({ service }) => service === 'dynamodb');
  const byOperation = Object.groupBy(dynamodb, ({ operation }) => operation);
  return Object.fromEntries(
    Object.entries(byOperation).map(([operation, group = []]) => [operation, group.length]),
  );
}
