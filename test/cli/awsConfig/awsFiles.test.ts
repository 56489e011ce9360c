import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { awsConfigFile, awsCredentialsFile } from '../../../cli/awsConfig/awsFiles.ts';

test.each([
  [{}, `${homedir()}/.aws/config`],
  [{ AWS_CONFIG_FILE: '' }, `${homedir()}/.aws/config`],
  [{ AWS_CONFIG_FILE: '/etc/aws' }, '/etc/aws'],
  [{ AWS_CONFIG_FILE: '~/cfg' }, `${homedir()}/cfg`],
  [{ AWS_CONFIG_FILE: '$PLACE/cfg', PLACE: '/a' }, '/a/cfg'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in a variable of the shell.
  [{ AWS_CONFIG_FILE: '${PLACE}/cfg', PLACE: '~' }, `${homedir()}/cfg`],
  [{ AWS_CONFIG_FILE: '$NOWHERE/cfg' }, '$NOWHERE/cfg'],
])('the config file is where the AWS CLI finds it: %j', (environment, file) => {
  expect(awsConfigFile(environment)).toBe(file);
});

test('another user’s folder has to be written out', () => {
  expect(() => awsCredentialsFile({ AWS_SHARED_CREDENTIALS_FILE: '~root/keys' })).toThrow(
    'Write the whole path.',
  );
});
