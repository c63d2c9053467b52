import { LinkifyIt } from 'linkify-it';

/** A piece of a message. All of them are drawn as text nodes; nothing that people write is ever interpreted as HTML. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'code'; text: string }
  | { kind: 'pre'; text: string };

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, maxLength: 2000 });
// Only what a browser opens without surprises; SAFE_PROTOCOLS checks the result once more.
linkify.add('ftp:', null).add('//', null);

const SAFE_PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);
const FENCE = /```(?:[\w+#.-]*\n)?([\s\S]+?)```/g;
const INLINE_CODE = /`([^`\n]+)`/g;

/** Splits a message into text, links, `code` and ``` blocks. Joined together the pieces' texts say what was written. */
export function parseBody(body: string): Piece[] {
  return splitBy(
    body,
    FENCE,
    (code) => ({ kind: 'pre', text: code.replace(/\n$/, '') }),
    (rest) => splitBy(rest, INLINE_CODE, (code) => ({ kind: 'code', text: code }), links),
  );
}

function splitBy(
  text: string,
  pattern: RegExp,
  made: (inner: string) => Piece,
  rest: (text: string) => Piece[],
): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const piece = made(match[1] ?? '');
    let before = text.slice(at, match.index);
    at = match.index + match[0].length;
    // A block stands on its own: the line breaks around it are already its edges.
    if (piece.kind === 'pre') {
      before = before.replace(/\n$/, '');
      if (text[at] === '\n') at += 1;
    }
    pieces.push(...rest(before), piece);
  }
  return [...pieces, ...rest(text.slice(at))];
}

function links(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of linkify.match(text) ?? []) {
    const href = safeHref(match.url);
    if (!href) continue;
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) });
    pieces.push({ kind: 'link', text: match.text, href });
    at = match.lastIndex;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
}

/** The address when a browser may be sent there, else null. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address);
    return SAFE_PROTOCOLS.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|^[\d#*]\uFE0F?\u20E3$/u;
/** More than so many are a text. */
const BIG_EMOJI_MAX = 3;

/** Whether the message is nothing but one to three emoji, which are drawn bigger. */
export function isBigEmoji(body: string): boolean {
  const text = body.trim();
  // One emoji with joiners and skin tones takes up to some 25 units.
  if (text === '' || text.length > BIG_EMOJI_MAX * 26) return false;
  const signs = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text.replace(/\s+/g, ''))];
  return signs.length <= BIG_EMOJI_MAX && signs.every(({ segment }) => EMOJI.test(segment));
}
