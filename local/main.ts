import { setTimeout } from 'node:timers/promises';
import { parseArgs, styleText } from 'node:util';
import { ConfigurationError } from '../infra/configuration/configurationError.ts';
import { DataFolderError } from './dataFolder.ts';
import { PortTakenError } from './listen.ts';
import { nextSteps } from './nextSteps.ts';

const usage = `Runs Countersign on this machine, without an AWS account.

  npm start -- [options]

  --port N       the API and the pages (8787)
  --aws-port N   the AWS endpoint (4566)
  --data DIR     keep everything in DIR; without it only the trail stays, in a temporary folder
  --catalogue F  another catalogue than catalogue.yaml
  --help         this text
`;

/** Milliseconds that a clean end may take. What is on disk survives any end. */
const patience = 1500;

// Not by waiting for the event loop: whatever still holds it, the end is now.
process.exit(await main(process.argv.slice(2)));

async function main(commandLine: string[]): Promise<number> {
  const options = parsed(commandLine);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const stop = stopSignal();
  // Loaded now: the help and a typing error need none of it.
  const { startLocalServer } = await import('./serve.ts');
  try {
    const starting = startLocalServer({ ...options, onLog: writeLog });
    const server = await Promise.race([starting, stop]);
    // Stopped during the start: nothing has answered yet.
    if (!server) return 0;
    process.stdout.write(`${nextSteps(server).join('\n')}\n`);
    await stop;
    await Promise.race([server.close(), setTimeout(patience)]);
    return 0;
  } catch (error) {
    const expected = [PortTakenError, DataFolderError, ConfigurationError];
    if (!(error instanceof Error && expected.some((kind) => error instanceof kind))) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

interface Options {
  help: boolean;
  port: number;
  awsPort: number;
  dataDirectory?: string;
  catalogueFile?: string;
}

/** The options, or a sentence that says what is wrong with them. */
function parsed(commandLine: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: commandLine,
      options: {
        port: { type: 'string', default: '8787' },
        'aws-port': { type: 'string', default: '4566' },
        data: { type: 'string' },
        catalogue: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const port = portOf(values.port);
    const awsPort = portOf(values['aws-port']);
    if (port === undefined) return `--port takes a number from 0 to 65535, not "${values.port}".`;
    if (awsPort === undefined)
      return `--aws-port takes a number from 0 to 65535, not "${values['aws-port']}".`;
    if (values.data === '') return '--data takes a folder.';
    return {
      help: values.help,
      port,
      awsPort,
      ...(values.data !== undefined && { dataDirectory: values.data }),
      ...(values.catalogue !== undefined && { catalogueFile: values.catalogue }),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(signal === 'SIGINT' ? 130 : 143);
      asked = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

function writeLog(source: string, line: string): void {
  // styleText leaves the colour out when stderr is no terminal, or NO_COLOR is set.
  process.stderr.write(`${styleText('dim', `${source}: ${line}`, { stream: process.stderr })}\n`);
}
