import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { realNow } from '../../local/clock.ts';
import { type Service, untilStatus } from '../support/service.ts';
import { aHome } from './home.ts';
import type { Run, RunOptions, startCountersign } from './runCountersign.ts';

const movedClock = pathToFileURL(fileURLToPath(new URL('movedClock.ts', import.meta.url))).href;

/** Somebody's machine: a home of its own, a sign-in, and a clock that goes as the service's does. */
export interface Machine {
  home: string;
  cache: string;
  state: string;
  environment(): Promise<Record<string, string>>;
  start(words: string[], options?: RunOptions): Promise<ReturnType<typeof startCountersign>>;
  run(words: string[], options?: RunOptions): Promise<Run>;
  /** Moves the service's clock, and this machine's with it. */
  advance(duration: string): Promise<void>;
  /** Moves this machine's clock alone: milliseconds against the service's. */
  drift(milliseconds: number): Promise<void>;
  /** Asks for access with `countersign request`. Answers the request's id. */
  ask(...words: string[]): Promise<string>;
  /** Asks for access that bob then approves. */
  grant(...words: string[]): Promise<string>;
  remove(): Promise<void>;
}

/** A machine of a user of the service; `url` where its commands reach the service another way. */
export async function aMachine(service: Service, { user = 'alice', url = '' } = {}): Promise<Machine> {
  const home = aHome();
  const clock = join(home.path, 'clock');
  const drift = (milliseconds: number): Promise<void> =>
    writeFile(clock, String(Date.now() - realNow() + milliseconds));
  await drift(0);
  const environment = async (): Promise<Record<string, string>> => ({
    ...home.environment,
    AWS_CONFIG_FILE: join(home.path, '.aws/config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home.path, '.aws/credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    COUNTERSIGN_URL: url || service.server.baseUrl,
    COUNTERSIGN_TOKEN: await service.token(user),
    NODE_OPTIONS: `--import=${movedClock}`,
    MOVED_CLOCK: clock,
  });
  const machine: Machine = {
    home: home.path,
    cache: join(home.path, '.cache/countersign/sessions'),
    state: home.state,
    environment,
    start: async (words, options = {}) =>
      home.start(words, { ...options, environment: { ...(await environment()), ...options.environment } }),
    run: async (words, options) => (await machine.start(words, options)).ended,
    async advance(duration) {
      await service.advance(duration);
      await drift(0);
    },
    drift,
    async ask(...words) {
      const because = ['--because', 'Customer asks where order 1001 is', '--json'];
      const { stdout, stderr, code } = await machine.run(['request', ...words, ...because]);
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout).id;
    },
    async grant(...words) {
      const id = await machine.ask(...words);
      await approve(service, id);
      return id;
    },
    remove: async () => home.remove(),
  };
  return machine;
}

/** Machines of several users, in their order. */
export const machinesOf = <Users extends string[]>(service: Service, ...users: Users) =>
  Promise.all(users.map((user) => aMachine(service, { user }))) as Promise<{
    [Place in keyof Users]: Machine;
  }>;

/** bob approves, and the first session is there. */
export async function approve(service: Service, id: string): Promise<void> {
  const token = await service.tokenFor('bob', id);
  const { status, body } = await service
    .as('bob')
    .post(`/v1/requests/${id}/decision`, { decision: 'approve', token });
  if (status !== 200) throw new Error(JSON.stringify(body));
  await untilStatus(service, 'alice', id, 'active');
}
