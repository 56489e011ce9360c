import * as z from 'zod';
import { settingsFaults } from './settingsRules.ts';

/**
 * `countersign.config.yaml`: what differs from one installation to another, but for the catalogue. Every key is
 * documented here, checked at synth, and refused when it is not one of these. What several keys say together is checked
 * in `settingsRules.ts`.
 */

/** A text of a form. Whatever else stands there, a number without quotes for one, gets the same message. */
const text = (form: RegExp, error: string) => z.string({ error }).regex(form, error);

const account = text(/^\d{12}$/, 'must be a 12-digit account id, in quotes');
/** The names of roles and resources are written for the partition `aws`: no China, no GovCloud, no European sovereign cloud. */
const region = text(
  /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d$/,
  'must be a region of the partition aws, such as eu-central-1',
);
const email = z.email('must be an e-mail address');
const https = z.url({ protocol: /^https$/, error: 'must be an https address' });
const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: 'must be a range such as 203.0.113.0/24' });
/** In lower case, as DNS and SES keep it: what is compared with it must look the same. */
const domainName = text(
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
  'must be a domain name in lower case, such as access.example.com',
);
/** A resource policy of API Gateway takes 8,192 characters: so many of the longest ranges fit it twice. */
const listInResourcePolicy = 50;

const scope = text(/^openid( \S+)*$/, 'must begin with openid');

/** A public client at one of the issuers. */
const publicClient = {
  issuer: https,
  clientId: z.string().min(1),
  /** Which of the issuer's tokens the API is called with. `id_token` where access tokens carry no address, as those of Cognito. */
  bearer: z.enum(['access_token', 'id_token']).default('access_token'),
};

/** What the issuer wants to hear beside OIDC's own parameters: `resource` (RFC 8707) for most, `audience` for Auth0. */
const parameters = (name: RegExp, setsItself: string) =>
  z.record(text(name, `must not be one that ${setsItself} sets itself`), z.string().min(1)).default({});

/** How the approval page signs people in, with authorization code and PKCE. */
const page = z.strictObject({
  ...publicClient,
  scope: scope.default('openid email'),
  parameters: parameters(
    /^(?!(client_|redirect_uri|response_|scope|state|nonce|code|grant_type|prompt))[a-z_]+$/,
    'the page',
  ),
  /** Origins that the issuer's endpoints have beside its own, such as `https://oauth2.googleapis.com`. */
  origins: z
    .array(text(/^https:\/\/[a-z0-9.-]+(:\d+)?$/, 'must be an origin such as https://oauth2.example.com'))
    .max(5)
    .default([]),
});

/**
 * How `countersign login` signs people in: with authorization code and PKCE, back to `http://127.0.0.1:<any port>/callback`, or with
 * the device grant, whichever of both the client may.
 */
const commandLine = z.strictObject({
  ...publicClient,
  /** With `offline_access` most issuers give a refresh token, and nobody signs in again every hour. */
  scope: scope.default('openid email offline_access'),
  /** As for the page; `prompt: consent` where the issuer gives a refresh token only then, `access_type: offline` for Google. */
  parameters: parameters(
    /^(?!(client_|redirect_uri|response_|scope|state|nonce|code|device_|grant_type|refresh_token))[a-z_]+$/,
    'the command',
  ),
});

/** Where tokens come from. */
const issuer = z.strictObject({
  /** Exactly as the tokens' `iss` says it, with or without a slash at the end. */
  issuer: https,
  jwksUri: https,
  audience: z.string().min(1),
  kind: z.enum(['human', 'machine']),
  /** Whether the token's `groups` claim makes a requester eligible. Approvers always come from the catalogue. */
  groupsClaim: z.boolean().default(false),
});

/** Who reaches the API: everybody who signs in, from everywhere or some ranges; or what is inside a VPC endpoint. */
const access = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('public'),
    allowedRanges: z.array(cidr).min(1).max(listInResourcePolicy).optional(),
  }),
  z.strictObject({
    kind: z.literal('private'),
    vpcEndpoints: z
      .array(text(/^vpce-[0-9a-f]+$/, 'must be a VPC endpoint id'))
      .min(1)
      .max(listInResourcePolicy),
  }),
]);

