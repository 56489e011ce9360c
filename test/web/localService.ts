import { expect } from 'vitest';
import { type LocalServer, startLocalServer } from '../../local/serve.ts';
import { aRecipientKey } from '../support/builders.ts';
import { sampleCatalogue } from '../support/sample.ts';

export interface RequestView {
  id: string;
  status: string;
  duration: string;
  decisions: { decision: string; approver: { email: string }; comment?: string; duration?: string }[];
  review?: { verdict: string };
  history: { event: string }[];
}

/** The whole service on free ports, and what the people around a request do through its API. */
export async function startService() {
  const server: LocalServer = await startLocalServer({ port: 0, awsPort: 0, catalogueFile: sampleCatalogue });
  const { baseUrl } = server;

  const tokenOf = async (user: string): Promise<string> => {
    const response = await fetch(`${baseUrl}/_local/token`, {
      method: 'POST',
      body: JSON.stringify({ user: addressOf(user) }),
    });
    return (await response.json()).access_token;
  };
  const call = async (user: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${baseUrl}${path}`, {
      headers: { authorization: `Bearer ${await tokenOf(user)}`, 'content-type': 'application/json' },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });

  return {
    baseUrl,
    close: server.close,
    tokenOf,
    /** The new request's id. */
    async ask(user: string, over: Record<string, unknown> = {}): Promise<string> {
      const response = await call(user, '/v1/requests', {
        entitlement: 'orders-read',
        justification: 'Look at the order that INC-1001 is about',
        recipientKey: aRecipientKey,
        ...over,
      });
      const body = await response.json();
      expect(response.status, JSON.stringify(body)).toBe(201);
      return body.id;
    },
    async read(user: string, id: string): Promise<RequestView> {
      return (await call(user, `/v1/requests/${id}`)).json();
    },
    /** The approval link in that person's mail, waited for. */
    async linkFor(user: string, id: string): Promise<{ link: string; token: string }> {
      return expect
        .poll(() => invitationOf(baseUrl, addressOf(user), id), { timeout: 15_000 })
        .toBeDefined()
        .then(async () => {
          const token = (await invitationOf(baseUrl, addressOf(user), id)) ?? '';
          return { link: `${baseUrl}/approve#${id}.${token}`, token };
        });
    },
    async reaches(id: string, status: string): Promise<void> {
      await expect
        .poll(async () => (await (await call('alice', `/v1/requests/${id}`)).json()).status, {
          timeout: 15_000,
        })
        .toBe(status);
    },
    async approve(user: string, id: string): Promise<void> {
      const { token } = await this.linkFor(user, id);
      const response = await call(user, `/v1/requests/${id}/decision`, { decision: 'approve', token });
      expect(response.status, await response.text()).toBe(200);
    },
  };
}

const addressOf = (user: string): string => `${user}@example.com`;

interface InboxMessage {
  to: string[];
  requestId?: string;
  approvalToken?: string;
}

async function invitationOf(baseUrl: string, to: string, id: string): Promise<string | undefined> {
  const { messages }: { messages: InboxMessage[] } = await (await fetch(`${baseUrl}/_local/inbox`)).json();
  return messages.findLast((mail) => mail.to.includes(to) && mail.requestId === id)?.approvalToken;
}
