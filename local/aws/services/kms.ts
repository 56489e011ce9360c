import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { MacKeyDefinition } from '#infra/definitions.ts';
import type { Store } from '../../store.ts';
import { parseArn } from '../arn.ts';
import { AwsError } from '../awsError.ts';
import type { AwsCall, Operation, PreparedCall, Service } from '../call.ts';

/** A key's secret material and state, durable like the key. */
interface KeyMaterial {
  /** Base64, 32 bytes. */
  material: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
}

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const generateSchema = z.looseObject({
  KeyId: z.string().min(1).max(2048),
  MacAlgorithm: z.string(),
  Message: base64.refine((message) => message.length >= 1 && message.length <= 4096),
  DryRun: z.boolean().optional(),
});
const verifySchema = generateSchema.extend({
  Mac: base64.refine((mac) => mac.length >= 1 && mac.length <= 6144),
});

type MacRequest = z.infer<typeof generateSchema>;

/** KMS with HMAC_256 keys: GenerateMac and VerifyMac under the key's own policy. */
export function createKms(store: Store, keys: MacKeyDefinition[]): Service {
  const table = store.table<KeyMaterial>('macKey');
  for (const { arn } of keys) {
    if (table.get(arn) === undefined)
      table.set(arn, { material: randomBytes(32).toString('base64'), state: 'Enabled' });
  }
  const macOperation =
    (answer: (parameters: unknown, secret: Buffer) => object): Operation =>
    (parameters, call) => {
      const request = parse(generateSchema, parameters);
      const key = findKey(request.KeyId, keys, call);
      return prepareMac({
        request,
        call,
        key,
        answer: () => answer(parameters, usableMaterial(key, table.get(key.arn))),
      });
    };
  return {
    GenerateMac: macOperation((parameters, secret) => {
      const { Message } = parse(generateSchema, parameters);
      return { Mac: mac(secret, Message).toString('base64') };
    }),
    VerifyMac: macOperation((parameters, secret) => {
      const { Message, Mac } = parse(verifySchema, parameters);
      const expected = mac(secret, Message);
      if (Mac.length !== expected.length || !timingSafeEqual(Mac, expected))
        throw new AwsError('KMSInvalidMacException', 'The HMAC is not valid for this message and key.');
      return { MacValid: true };
    }),
  };
}

const mac = (secret: Buffer, message: Buffer): Buffer =>
  createHmac('sha256', secret).update(message).digest();

function parse<Value>(schema: z.ZodType<Value>, parameters: unknown): Value {
  const result = schema.safeParse(parameters);
  if (result.success) return result.data;
  const { path = [], message = '' } = result.error.issues[0] ?? {};
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${path.join('.')}': ${message}`,
  );
}

function prepareMac(options: {
  request: MacRequest;
  call: AwsCall;
  key: MacKeyDefinition;
  answer: () => object;
}): PreparedCall {
  const { request, call, key } = options;
  const account = parseArn(key.arn)?.account ?? '';
  const alias = request.KeyId.match(/alias\/.*$/)?.[0];
  return {
    permissions: [
      {
        action: `kms:${call.operation}`,
        resource: key.arn,
        resourceAccount: account,
        resourcePolicy: key.policy,
        context: {
          'kms:MacAlgorithm': request.MacAlgorithm,
          'kms:CallerAccount': call.session.account,
          'kms:KeySpec': 'HMAC_256',
          'kms:KeyUsage': 'GENERATE_VERIFY_MAC',
          'kms:ResourceAliases': [key.alias],
          ...(alias !== undefined && { 'kms:RequestAlias': alias }),
        },
      },
    ],
    trail: {
      readOnly: true,
      dataEvent: false,
      requestParameters: { keyId: request.KeyId, macAlgorithm: request.MacAlgorithm },
      resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: key.arn }],
    },
    run() {
      if (request.MacAlgorithm !== 'HMAC_SHA_256')
        throw new AwsError(
          'InvalidKeyUsageException',
          `${key.arn} key spec HMAC_256 is incompatible with this MAC algorithm.`,
        );
      const answered = options.answer();
      if (request.DryRun)
        throw new AwsError(
          'DryRunOperationException',
          'The request would have succeeded, but the DryRun option is set.',
          412,
        );
      return { output: { KeyId: key.arn, MacAlgorithm: request.MacAlgorithm, ...answered } };
    },
  };
}

/** A key by ARN, by id, by alias or by alias ARN; ids and aliases are looked up in the caller's account. */
function findKey(keyId: string, keys: MacKeyDefinition[], call: AwsCall): MacKeyDefinition {
  const parsed = parseArn(keyId);
  const account = parsed?.account ?? call.session.account;
  const name = parsed?.resource ?? (keyId.startsWith('alias/') ? keyId : `key/${keyId}`);
  const key = keys.find(({ arn, alias }) => {
    const own = parseArn(arn);
    return own?.account === account && (own.resource === name || alias === name);
  });
  if (key !== undefined) return key;
  const what = `arn:aws:kms:${call.region}:${account}:${name}`;
  const message = name.startsWith('alias/') ? `Alias ${what} is not found.` : `Key '${what}' does not exist`;
  throw new AwsError('NotFoundException', message);
}

function usableMaterial(key: MacKeyDefinition, stored: KeyMaterial | undefined): Buffer {
  if (stored === undefined) throw new AwsError('NotFoundException', `Key '${key.arn}' does not exist`);
  if (stored.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  if (stored.state === 'PendingDeletion')
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  return Buffer.from(stored.material, 'base64');
}
