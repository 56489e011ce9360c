import { entitlementFacts, entitlementTable } from '../asking/entitlementText.ts';
import { namedEntitlement } from '../asking/namedEntitlement.ts';
import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { serviceOf, serviceOptions } from '../service.ts';
import { answer, remark } from '../terminal/answer.ts';

export const list = command({
  name: 'list',
  says: 'Lists what you may ask for, for how long, and who would be asked to approve it. With an entitlement: all about that one.',
  words: [{ name: 'ENTITLEMENT', says: 'one of the list, in full', optional: true, values: 'entitlements' }],
  options: serviceOptions,
  examples: [
    ['countersign list', 'all that you may ask for'],
    ['countersign list orders-read', 'what orders-read allows, and what asking for it takes'],
  ],
  async run({ values, words: [word] }) {
    const { api } = await serviceOf(values);
    const entitlements = await api.entitlements();
    if (word !== undefined) {
      const entitlement = namedEntitlement(entitlements, word);
      answer(entitlement, () => entitlementFacts(entitlement), values);
      return exitCodes.done;
    }
    answer(entitlements, () => (entitlements.length > 0 ? entitlementTable(entitlements) : []), values);
    if (entitlements.length === 0 && !values.json)
      remark('There is nothing that you may ask for. The platform team decides that, in the catalogue.');
    return exitCodes.done;
  },
});
