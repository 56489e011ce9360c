import * as z from 'zod';

/**
 * `countersign.config.yaml`: what differs from one installation to another, but for the catalogue. Every key is
 * documented here, checked at synth, and refused when it is not one of these.
 */
const account = z.string().regex(/^\d{12}$/, 'must be a 12-digit account id, in quotes');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1');
const arnOf = (service: string) =>
  z.string().regex(new RegExp(`^arn:[a-z-]+:${service}:`), `must be an ARN of ${service}`);
const email = z.email('must be an e-mail address');
const https = z.url({ protocol: /^https$/, error: 'must be an https address' });
const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: 'must be a range such as 203.0.113.0/24' });

/** Where tokens come from. */
const issuer = z.strictObject({
  issuer: https,
  jwksUri: https,
  audience: z.string().min(1),
  kind: z.enum(['human', 'machine']),
  /** Whether the token's `groups` claim makes a requester eligible. Approvers always come from the catalogue. */
  groupsClaim: z.boolean().default(false),
});

/** Who reaches the API: everybody who signs in, from everywhere or some ranges; or what is inside a VPC endpoint. */
const access = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('public'), allowedRanges: z.array(cidr).min(1).optional() }),
  z.strictObject({
    kind: z.literal('private'),
    vpcEndpoints: z.array(z.string().regex(/^vpce-[0-9a-f]+$/, 'must be a VPC endpoint id')).min(1),
  }),
]);

/** The log archive: who keeps it, and for how long nobody can delete it. */
const trail = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('own'),
    /** `compliance`: nobody shortens it, not even the root user. `governance`: who holds a special right can. */
    lock: z.enum(['compliance', 'governance']),
    /** Days that a log file is locked, and then kept until `deleteAfterDays`. */
    lockDays: z.int().min(1).max(36_500),
    deleteAfterDays: z.int().min(1).max(36_500),
  }),
  /** An organization trail records every account already; Countersign adds its watch only. */
  z.strictObject({ kind: z.literal('organization') }),
]);

/** Where groups come from: from `catalogue.yaml` alone, or some of them from IAM Identity Center. */
const groups = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('catalogue') }),
  z.strictObject({
    source: z.literal('identity-store'),
    identityStoreId: z
      .string()
      .regex(/^d-[0-9a-f]{10}$/, 'must be an identity store id such as d-1234567890'),
    region,
  }),
]);

const logRetentionDays = z.literal(
  [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
  { error: 'must be a number of days that CloudWatch Logs knows, such as 90, 180, 365 or 400' },
);

export const settingsSchema = z.strictObject({
  version: z.literal(1),
  service: z.strictObject({ account, region }),
  api: z.strictObject({
    access,
    /** Without it the API answers at the address that API Gateway gives it. */
    domain: z
      .strictObject({
        name: z.hostname(),
        certificateArn: arnOf('acm'),
        /** With it the DNS record is made too. */
        hostedZone: z.strictObject({ id: z.string().min(1), name: z.hostname() }).optional(),
      })
      .optional(),
    webAclArn: arnOf('wafv2').optional(),
    /** Requests a second over all callers, and how many at once. */
    throttle: z
      .strictObject({ perSecond: z.int().min(1), burst: z.int().min(1) })
      .default({ perSecond: 50, burst: 100 }),
  }),
  signIn: z.strictObject({
    issuers: z.array(issuer).min(1),
    /** How the approval page signs people in: one of the issuers, and the page's public client there. */
    page: z.strictObject({ issuer: https, clientId: z.string().min(1), resource: z.string().min(1) }),
  }),
  mail: z.strictObject({
    /** `Name <address>` or an address. Its domain becomes the SES identity. */
    sender: z
      .string()
      .regex(
        /^(?:[^<>"\r\n]+ <[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/,
        'must be an address, or Name <address>',
      ),
  }),
  /** Who is told of alarms. */
  alarms: z.strictObject({ to: z.array(email).min(1) }),
  retention: z.strictObject({ logDays: logRetentionDays, trail }),
  groups,
  /** Roles that deploy Countersign, as patterns: what they change is no tampering. */
  deployRoles: z
    .array(z.string().regex(/^arn:[a-z-]+:iam::(\d{12}|\*):role\/\S+$/, 'must be the ARN of a role'))
    .default(['arn:aws:iam::*:role/cdk-hnb659fds-cfn-exec-role-*']),
  /** On everything that can carry tags. */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
});

export type Settings = z.infer<typeof settingsSchema>;
