import * as z from 'zod';
import { canonicalJson } from '#domain/digest.ts';
import type { Entitlement } from '#domain/entitlement.ts';
import type { Instant } from '#domain/instant.ts';
import { parameterFault, sessionPolicy } from '#domain/sessionPolicy.ts';
import { sourceIpSchema } from '#domain/terms.ts';
import { parsedJson } from '../jsonValues.ts';

type Statement = Record<string, unknown>;

/** A session policy as CloudTrail shows it, taken apart. */
export interface RenderedPolicy {
  /** From when on everything is denied; several mean that somebody else wrote it. */
  ends: Instant[];
  /** Before when everything is denied. */
  starts: Instant[];
  /** All other statements, each in canonical form. */
  statements: string[];
}

const statementSchema = z.record(z.string(), z.unknown());

const policySchema = z.object({
  Statement: z.union([z.array(statementSchema), statementSchema.transform((one) => [one])]),
});

/** Undefined where the text is no policy. */
export function renderedPolicyOf(text: string): RenderedPolicy | undefined {
  const { data } = policySchema.safeParse(parsedJson(text));
  if (!data) return undefined;
  const taken = data.Statement.map((statement) => ({
    end: boundOf(statement, 'end'),
    start: boundOf(statement, 'start'),
    statement: canonicalJson(statement),
  }));
  return {
    ends: taken.flatMap(({ end }) => end ?? []),
    starts: taken.flatMap(({ start }) => start ?? []),
    statements: taken
      .filter(({ end, start }) => end === undefined && start === undefined)
      .map(({ statement }) => statement),
  };
}

const at = z.strictObject({ 'aws:CurrentTime': z.string() });
const conditions = {
  end: z
    .strictObject({ DateGreaterThanEquals: at })
    .transform((condition) => condition.DateGreaterThanEquals),
  start: z.strictObject({ DateLessThan: at }).transform((condition) => condition.DateLessThan),
};

/** The instant of a statement that denies everything from it on, or before it, and says nothing else. */
function boundOf(statement: Statement, bound: keyof typeof conditions): Instant | undefined {
  const { Sid: _, Effect, Action, Resource, Condition, ...rest } = statement;
  const isTotal = Effect === 'Deny' && Action === '*' && Resource === '*' && Object.keys(rest).length === 0;
  return isTotal ? conditions[bound].safeParse(Condition).data?.['aws:CurrentTime'] : undefined;
}

/**
 * How the statements, bounds aside, differ from what the entitlement renders, as half sentences. The values of parameters and the
 * address are read from the policy itself, as only the record has them otherwise, and must be such as the entitlement takes.
 */
export function differencesFrom(entitlement: Entitlement, { statements }: RenderedPolicy): string[] {
  const sourceIp = statements.flatMap((statement) => sourceIpIn(statement) ?? [])[0];
  if (entitlement.bindSourceIp && sourceIp === undefined) return ['is bound to no address'];
  const { parameters, faults } = parametersIn(entitlement, statements);
  const expected = renderedPolicyOf(sessionPolicy({ entitlement, parameters, sourceIp }))?.statements ?? [];
  const missing = expected.filter((statement) => !statements.includes(statement));
  const added = statements.filter((statement) => !expected.includes(statement) && !isDeny(statement));
  return [
    ...faults,
    ...(missing.some(isDeny) ? ['lacks a Deny that the entitlement has'] : []),
    ...(missing.some((statement) => !isDeny(statement)) ? ['lacks an Allow that the entitlement has'] : []),
    ...(added.length > 0 ? ['allows what the entitlement does not'] : []),
  ];
}

const isDeny = (statement: string): boolean => fieldsOf(statement).Effect === 'Deny';

const boundToAddress = z.looseObject({
  Condition: z.looseObject({ NotIpAddress: z.strictObject({ 'aws:SourceIp': sourceIpSchema }) }),
});

const sourceIpIn = (statement: string): string | undefined =>
  boundToAddress.safeParse(fieldsOf(statement)).data?.Condition.NotIpAddress['aws:SourceIp'];

/** The parameters that a policy was narrowed by. */
function parametersIn(
  entitlement: Entitlement,
  statements: readonly string[],
): { parameters: Record<string, string>; faults: string[] } {
  const found = Object.entries(entitlement.parameters).map(([name, { narrow, required }]) => {
    const values = narrow.flatMap(
      (statement) => valueIn(statements, { Effect: 'Deny', ...statement }, name) ?? [],
    );
    const [value] = values;
    if (value === undefined) return { name, fault: required ? `is not narrowed by ${name}` : undefined };
    const fault =
      parameterFault(entitlement, name, value) === undefined
        ? undefined
        : `is narrowed by a ${name} that cannot be asked for`;
    return { name, value, fault };
  });
  return {
    parameters: Object.fromEntries(
      found.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    ),
    faults: found.flatMap(({ fault }) => fault ?? []),
  };
}

/** What stands for `{name}` in the first statement that the template fits. */
function valueIn(statements: readonly string[], template: Statement, name: string): string | undefined {
  const pattern = canonicalJson(template)
    .split(/(\{[a-zA-Z0-9]+\})/)
    .map((part) =>
      part === `{${name}}`
        ? '([^"\\\\]*)'
        : /^\{[a-zA-Z0-9]+\}$/.test(part)
          ? '[^"\\\\]*'
          : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    )
    .join('');
  return statements.flatMap((statement) => new RegExp(`^${pattern}$`).exec(statement)?.[1] ?? [])[0];
}

const fieldsOf = (canonical: string): Statement => statementSchema.parse(JSON.parse(canonical));
