import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { beginSignIn } from '../../web/signIn.ts';

const read = (name: string): string => readFileSync(new URL(`../../web/${name}`, import.meta.url), 'utf8');
const style = read('style.css');

/** `--name: light-dark(#aaaaaa, #bbbbbb)`, as [light, dark]. */
const colours = new Map(
  [...style.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name, [light, dark]],
  ),
);

function colourOf(name: string, scheme: 0 | 1): string {
  const colour = colours.get(name)?.[scheme];
  if (colour === undefined) throw new RangeError(`style.css has no colour --${name}.`);
  return colour;
}

/** WCAG 2.2: relative luminance of an sRGB colour. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2: contrast ratio, 1 to 21. */
function contrast(first: string, second: string): number {
  const [light = 0, dark = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('In %s, the page', (_scheme, scheme) => {
  it.each([
    ['ink', 'ground'],
    ['ink', 'soft'],
    ['muted', 'ground'],
    ['accent', 'ground'],
    ['bad', 'soft'],
    ['on-accent', 'accent'],
  ])('has text of %s on %s with a contrast of at least 4.5', (text, ground) => {
    expect(contrast(colourOf(text, scheme), colourOf(ground, scheme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['line', 'accent', 'good', 'bad'])('has edges of %s with a contrast of at least 3', (edge) => {
    expect(contrast(colourOf(edge, scheme), colourOf('ground', scheme))).toBeGreaterThanOrEqual(3);
  });
});

describe.each(['index.html', 'approve.html'])('%s', (name) => {
  const page = read(name);

  it('has no script, style or handler of its own, so that the content security policy can forbid them all', () => {
    expect(page).not.toMatch(/<style|style=|\son\w+=|javascript:/i);
    expect(page).not.toMatch(/<script(?![^>]*\ssrc="assets\/)/);
  });

  it('loads nothing from elsewhere, names its language and sends no referrer', () => {
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<meta name="referrer" content="no-referrer">');
  });
});

describe('The sign-in', () => {
  it.each(['http://sso.example.com', 'http://127.0.0.1.example.com', 'http://localhost.example.com'])(
    'refuses an issuer that does not speak https and is not on this machine: %s',
    async (issuer) => {
      await expect(
        beginSignIn({
          issuer,
          clientId: 'countersign-web',
          scope: 'openid',
          parameters: {},
          bearer: 'access_token',
        }),
      ).rejects.toThrow(/HTTPS/);
    },
  );
});
