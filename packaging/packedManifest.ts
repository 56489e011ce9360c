/** What `package.json` of the repository says, as far as it matters here. */
export interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
  scripts: { prepack: string; postpack: string };
  optionalDependencies?: Record<string, string>;
}

/** Native, so it cannot be bundled; without it keys are kept in files. */
const keychain = '@napi-rs/keyring';

/** The manifest of the package: nothing to install but the keychain, where it can be. */
export function packedManifest({ optionalDependencies = {}, scripts, ...manifest }: Manifest) {
  const { name, version, description, license } = manifest;
  const keychainVersion = optionalDependencies[keychain];
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines: { node: '>=22.13' },
    bin: { countersign: 'lib/bin.js' },
    exports: {
      '.': { types: './lib/types/countersign.d.ts', default: './lib/client.js' },
      './package.json': './package.json',
    },
    // For a checkout whose pack was killed: the next one has to begin by putting it back. Nothing runs them where it is installed.
    scripts: { prepack: scripts.prepack, postpack: scripts.postpack },
    files: ['lib', 'THIRD-PARTY-LICENCES.txt'],
    ...(keychainVersion !== undefined && { optionalDependencies: { [keychain]: keychainVersion } }),
  };
}
