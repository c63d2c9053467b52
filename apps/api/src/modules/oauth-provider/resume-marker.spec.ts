import { jest } from '@jest/globals';
import { ResumeMarkers } from './resume-marker.js';

const markers = new ResumeMarkers('a secret that is long enough for all of this');
const QUERY = 'client_id=a&state=b%2F';
const what = { loginAskedAt: 1_800_000_000_000, consentBy: '0198f3a0-0000-7000-8000-000000000001' };

describe('the resume marker', () => {
  afterEach(() => void jest.useRealTimers());

  it('says what was put in, for the very query', () => {
    expect(markers.read(QUERY, markers.make(QUERY, what))).toMatchObject(what);
    expect(markers.read(QUERY, markers.make(QUERY, { loginAskedAt: 0, consentBy: null }))).toMatchObject({
      loginAskedAt: 0,
      consentBy: null,
    });
  });

  it('is nothing for any other query', () => {
    const marker = markers.make(QUERY, what);
    for (const query of ['', 'client_id=a', `${QUERY}&x=1`, QUERY.replace('%2F', '%2f'), `${QUERY}\n`])
      expect(markers.read(query, marker)).toBeNull();
  });

  it('is nothing when anything in it is another', () => {
    const [at = '', asked = '', by = '', mac = ''] = markers.make(QUERY, what).split('~');
    for (const forged of [
      `${Number(at) + 1}~${asked}~${by}~${mac}`,
      `${at}~0~${by}~${mac}`,
      `${at}~${asked}~~${mac}`,
      `${at}~${asked}~${by}~`,
      `${at}~${asked}~${by}`,
      `${at}~${asked}~${by}~${mac}~`,
      `~${at}~${asked}~${by}~${mac}`,
      mac,
      '',
      '~~~~',
      'x'.repeat(201),
    ])
      expect([forged, markers.read(QUERY, forged)]).toEqual([forged, null]);
    expect(markers.read(QUERY, null)).toBeNull();
  });

  it('moves no boundary between its parts and the query', () => {
    const marker = markers.make('b', { loginAskedAt: 0, consentBy: 'x' });
    const [at = '', , , mac = ''] = marker.split('~');
    expect(markers.read('\nb', `${at}~0~x~${mac}`)).toBeNull();
    expect(markers.read('b', `${at}~0~x\n~${mac}`)).toBeNull();
  });

  it('lives 15 minutes', () => {
    jest.useFakeTimers({ now: 1_800_000_000_000 });
    const marker = markers.make(QUERY, what);
    jest.setSystemTime(1_800_000_000_000 + 15 * 60_000);
    expect(markers.read(QUERY, marker)).not.toBeNull();
    jest.setSystemTime(1_800_000_000_000 + 15 * 60_000 + 1);
    expect(markers.read(QUERY, marker)).toBeNull();
  });

  it('is nothing under another secret', () => {
    const other = new ResumeMarkers('another secret that is long enough for it');
    expect(other.read(QUERY, markers.make(QUERY, what))).toBeNull();
  });
});
