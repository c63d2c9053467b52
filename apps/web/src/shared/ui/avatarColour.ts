/** Hues that stay apart from each other and away from the danger red. */
const HUES = [155, 190, 225, 255, 285, 320, 350, 45, 75, 110] as const;

/** A stable hue for a person or chat: the same id has the same colour everywhere, for ever. */
export function avatarHue(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0;
  return HUES[Math.abs(hash) % HUES.length] ?? HUES[0];
}

/** One or two letters: first letters of the first and last word; an emoji or letter cluster stays whole. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = firstCluster(words[0] ?? '?');
  const last = words.length > 1 ? firstCluster(words[words.length - 1] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

function firstCluster(word: string): string {
  for (const { segment } of new Intl.Segmenter().segment(word)) return segment;
  return '';
}
