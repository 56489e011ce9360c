import type { PolicyStatement } from '#domain/entitlement.ts';
import { coversAction, coversResource, hasWildcard, resourcesMeet } from '#domain/wildcards.ts';
import { remembered } from '../sessions/remembered.ts';
import type { Hidden } from './accountView.ts';
import { listOf } from './grantedStatements.ts';
import type { UsedAction } from './observedUse.ts';
import { resourceForms } from './resourceForms.ts';

/** What is known of the use of a policy. */
export interface PolicyUse {
  statements: readonly PolicyStatement[];
  used: readonly UsedAction[];
  /** What of a granted pattern could be used unseen: it is kept. */
  hiddenPartOf(pattern: string): Hidden;
}

/** More would be a list of what happened to be there, and no rule. */
const mostResources = 6;

/**
 * The statements with only what was used, or what could be used unseen. Patterns become the actions that were seen under them, resources
 * those that every call named, conditions stay: nothing is allowed that was not allowed before.
 */
export function narrowerPolicy({ statements, used, hiddenPartOf }: PolicyUse): PolicyStatement[] {
  const rules = statements.map(ruleOf);
  return rules.flatMap((rule) => {
    const { statement } = rule;
    const own = used.filter((action) => mayHaveAllowed(rule, rules, action));
    const kept = listOf(statement.Action).map((pattern) => keptPartOf(pattern, own, hiddenPartOf(pattern)));
    const actions = [...new Set(kept.flatMap(({ actions }) => actions))];
    if (actions.length === 0) return [];
    const resources = kept.some(({ hidden }) => hidden) ? undefined : namedResources(rule, rules, own);
    return [
      {
        ...statement,
        Action: sameAs(statement.Action, actions),
        Resource: sameAs(statement.Resource, resources ?? listOf(statement.Resource)),
      },
    ];
  });
}

/** A statement, and what is asked of it again and again. */
interface Rule {
  statement: PolicyStatement;
  allows(action: string): boolean;
  /** What of its resources a call to an ARN may have needed. */
  neededFor(arn: string): string[];
}

const ruleOf = (statement: PolicyStatement): Rule => ({
  statement,
  allows: remembered((action) => listOf(statement.Action).some((pattern) => coversAction(pattern, action))),
  neededFor: remembered((arn) => neededUnder(statement, arn)),
});

/** As it was written, where nothing is taken away. */
const sameAs = (before: string | string[], after: string[]): string | string[] =>
  after.length === 1 && !Array.isArray(before) ? (after[0] ?? before) : after;

function keptPartOf(
  pattern: string,
  used: readonly UsedAction[],
  hidden: Hidden,
): { actions: string[]; hidden: boolean } {
  if (hidden.whole) return { actions: [pattern], hidden: true };
  const seen = used.map(({ action }) => action).filter((action) => coversAction(pattern, action));
  const actions = hasWildcard(pattern) ? [...new Set([...seen, ...hidden.parts])].sort() : [pattern];
  return { actions: hasWildcard(pattern) || seen.length > 0 ? actions : [], hidden: hidden.parts.length > 0 };
}

/** Whether a statement can be what allowed calls of an action; where the logs cannot tell, it can. */
function mayHaveAllowed(rule: Rule, rules: readonly Rule[], { action, resources }: UsedAction): boolean {
  if (!rule.allows(action)) return false;
  if (!resources) return true;
  const allowing = rules.filter((other) => other.allows(action));
  return [...resources].some(
    (arn) => rule.neededFor(arn).length > 0 || allowing.every((other) => other.neededFor(arn).length === 0),
  );
}

/** All of a statement's resources, where it is not known which of them a call to an ARN may have needed. */
function neededUnder({ Resource }: PolicyStatement, arn: string): string[] {
  const forms = resourceForms(arn);
  const granted = listOf(Resource);
  if (!forms || granted.some(hasVariable)) return granted;
  return granted.flatMap((pattern) =>
    forms.flatMap((form) => {
      if (coversResource(pattern, form)) return [form];
      return resourcesMeet(pattern, form) ? [pattern] : [];
    }),
  );
}

const hasVariable = (resource: string): boolean => resource.includes('${');

/** The resources that every call under a statement named, where they are few and narrower than what was granted. */
function namedResources(
  rule: Rule,
  rules: readonly Rule[],
  used: readonly UsedAction[],
): string[] | undefined {
  const granted = listOf(rule.statement.Resource);
  if (!granted.some(hasWildcard) || granted.some(hasVariable)) return undefined;
  const named = new Set<string>();
  for (const { action, resources } of used) {
    if (!resources) return undefined;
    for (const arn of resources) {
      if (!resourceForms(arn)) return undefined;
      const needed = rule.neededFor(arn);
      const elsewhere = rules.some(
        (other) => other !== rule && other.allows(action) && other.neededFor(arn).length > 0,
      );
      if (needed.length === 0 && !elsewhere) return undefined;
      for (const resource of needed) named.add(resource);
    }
  }
  return named.size > 0 && named.size <= mostResources ? [...named].sort() : undefined;
}
