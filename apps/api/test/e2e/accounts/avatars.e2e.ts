import { crc32, deflateSync } from 'node:zlib';
import type { Me } from '@besedka/contracts';
import sharp from 'sharp';
import { DomainEvents } from '../../../src/common/events/domain-events.js';
import { createUser, refusal, signIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const PATH = '/api/v1/users/me/avatar';

function form(content: Uint8Array | string, name = 'me.png', type = 'image/png'): FormData {
  const data = new FormData();
  data.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)], { type }), name);
  return data;
}

const picture = (width = 600, height = 400) =>
  sharp({ create: { width, height, channels: 3, background: { r: 40, g: 120, b: 70 } } });

describe('avatars', () => {
  let app: TestApp;
  let http: HttpClient;
  beforeAll(async () => {
    app = await createTestApp();
    const user = await createUser(await signIn(app, 'admin'));
    http = await signIn(app, user.username);
  });
  afterAll(() => closeTestApp(app));

  const put = <T = Record<string, unknown>>(body: FormData) => http.request<T>('PUT', PATH, { body });
  const fetchPicture = async (url: string): Promise<{ response: Response; bytes: Buffer }> => {
    const response = await fetch(new URL(url, app.url), { headers: { cookie: http.cookieHeader(url) } });
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  };

  it.each(['png', 'jpeg', 'webp', 'gif', 'avif'] as const)('takes %s and makes it 256×256 WebP', async (format) => {
    const answer = await put<Me>(form(await picture().toFormat(format).toBuffer()));
    expect(answer.status).toBe(200);
    const { response, bytes } = await fetchPicture(answer.json.avatarUrl ?? '');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/webp');
    expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 256, height: 256 });
  });

  it('carries nothing of the original: no EXIF, no place, no profile; and it stands upright', async () => {
    const photo = await picture()
      .withExif({ IFD0: { Copyright: 'hidden words' }, IFD3: { GPSLatitudeRef: 'N' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(photo.includes('hidden words')).toBe(true);
    const answer = await put<Me>(form(photo, 'photo.jpg', 'image/jpeg'));
    const { bytes } = await fetchPicture(answer.json.avatarUrl ?? '');
    const metadata = await sharp(bytes).metadata();
    expect([metadata.exif, metadata.icc, metadata.xmp, metadata.orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(bytes.includes('hidden words')).toBe(false);
  });

  it('a new picture has a new address; the old one is gone; everybody hears of it; removing it says null', async () => {
    const heard: (string | null)[] = [];
    const stop = app.get(DomainEvents).on('users.profile-changed', (event) => void heard.push(event.user.avatarUrl));
    const first = (await put<Me>(form(await picture().png().toBuffer()))).json.avatarUrl ?? '';
    const second = (await put<Me>(form(await picture(300, 300).png().toBuffer()))).json.avatarUrl ?? '';
    expect(second).not.toBe(first);
    expect((await fetchPicture(first)).response.status).toBe(404);
    const removed = await http.delete<Me>(PATH);
    expect(removed.json.avatarUrl).toBeNull();
    expect((await fetchPicture(second)).response.status).toBe(404);
    const third = (await put<Me>(form(await picture().png().toBuffer()))).json.avatarUrl ?? '';
    expect([first, second]).not.toContain(third);
    stop();
    expect(heard).toEqual([first, second, null, third]);
  });

  it('is for the signed-in only', async () => {
    const { avatarUrl } = (await put<Me>(form(await picture().png().toBuffer()))).json;
    expect((await app.http().get(avatarUrl ?? '')).status).toBe(401);
    expect((await app.http().request('PUT', PATH, { body: form('x') })).status).toBe(401);
  });

  it.each<[string, () => Promise<Uint8Array | string> | Uint8Array | string, string]>([
    ['an SVG with a script', () => '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'x.svg'],
    [
      'an SVG named .png',
      () => '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      'x.png',
    ],
    ['HTML named .png', () => '<!doctype html><script>alert(1)</script>', 'x.png'],
    [
      'HTML behind a PNG signature',
      () => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('<html>')]),
      'x.png',
    ],
    ['a truncated picture', async () => (await picture().png().toBuffer()).subarray(0, 200), 'x.png'],
    ['too many pixels in few bytes', () => bomb(), 'x.png'],
    ['nothing', () => '', 'x.png'],
    ['a PDF', () => '%PDF-1.7\n%âãÏÓ\n1 0 obj', 'x.png'],
  ])('refuses %s', async (_what, content, name) => {
    expect(refusal(await put(form(await content(), name)))).toEqual([400, 'avatar_invalid']);
  });

  it('refuses what is too large, no file, and other kinds of bodies', async () => {
    // Somebody else: uploads per minute are limited.
    const other = await signIn(app, 'test_user');
    const send = (body: FormData) => other.request('PUT', PATH, { body });
    expect(refusal(await send(form(new Uint8Array(5 * 1024 * 1024 + 1))))).toEqual([413, 'payload_too_large']);
    const empty = new FormData();
    empty.append('text', 'no file');
    expect(refusal(await send(empty))).toEqual([400, 'malformed_request']);
    expect(refusal(await other.put(PATH, { file: 'x' }))).toEqual([415, 'unsupported_media_type']);
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x']) {
      const answer = await other.request('PUT', PATH, { body: '--x\r\nnothing', headers: { 'content-type': type } });
      expect(refusal(answer)).toEqual([400, 'malformed_request']);
    }
  });

  it.each(['0.webp', '99999999999.webp', '-1.webp', 'x.png', '1.webp.html'])('has no picture %s', async (file) => {
    const me = (await http.get<Me>('/api/v1/users/me')).json;
    expect((await http.get(`/api/v1/users/${me.id}/avatar/${file}`)).status).toBe(404);
  });
});

/** A real PNG of 20 000 × 20 000 white pixels in some 50 kB. */
function bomb(): Buffer {
  const side = 20_000;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(1, 8);
  const rows = deflateSync(Buffer.alloc(side * (side / 8 + 1)), { level: 9 });
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}
