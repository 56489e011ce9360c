import type { Entitlement, PolicyStatement } from './entitlement.ts';

/** What an entitlement lets a session do, in words for the approver: one line for each Allow, derived here and nowhere else. */
export function describePermissions(
  { policy, managedPolicies, allowChaining, parameters: narrowedBy }: Entitlement,
  parameters?: Record<string, string>,
): string[] {
  return [
    ...policy.filter(({ Effect }) => Effect === 'Allow').map(describeStatement),
    ...managedPolicies.map(
      (arn) => `Everything that the managed policy ${arn.split('/').at(-1)} allows (${arn})`,
    ),
    ...Object.keys(narrowedBy).map((name) => describeNarrowing(name, parameters)),
    ...(allowChaining ? ['May assume further roles, whose sessions can outlive this grant'] : []),
  ];
}

function describeNarrowing(name: string, parameters: Record<string, string> | undefined): string {
  if (!parameters) return `Narrowed by ${name}`;
  return Object.hasOwn(parameters, name)
    ? `Only where ${name} is ${parameters[name]}`
    : `Not narrowed by ${name}`;
}

function describeStatement({ Action, Resource, Condition }: PolicyStatement): string {
  const actions = list(Action).map((action) =>
    action === '*' ? 'everything' : action.replace(/^[^:]+:/, ''),
  );
  const services = [
    ...new Set(list(Action).map((action) => (action.includes(':') ? action.split(':')[0] : 'any service'))),
  ];
  const resources = list(Resource).map(describeResource);
  const only = Condition ? ' under conditions' : '';
  return `${joined(actions)} in ${joined(services)} on ${joined(resources)}${only}`;
}

/** `arn:aws:dynamodb:*:111122223333:table/orders` → `table/orders of account 111122223333 in any region`. */
function describeResource(arn: string): string {
  if (arn === '*') return 'every resource';
  const [, , , region, account, ...name] = arn.split(':');
  const owner = account === '*' ? ' of any account' : account ? ` of account ${account}` : '';
  const place = region === '*' ? ' in any region' : region ? ` in ${region}` : '';
  return `${name.join(':')}${owner}${place}`;
}

const list = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);

const joined = (words: (string | undefined)[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
