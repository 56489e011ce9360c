import { hasWildcard, resourcesMeet } from '../../domain/wildcards.ts';
import type { AwsAction } from './awsActions.ts';
import type { NamedAction } from './namedActions.ts';

/** How the sentence goes on about an action that none of its statement's resources can be for; undefined where one may be. */
export function unmetResource(
  { name, effect, resources }: NamedAction,
  { meant, list }: { meant: readonly AwsAction[]; list: string },
): string | undefined {
  if (!resources || resources.some(isWide)) return undefined;
  if (meant.every((action) => action.resources.length === 0))
    return `takes no resource ${list}, and its statement names some: that never ${effect} it. Give it a statement of its own on "*"`;
  const [action, ...others] = meant;
  // Of several actions, AWS may well mean another than whoever wrote the pattern.
  if (!action || others.length > 0 || hasWildcard(name)) return undefined;
  if (action.resources.some((form) => resources.some((resource) => isOfForm(resource, form))))
    return undefined;
  return `is for ${listed(action.resources)} ${list}, and its statement names none such: that never ${effect} it. Correct the resource`;
}

/** What is filled in when the policy is used: the policy variables of IAM, the parameters of a request. */
const openPart = /\$\{[^}]*\}|\{\w+\}/g;

/**
 * Whether it is everything, or everything of a kind: `arn:aws:s3:::*`, `…:table/*`. About some actions that are documented to take no resource
 * AWS asks with such a text: who has no rights is told that they may not `dynamodb:ListTables` on `table/*`. What has a slash behind it in
 * S3 is a bucket and no kind.
 */
const isWide = (resource: string): boolean =>
  /^(?:\*|arn:(?:[^:]*:){4}\*|arn:[^:]*:(?!s3:)(?:[^:]*:){3}[\w-]+[/:]\*)$/.test(
    resource.replaceAll(openPart, 'x'),
  );

/** Of partitions, regions and accounts the list knows too little; what is open can be anything. */
function isOfForm(resource: string, form: string): boolean {
  const [, , service = '', , , ...rest] = form.split(':');
  const open = resource.replaceAll(openPart, '*');
  return !open.startsWith('arn:') || resourcesMeet(open, `arn:*:${service}:*:*:${rest.join(':')}`);
}

const mostForms = 3;

function listed(forms: readonly string[]): string {
  const shown = forms.slice(0, mostForms).map((form) => form.replace(/^arn:\*:/, 'arn:aws:'));
  return forms.length > mostForms ? `${shown.join(', ')} and the like` : shown.join(' or ');
}
