import { type AccessRequest, statuses } from '#client/answers.ts';
import type { RequestQuery } from '#client/api.ts';
import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { noticeRequest } from '../requests/noticeRequest.ts';
import { requestPages } from '../requests/openRequests.ts';
import { idOf } from '../requests/requestId.ts';
import { serviceOfRequest } from '../requests/serviceOfRequest.ts';
import { requestServiceOptions, serviceOf } from '../service.ts';
import { eventTable } from '../story/eventTable.ts';
import { requestTable } from '../story/requestTable.ts';
import { answer, remark } from '../terminal/answer.ts';

const roles = ['requester', 'approver', 'auditor'] as const;

export const history = command({
  name: 'history',
  says: 'Lists past requests, newest first. With a request: what happened to it, when, and who did it.',
  words: [{ name: 'REQUEST', says: 'its id', optional: true, values: 'request ids' }],
  options: {
    role: {
      type: 'string',
      value: 'ROLE',
      values: roles,
      says: 'whose requests: those you made (requester), were asked to decide on, or all',
    },
    status: { type: 'string', value: 'STATUS', values: statuses, says: 'only those that stand so' },
    before: { type: 'string', value: 'REQUEST', says: 'only those made before this one: the next page' },
    all: { type: 'boolean', says: 'all pages' },
    ...requestServiceOptions,
  },
  examples: [
    ['countersign history', 'your last requests'],
    [
      'countersign history --role approver --status denied --all',
      'all that you could decide on and that were denied',
    ],
    ['countersign history 01KAQ3M8X0S7V5R2E9D4T6W1ZB', 'what happened to that one'],
  ],
  async run({ values, words: [word] }) {
    if (word !== undefined) {
      const id = idOf(word);
      const { api, url } = await serviceOfRequest(id, values);
      const request = await api.load(id);
      await noticeRequest(request, url);
      answer(request.history, () => eventTable(request), values);
      return exitCodes.done;
    }
    const { api } = await serviceOf(values);
    const query = queryOf(values);
    const items: AccessRequest[] = [];
    let next: string | undefined;
    for await (const page of requestPages(api, query)) {
      items.push(...page.items);
      next = page.cursor;
      // A page with nothing in it is no answer.
      if (!values.all && items.length > 0) break;
    }
    answer({ items, ...(next !== undefined && { before: next }) }, () => listed(items, query), values);
    if (next !== undefined && !values.json) remark(`There are older ones: add --before ${next}, or --all.`);
    return exitCodes.done;
  },
});

function queryOf(values: { role?: string; status?: string; before?: string }): RequestQuery {
  const role = roles.find((each) => each === values.role);
  const status = statuses.find((each) => each === values.status);
  return {
    ...(role && { role }),
    ...(status && { status }),
    ...(values.before !== undefined && { cursor: idOf(values.before) }),
  };
}

function listed(items: AccessRequest[], { role = 'requester' }: RequestQuery): string[] {
  if (items.length === 0) return ['There are no such requests.'];
  return requestTable(items, { of: role === 'requester' ? 'me' : 'others' });
}
