// A webhook endpoint without a flaw, taken apart into steps so that a flaw can be one step done wrong (flaws.mjs).
import http from 'node:http';
import { isObject, mac, same, schemes, within } from './schemes.mjs';
import { sourceOfMember } from './source.mjs';

const kPath = '/webhook';
const kLargest = 25 * 1024 * 1024;
const kTolerance = 300; // seconds

export class Refusal extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

// What is kept of an object: a few plain values.
const kColumns = ['status', 'state', 'title', 'name', 'text', 'description', 'amount', 'total', 'priority', 'email'];

function instant(value) {
  const number = typeof value === 'string' && Number.isNaN(Number(value)) ? Date.parse(value) / 1000 : Number(value ?? NaN);
  return Number.isNaN(number) ? -Infinity : number;
}

export class Sound {
  constructor({ provider, secret }) {
    this.provider = provider;
    this.scheme = schemes[provider];
    this.secret = secret;
    this.key = this.scheme.key(secret);
    this.claimed = new Set();
    this.effects = [];
    this.log = [];
    this.rows = new Map();
    this.requests = 0;
  }

  // --- is it genuine? ---

  admit(request) {
    if (request.url.split('?')[0] !== kPath) throw new Refusal(404, 'nothing here');
    if (request.method !== 'POST') throw new Refusal(405, 'only POST');
    if (!/^(identity)?$/i.test(request.headers['content-encoding'] ?? '')) throw new Refusal(415, 'no content encodings');
    if (Number(request.headers['content-length'] ?? 0) > this.largest) throw new Refusal(413, 'too large');
  }
  get largest() {
    return kLargest;
  }
  async read(request) {
    const pieces = [];
    let size = 0;
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      size += piece.length;
      if (size > this.largest) throw new Refusal(413, 'too large');
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }
  claimOf(request) {
    return this.scheme.claim(request.headersDistinct);
  }
  right(claim, body, key = this.key) {
    return mac(key, this.scheme.content(claim, body), this.scheme.encoding);
  }
  equal(given, right) {
    return same(given, right);
  }
  isSigned(claim, body) {
    const right = this.right(claim, body);
    return claim.signatures.filter((one) => this.equal(one, right)).length > 0;
  }
  isInTime(claim) {
    if (this.scheme.ahead === undefined) return true; // nothing signed tells the time
    if (!/^[1-9]\d{0,9}$/.test(claim.time)) return false;
    const age = Date.now() / 1000 - Number(claim.time);
    return age <= kTolerance && (age >= -kTolerance || !this.scheme.ahead);
  }
  verify(request, body) {
    const claim = this.claimOf(request);
    if (!claim || !this.isSigned(claim, body)) throw new Refusal(401, 'no good signature');
    if (!this.isInTime(claim)) throw new Refusal(401, 'not in time');
  }

  // --- what does it say? ---

  parse(request, body) {
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
    const text = isForm ? new URLSearchParams(body.toString()).get('payload') : body.toString();
    if (isForm && text === null) return {}; // a slash command: nothing to remember
    try {
      return JSON.parse(text);
    } catch {
      throw new Refusal(400, 'no JSON');
    }
  }
  idOf(request, event, body) {
    const id = this.scheme.id(request.headersDistinct, event);
    // A number may have more digits than a double.
    if (typeof id === 'number') return Number.isSafeInteger(id) ? String(id) : (sourceOfMember(body.toString(), 'id') ?? '');
    return typeof id === 'string' ? id : '';
  }
  // What is answered to the provider's questions; undefined: it is an event.
  challenge(event) {
    if (this.provider !== 'slack' || within(event, 'type') !== 'url_verification') return undefined;
    const text = within(event, 'challenge');
    if (typeof text !== 'string') throw new Refusal(400, 'no challenge');
    return { challenge: text };
  }

  // --- what follows? ---

  isWanted({ type, event }) {
    return typeof type === 'string' && this.scheme.known.test(type) && !this.scheme.own(event);
  }
  // May this id be worked on? At once and once.
  claim(delivery) {
    if (this.claimed.has(delivery.id)) return false;
    this.claimed.add(delivery.id);
    return true;
  }
  // What could not be worked on may come again.
  release(delivery) {
    this.claimed.delete(delivery.id);
  }
  async accept(delivery) {
    if (!this.isWanted(delivery) || !(await this.claim(delivery))) return { received: true };
    if (this.scheme.later) setImmediate(() => this.work(delivery));
    else await this.tryWork(delivery);
    return { received: true };
  }
  async tryWork(delivery) {
    try {
      await this.work(delivery);
    } catch (error) {
      this.release(delivery);
      throw error;
    }
  }
  work(delivery) {
    this.record(delivery);
    this.update(delivery);
  }
  record({ id, type }) {
    this.effects.push(id);
    this.log.push(`${type} noted`);
  }
  // The object as the event has it: { id, at, row }, or undefined.
  objectOf({ event, type }) {
    const object = this.scheme.object(event);
    const id = within(object, 'id');
    if (typeof id !== 'string' && typeof id !== 'number') return undefined;
    const pairs = kColumns.map((name) => [name, within(object, name)]).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
    const row = Object.fromEntries(pairs.map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, 200) : value]));
    if (type.endsWith('.deleted')) row.deleted = true;
    return { id: String(id), at: this.scheme.at(event).map(instant), row };
  }
  // The newest counts, not the last to come; of two that are equally new the same one each time.
  isNewer(next, last) {
    for (const [i, at] of next.at.entries()) {
      if (at !== last.at[i]) return at > last.at[i];
    }
    return JSON.stringify(next.row) > JSON.stringify(last.row);
  }
  update(delivery) {
    const next = this.objectOf(delivery);
    if (!next) return;
    const last = this.rows.get(next.id);
    if (!last || this.isNewer(next, last)) this.rows.set(next.id, next);
  }

  // --- HTTP ---

  async answer(request, response) {
    this.admit(request);
    const body = await this.read(request);
    await this.verify(request, body);
    const event = this.parse(request, body);
    if (!isObject(event)) throw new Refusal(400, 'no event');
    const challenge = this.challenge(event);
    if (challenge) return challenge;
    const delivery = { request, response, body, event, id: this.idOf(request, event, body), type: this.scheme.type(request.headersDistinct, event) };
    if (delivery.id === '' && this.isWanted(delivery)) throw new Refusal(400, 'no id');
    return this.accept(delivery);
  }
  reply(response, status, value) {
    const body = JSON.stringify(value);
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body);
  }
  failed(request, response, error) {
    if (response.headersSent || request.errored) return;
    if (!(error instanceof Refusal)) console.error(error);
    this.reply(response, error.status ?? 500, { error: error instanceof Refusal ? error.message : 'our fault' });
    request.resume(); // what is left of a body that is too large
  }
  seen() {
    return { count: this.effects.length, ids: this.effects, state: Object.fromEntries([...this.rows].map(([id, { row }]) => [id, row])), log: this.log };
  }
  async serve(request, response) {
    if (request.url === '/__effects') return this.reply(response, 200, this.seen());
    if (request.url === '/__stats') return this.reply(response, 200, { requests: this.requests, pid: process.pid });
    this.requests += 1;
    try {
      this.reply(response, 200, await this.answer(request, response));
    } catch (error) {
      this.failed(request, response, error);
    }
  }
  server() {
    return http.createServer((request, response) => void this.serve(request, response));
  }
}
