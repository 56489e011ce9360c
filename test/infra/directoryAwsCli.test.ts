import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type GroupsFolder, groupsFolder } from '../support/groupsFolder.ts';
import { lacks } from '../support/needs.ts';

const people = Array.from({ length: 5 }, (_, index) => `0000000${index}-0000-4000-8000-000000000000`);
const security = '10000000-0000-4000-8000-000000000000';

interface Input {
  AlternateIdentifier?: { UniqueAttribute: { AttributePath: string; AttributeValue: string } };
  GroupId?: string;
  NextToken?: string;
  UserId?: string;
}

/** An identity store on the wire: pages of two, no group but `security`. */
const operations: Record<string, (input: Input) => object | undefined> = {
  GetGroupId: ({ AlternateIdentifier: { UniqueAttribute } = {} }) =>
    UniqueAttribute?.AttributePath === 'displayName' && UniqueAttribute.AttributeValue === 'security'
      ? { GroupId: security, IdentityStoreId: 'd-1234567890' }
      : undefined,
  ListGroupMemberships: ({ GroupId, NextToken = '0' }) => {
    const from = Number(NextToken);
    const page = people.slice(from, from + 2);
    const GroupMemberships = page.map((UserId) => ({
      IdentityStoreId: 'd-1234567890',
      GroupId,
      MemberId: { UserId },
    }));
    return { GroupMemberships, ...(from + 2 < people.length && { NextToken: String(from + 2) }) };
  },
  DescribeUser: ({ UserId = '' }) => ({
    UserId,
    IdentityStoreId: 'd-1234567890',
    UserName: UserId,
    Emails: [{ Value: `user${people.indexOf(UserId)}@example.com`, Type: 'work', Primary: true }],
  }),
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const operation = String(request.headers['x-amz-target']).replace('AWSIdentityStore.', '');
  const output = operations[operation]?.((await json(request)) as Input);
  const absent = { __type: 'ResourceNotFoundException', Message: 'Group not found', ResourceType: 'GROUP' };
  response.writeHead(output ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(output ?? absent));
}

describe.skipIf(lacks('aws'))('the real AWS CLI', () => {
  let server: Server;
  let folder: GroupsFolder;
  beforeAll(async () => {
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    folder = await groupsFolder();
    await folder.installAws(`#!/bin/sh\nexec /usr/bin/aws --endpoint-url http://127.0.0.1:${port} "$@"\n`);
  });
  afterAll(async () => {
    server.close();
    await folder.remove();
  });

  it('is asked in its own words, over all pages, and its "not found" is understood', {
    timeout: 60_000,
  }, async () => {
    const { code, stderr } = await folder.runProcess({
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    expect(code).toBe(0);
    expect(stderr).toContain('orders-leads: the directory has no group of this name.\n');
    const { groups } = parse(await folder.read('directory.groups.yaml'));
    expect(groups).toEqual({
      'orders-leads': [],
      security: people.map((_, index) => `user${index}@example.com`),
    });
  });
});
