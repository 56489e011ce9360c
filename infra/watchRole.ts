import type { Settings } from './configuration/settings.ts';
import type { RoleDefinition } from './definitions.ts';
import { trailResourcesOf } from './trailResources.ts';

/** EventBridge hands on what the watch of an account finds under this role; it can do nothing else. */
export function watchRole(service: Settings['service'], account: string): RoleDefinition {
  return {
    account,
    name: 'countersign-watch',
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': account },
            ArnLike: { 'aws:SourceArn': `arn:aws:events:*:${account}:rule/countersign-watch-*` },
          },
        },
      ],
    },
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'HandOn',
          Effect: 'Allow',
          Action: 'events:PutEvents',
          Resource: trailResourcesOf(service).busArn,
        },
      ],
    },
    managedPolicyArns: [],
    maxSessionDuration: 3_600,
  };
}
