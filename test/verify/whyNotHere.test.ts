import { expect, test } from 'vitest';
import type { AwsCli } from '../../verify/awsCli.ts';
import { whyNotHere } from '../../verify/whyNotHere.ts';

/** The AWS CLI where an organization answers, or nobody may ask. */
const cliOf =
  (answer?: object): AwsCli =>
  async (_, schema) =>
    schema.parse(answer);
const managedBy = (MasterAccountId: string) => cliOf({ Organization: { MasterAccountId } });
const account = '444455556666';

test('nothing is made in the account that manages the organization', async () => {
  expect(await whyNotHere(account, managedBy(account))).toMatch(/manages its organization/);
});

test('a test account is one that holds nothing of Countersign and manages nobody', async () => {
  expect(await whyNotHere(account, managedBy('777788889999'))).toBeUndefined();
});

test('where nobody says who manages, an account is taken for one that does not', async () => {
  expect(await whyNotHere(account, cliOf())).toBeUndefined();
});

test('the service and the targets of this very configuration are refused, whatever the organization says', async () => {
  expect(await whyNotHere('999988887777', cliOf())).toMatch(/Countersign's own/);
  expect(await whyNotHere('111122223333', cliOf())).toMatch(/target, production/);
});
