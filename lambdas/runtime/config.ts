import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { type Catalogue, unpackCatalogue } from '#domain/catalogue.ts';

/** Every setting a function can have. This file is the only reader of the environment. */
const settings = {
  tableName: ['COUNTERSIGN_TABLE', z.string().min(1)],
  baseUrl: ['COUNTERSIGN_BASE_URL', z.url()],
  issuers: ['COUNTERSIGN_ISSUERS', json(z.array(issuerSchema()).min(1))],
  requestKey: ['COUNTERSIGN_REQUEST_KEY', arn()],
  tokenKey: ['COUNTERSIGN_TOKEN_KEY', arn()],
  decisionKey: ['COUNTERSIGN_DECISION_KEY', arn()],
  stateMachine: ['COUNTERSIGN_STATE_MACHINE', arn()],
  notaryRole: ['COUNTERSIGN_NOTARY_ROLE', arn()],
  sender: ['COUNTERSIGN_SENDER', z.string().min(3)],
  configurationSet: ['COUNTERSIGN_CONFIGURATION_SET', z.string().min(1)],
  eventBus: ['COUNTERSIGN_EVENT_BUS', z.string().min(1)],
  webClient: ['COUNTERSIGN_WEB_CLIENT', json(webClientSchema())],
  webRoot: ['COUNTERSIGN_WEB_ROOT', z.string().min(1)],
} as const satisfies Record<string, readonly [variable: string, schema: z.ZodType]>;

export type Setting = keyof typeof settings;
export type Config<Names extends Setting> = { [Name in Names]: z.output<(typeof settings)[Name][1]> };

/** Name of the environment variable of a setting; `infra` sets it, so no name is written twice. */
export const variableOf = (setting: Setting): string => settings[setting][0];

/** The named settings of this function. Throws at cold start, naming the variable but not its value. */
export function readConfig<Name extends Setting>(...names: Name[]): Config<Name> {
  const values = names.map((name) => {
    const [variable, schema] = settings[name];
    const result = schema.safeParse(process.env[variable]);
    if (!result.success) throw new Error(`The environment variable ${variable} is missing or malformed.`);
    return [name, result.data];
  });
  return Object.fromEntries(values);
}

/** The variable that names the catalogue's JSON file; by default it lies beside the bundle. */
export const catalogueVariable = 'COUNTERSIGN_CATALOGUE';

/** The catalogue that was bundled at deploy. There is no other way for it to change. */
export function readCatalogue(): Catalogue {
  const file = process.env[catalogueVariable] ?? fileURLToPath(new URL('./catalogue.json', import.meta.url));
  return unpackCatalogue(readFileSync(file, 'utf8'));
}

/** Where tokens come from. `groupsClaim` lets the issuer's `groups` claim make a requester eligible. */
function issuerSchema() {
  return z.strictObject({
    issuer: z.url(),
    jwksUri: z.url(),
    audience: z.string().min(1),
    kind: z.enum(['human', 'machine']),
    groupsClaim: z.boolean().default(false),
  });
}

/** How people sign in, as `assets/config.json` tells the approval page, and under `commandLine` the command. */
function webClientSchema() {
  const client = z.strictObject({
    issuer: z.url(),
    clientId: z.string().min(1),
    scope: z.string().min(1),
    parameters: z.record(z.string(), z.string()),
    bearer: z.enum(['access_token', 'id_token']),
  });
  return client.extend({
    /** Beside the issuer's own: where its endpoints are. */
    origins: z.array(z.url()),
    commandLine: client.optional(),
  });
}

export type WebClient = z.output<ReturnType<typeof webClientSchema>>;
export type Issuer = z.output<ReturnType<typeof issuerSchema>>;

function arn() {
  return z.string().startsWith('arn:');
}

function json<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);
}