/** The log archive: who keeps it, and for how long nobody can delete it. */
const trail = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('own'),
    /** `compliance`: nobody shortens it, not even the root user. `governance`: who holds a special right can. */
    lock: z.enum(['compliance', 'governance']),
    /**
     * Days that a log file is locked, and days until it goes. What lifecycle or anybody has deleted stays as long again, out
     * of sight: nobody makes evidence vanish by deleting it early.
     */
    lockDays: z.int().min(1).max(36_500),
    deleteAfterDays: z.int().min(1).max(36_500),
  }),
  /** An organization trail records every account already; Countersign adds its watch only. */
  z.strictObject({ kind: z.literal('organization') }),
]);

/** Where groups come from: from `catalogue.yaml` alone, or those it does not list from IAM Identity Center. */
const groups = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('catalogue') }),
  z.strictObject({
    source: z.literal('identity-store'),
    identityStoreId: text(
      /^(d-[0-9a-f]{10}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
      'must be an identity store id, such as d-1234567890',
    ),
    /** Of IAM Identity Center; it may be another than the service's. */
    region,
  }),
]);

const logRetentionDays = z.literal(
  [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
  { error: 'must be a number of days that CloudWatch Logs knows, such as 90, 180, 365 or 400' },
);

/** `Name <address>` or an address. Its domain becomes the SES identity. */
const sender = z
  .string()
  .refine(
    isSender,
    'must be one address, or Name <address>: in ASCII, the domain in lower case, a name with punctuation in quotes',
  );

/** SES takes the text as it is for the From header, so it must be one already. */
function isSender(text: string): boolean {
  const named = /^(?:[\w!#$%&'*+/=?^`{|}~ -]+|"[ !#-;=?A-[\]-~]+") <(.*)>$/.exec(text);
  const address = named?.[1] ?? text;
  return email.safeParse(address).success && domainName.safeParse(address.split('@')[1]).success;
}

export const settingsSchema = z
  .strictObject({
    version: z.literal(1),
    service: z.strictObject({ account, region }),
    api: z.strictObject({
      access,
      /** Without it the API answers at the address that API Gateway gives it. */
      domain: z
        .strictObject({
          name: domainName,
          certificateArn: text(
            /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
            'must be the ARN of an ACM certificate',
          ),
          /** With it the DNS record is made too. */
          hostedZone: z
            .strictObject({
              id: text(/^Z[A-Z0-9]{1,31}$/, 'must be the id of a hosted zone, such as Z0123456789ABCDEFGHIJ'),
              name: domainName,
            })
            .optional(),
        })
        .optional(),
      webAclArn: text(
        /^arn:aws:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/,
        'must be the ARN of a regional web ACL: those of scope CLOUDFRONT do not fit an API',
      ).optional(),
      /** Requests a second over all callers, and how many at once: 5,000 is the most that API Gateway ever takes at once. */
      throttle: z
        .strictObject({ perSecond: z.int().min(1).max(5_000), burst: z.int().min(1).max(5_000) })
        .default({ perSecond: 50, burst: 100 }),
    }),
    signIn: z.strictObject({
      issuers: z.array(issuer).min(1),
      /** How the approval page signs people in: one of the issuers, and the page's public client there. */
      page,
      /** How people sign in who use the `countersign` command. Without it they bring a token of their own: COUNTERSIGN_TOKEN. */
      commandLine: commandLine.optional(),
    }),
    mail: z.strictObject({ sender }),
    /** Who is told of alarms. */
    alarms: z.strictObject({ to: z.array(email).min(1) }),
    retention: z.strictObject({ logDays: logRetentionDays, trail }),
    groups,
    /** Roles that deploy Countersign, as patterns: what they change is no tampering. */
    deployRoles: z
      .array(text(/^arn:aws:iam::(\d{12}|\*):role\/[\w+=,.@*?/-]+$/, 'must be the ARN of a role'))
      .min(1)
      .max(10),
    /** On everything that can carry tags. */
    tags: z.record(z.string(), z.string()).default({}),
  })
  .superRefine((settings, context) => {
    for (const { path, message } of settingsFaults(settings))
      context.addIssue({ code: 'custom', path: [...path], message });
  });

export type Settings = z.infer<typeof settingsSchema>;
