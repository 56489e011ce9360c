import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import type { Construct } from 'constructs';
import type { Settings } from '../configuration/settings.ts';
import { trailResourcesOf } from '../trailResources.ts';

/** Something that CloudTrail records beside what manages an account. */
export interface DataEvents {
  name: string;
  type: string;
  /** Of the resources, or how they begin. */
  arns: string[] | { startsWith: string };
  readOnly?: boolean;
}

/**
 * The trail of one account: every call of every region that manages something, in the archive of the service's account,
 * in log files that tell when one was changed or is missing.
 */
export function defineTrail(
  scope: Construct,
  id: string,
  { service, dataEvents = [] }: { service: Settings['service']; dataEvents?: DataEvents[] },
): CfnTrail {
  const { trail, bucket, keyAliasArn } = trailResourcesOf(service);
  return new CfnTrail(scope, id, {
    trailName: trail,
    isLogging: true,
    isMultiRegionTrail: true,
    includeGlobalServiceEvents: true,
    enableLogFileValidation: true,
    s3BucketName: bucket,
    // By its name: the key belongs to another stack, for targets also to another account.
    kmsKeyId: keyAliasArn,
    advancedEventSelectors: [
      { name: 'What manages the account', fieldSelectors: [is('eventCategory', 'Management')] },
      ...dataEvents.map(selectorOf),
    ],
  });
}

const is = (field: string, value: string): CfnTrail.AdvancedFieldSelectorProperty => ({
  field,
  equalTo: [value],
});

function selectorOf({ name, type, arns, readOnly }: DataEvents): CfnTrail.AdvancedEventSelectorProperty {
  const field = 'resources.ARN';
  return {
    name,
    fieldSelectors: [
      is('eventCategory', 'Data'),
      is('resources.type', type),
      Array.isArray(arns) ? { field, equalTo: arns } : { field, startsWith: [arns.startsWith] },
      ...(readOnly === undefined ? [] : [is('readOnly', String(readOnly))]),
    ],
  };
}
