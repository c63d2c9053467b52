import { isBigEmoji, parseBody, safeHref } from './markup';

const short = (body: string): string =>
  parseBody(body)
    .map((piece) => `${piece.kind}:${piece.text}`)
    .join('|');

describe('message body', () => {
  it('is one text when nothing special is in it', () => {
    expect(short('Привет,\nкак дела?')).toBe('text:Привет,\nкак дела?');
  });

  it('finds addresses, with and without a scheme', () => {
    expect(parseBody('см. https://example.org/a?b=1, и example.com.')).toEqual([
      { kind: 'text', text: 'см. ' },
      { kind: 'link', text: 'https://example.org/a?b=1', href: 'https://example.org/a?b=1' },
      { kind: 'text', text: ', и ' },
      { kind: 'link', text: 'example.com', href: 'http://example.com/' },
      { kind: 'text', text: '.' },
    ]);
    expect(parseBody('anna@example.org')).toEqual([
      { kind: 'link', text: 'anna@example.org', href: 'mailto:anna@example.org' },
    ]);
  });

  it('makes no link of anything else', () => {
    for (const body of [
      'javascript:alert(1)',
      'data:text/html,x',
      'ftp://example.org',
      '//example.org/x',
      'file:///etc/passwd',
      'vbscript:x',
    ]) {
      for (const piece of parseBody(body)) {
        if (piece.kind === 'link') expect(piece.href).toMatch(/^https?:\/\/example\.org\/|^mailto:/);
      }
    }
    expect(parseBody('javascript:alert(1)').every((piece) => piece.kind === 'text')).toBe(true);
    expect(safeHref('javascript:alert(1)')).toBeNull();
    expect(safeHref('JaVaScRiPt:alert(1)')).toBeNull();
    expect(safeHref('https://example.org')).toBe('https://example.org/');
  });

  it('leaves HTML as the text that it is', () => {
    expect(short('<img src=x onerror=alert(1)> &amp;')).toBe('text:<img src=x onerror=alert(1)> &amp;');
  });

  it('finds inline code, in which nothing is a link', () => {
    expect(short('run `curl https://example.org` now')).toBe('text:run |code:curl https://example.org|text: now');
  });

  it('finds code blocks with line breaks, with and without a language', () => {
    expect(short('before\n```ts\nconst a = `x`;\n```\nafter')).toBe('text:before|pre:const a = `x`;|text:after');
    expect(short('```one line```')).toBe('pre:one line');
  });

  it('an unclosed mark is text', () => {
    expect(short('a ` b')).toBe('text:a ` b');
    expect(short('```\nopen')).toBe('text:```\nopen');
  });

  it('is quick with hostile input', () => {
    const started = performance.now();
    for (const body of [
      '`'.repeat(4000),
      '```'.repeat(1333),
      'a@'.repeat(2000),
      'http://'.repeat(571),
      '('.repeat(4000),
    ])
      parseBody(body);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('big emoji', () => {
  it.each(['😀', '👍🏽', '👨‍👩‍👧‍👦 ❤️', '🇷🇺', '1️⃣', '🎉🎉🎉'])('%s', (body) => expect(isBigEmoji(body)).toBe(true));
  it.each(['', '1', '#', 'ok 😀', '🎉🎉🎉🎉', '©', '—'])('not %p', (body) => expect(isBigEmoji(body)).toBe(false));
});
