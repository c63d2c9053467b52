import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

type Rgb = [number, number, number];

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** The tokens of one theme that are plain `oklch(L C H)` colours, as linear RGB. */
function theme(selector: string): Map<string, Rgb> {
  const block = css.slice(css.indexOf(selector)).split('}')[0] ?? '';
  const colours = new Map<string, Rgb>();
  for (const [, name, l, c, h] of block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)) {
    colours.set(name ?? '', linearRgb(Number(l), Number(c), Number(h)));
  }
  return colours;
}

/** OKLCH to linear sRGB, by the definition of the colour space (https://bottosson.github.io/posts/oklab/). */
function linearRgb(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (x: number): number => Math.min(1, Math.max(0, x));
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Contrast by WCAG 2. */
function contrast(one: Rgb | undefined, other: Rgb | undefined): number {
  if (!one || !other) throw new Error('No such token');
  const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [high, low] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', ':root,\n.light {'],
  ['dark', '.dark {'],
])('colours of the %s theme', (_name, selector) => {
  const colour = theme(selector);
  const surfaces = ['surface-0', 'surface-1', 'surface-2', 'surface-accent'];
  const pairs = (tokens: string[]): [string, string][] =>
    tokens.flatMap((t) => surfaces.map((s): [string, string] => [t, s]));

  it.each(pairs(['text', 'text-muted', 'accent-text', 'danger', 'warning', 'success']))(
    '%s reads on %s',
    (token, surface) => {
      expect(contrast(colour.get(token), colour.get(surface))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(pairs(['focus', 'accent', 'line-strong']))('%s shows on %s', (token, surface) => {
    expect(contrast(colour.get(token), colour.get(surface))).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['on-accent', 'accent'],
    ['on-accent', 'accent-hover'],
    ['on-danger', 'danger'],
    ['text', 'mark'],
  ])('%s reads on %s', (token, surface) => {
    expect(contrast(colour.get(token), colour.get(surface))).toBeGreaterThanOrEqual(4.5);
  });
});
