import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonText } from '#review/report/jsonText.ts';

it('JSON for people is the same JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(jsonText(JSON.parse(text)))).toEqual(JSON.parse(text));
    }),
  );
});

it('has in one line what fits there', () => {
  const statement = {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:Query'],
    Resource: 'arn:aws:dynamodb:*:111122223333:table/orders',
  };
  expect(jsonText({ Version: '2012-10-17', Statement: [statement] }).split('\n')).toEqual([
    '{',
    '  "Version": "2012-10-17",',
    '  "Statement": [',
    '    {',
    '      "Effect": "Allow",',
    '      "Action": [ "dynamodb:GetItem", "dynamodb:Query" ],',
    '      "Resource": "arn:aws:dynamodb:*:111122223333:table/orders"',
    '    }',
    '  ]',
    '}',
  ]);
});

it('leaves out what is not there', () => {
  const statement = { Sid: 'x'.repeat(100), Condition: undefined };
  expect(JSON.parse(jsonText(statement))).toEqual({ Sid: statement.Sid });
});

it('grows no more than its JSON however deep somebody nested it', () => {
  const text = '['.repeat(2_000) + ']'.repeat(2_000);
  expect(jsonText(JSON.parse(text)).length).toBeLessThan(text.length * 3);
});
