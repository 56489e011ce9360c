import { type Check, fine, wrong } from './check.ts';

/** As packaging/bin.js has it: that one refuses older ones, this one is for who runs the sources. */
const oldest = { major: 22, minor: 13 };

/** Whether this Node is one that the command is made for. */
export const node: Check = {
  about: 'Node',
  async find() {
    const { node: version } = process.versions;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return major > oldest.major || (major === oldest.major && minor >= oldest.minor)
      ? [fine(version)]
      : [
          wrong(
            `${version} is too old. Install Node ${oldest.major}.${oldest.minor} or later: https://nodejs.org`,
          ),
        ];
  },
};
