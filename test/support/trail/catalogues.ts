import type { Catalogue } from '#domain/catalogue.ts';
import { aCatalogue, aMachine, entitlementIn } from '../builders.ts';
import { organisation } from './organisation.ts';

/** The second installation's accounts. One person has two addresses there, and a machine may ask. */
export const secondInstallation = { service: '888877776666', target: '222233334444', region: 'eu-west-1' };

export const secondCatalogue = (): Catalogue =>
  aCatalogue((source) => {
    const { production } = organisation.accounts;
    source.targets.production = { account: secondInstallation.target, title: 'Shop' };
    source.people = [['alice@example.com', 'alice.archer@example.com']];
    source.groups['orders-leads']?.push('alice.archer@example.com');
    source.machines = { deployer: { ...deployer, account: '444455556666', owners: ['bob@example.com'] } };
    entitlementIn(source, 'orders-read').requesters.machines = ['deployer'];
    for (const entitlement of Object.values(source.entitlements))
      entitlement.policy = JSON.parse(
        JSON.stringify(entitlement.policy).replaceAll(production, secondInstallation.target),
      );
  });

const deployer = { issuer: aMachine.issuer, subject: aMachine.subject };

/** What was in force before: any two leads could approve what now takes one from security. */
export const earlierCatalogue = (): Catalogue =>
  aCatalogue((source) => {
    const [, security] = entitlementIn(source, 'orders-admin').approval;
    if (security) security.from.groups = ['security', 'orders-leads'];
  });
