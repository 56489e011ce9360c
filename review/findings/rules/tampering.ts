import type { FindingRule } from '../finding.ts';
import { meddlingIn } from '../guardedThings.ts';
import { quoted } from '../words.ts';

/**
 * Changes of what guards Countersign (its roles, boundaries, functions, keys, table, workflow, rules, stacks), of any trail and its
 * bucket and of service control policies, that succeeded and that neither a deployment nor Countersign's own work made. Critical: it can
 * switch any other control off. Limits: deployments are known by the roles of the CDK and of StackSets and by those that the
 * reviewer names, so whoever may hand such a role to CloudFormation passes for one; keys outside of the service's account, API ids and
 * other things without a name of Countersign's do not show; nor what a record leaves out as too long, but for IAM and the service's account.
 */
export const tampering: FindingRule = {
  name: 'tampering',
  promise: 'What guards Countersign and the trail is changed by deployments alone.',
  find: (material) =>
    meddlingIn(material)
      .filter(({ event }) => event.errorCode === undefined)
      .map(({ event, thing }) => ({
        severity: 'critical',
        at: event.at,
        subject: quoted(thing, 300),
        account: event.account,
        message: `${quoted(event.caller.arn ?? event.caller.account ?? 'Somebody unnamed')} did ${quoted(event.name)} on ${quoted(thing, 300)} in account ${event.account}: unless a known change explains it, undo it and find out what it was for.`,
        eventIds: [event.id],
      })),
};
