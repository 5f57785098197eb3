// Mistakes with bodies, fields and connections that are not as usual.
import net from 'node:net';
import { Refusal } from './sound.mjs';
import { isObject, within } from './schemes.mjs';

// Every text in a value, without recursion.
function texts(value) {
  const found = [];
  for (const open = [value]; open.length > 0; ) {
    const one = open.pop();
    if (typeof one === 'string') found.push(one);
    else if (one && typeof one === 'object') for (const inner of Object.values(one)) open.push(inner);
  }
  return found;
}

export const robustnessFlaws = {
  'parse-throws': {
    provider: 'github',
    rules: ['robustness/malformed-json', 'robustness/empty-body'],
    severity: 'medium',
    mistake: (Sound) =>
      class extends Sound {
        parse(request, body) {
          return JSON.parse(body);
        }
      },
  },
  'null-ends-it': {
    provider: 'stripe',
    rules: ['robustness/nulls', 'robustness/null-objects', 'robustness/missing-fields'],
    severity: 'high',
    args: ['--event', 'invoice.paid'],
    // Behind the answer nobody catches: the process ends.
    mistake: (Sound) =>
      class extends Sound {
        work(delivery) {
          super.work(delivery);
          setImmediate(() => this.log.push(`order ${delivery.event.data.object.metadata.order_id}`));
        }
      },
  },
  'walks-recursively': {
    provider: 'generic',
    rules: ['robustness/nesting'],
    severity: 'medium',
    mistake: (Sound) =>
      class extends Sound {
        masked(value) {
          if (Array.isArray(value)) return value.map((one) => this.masked(one));
          if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, /card|iban/.test(name) ? '*' : this.masked(one)]));
          return value;
        }
        parse(request, body) {
          return this.masked(super.parse(request, body));
        }
      },
  },
  'trusts-content-length': {
    provider: 'standard-webhooks',
    rules: ['robustness/chunked'],
    severity: 'medium',
    // Makes room for as many bytes as were announced.
    mistake: (Sound) =>
      class extends Sound {
        async read(request) {
          const room = Buffer.alloc(Number(request.headers['content-length']));
          let at = 0;
          for await (const piece of request) at += piece.copy(room, at);
          return room;
        }
      },
  },
  'exact-media-type': {
    provider: 'github',
    rules: ['robustness/charset'],
    severity: 'medium',
    mistake: (Sound) =>
      class extends Sound {
        admit(request) {
          super.admit(request);
          if (request.headers['content-type'] !== 'application/json') throw new Refusal(415, 'send application/json');
        }
      },
  },
  'exact-field-names': {
    provider: 'slack',
    rules: ['robustness/header-case'],
    severity: 'medium',
    // Behind a gateway that hands on the names as they came.
    mistake: (Sound) =>
      class extends Sound {
        claimOf(request) {
          const names = request.rawHeaders.filter((_, i) => i % 2 === 0);
          return names.includes('X-Slack-Signature') && names.includes('X-Slack-Request-Timestamp') ? super.claimOf(request) : undefined;
        }
      },
  },
  'hundred-kilobytes': {
    provider: 'github',
    rules: ['robustness/large-body'],
    severity: 'high',
    // The default of a body parser.
    mistake: (Sound) =>
      class extends Sound {
        get largest() {
          return 100 * 1024;
        }
      },
  },
  'merges-deeply': {
    provider: 'generic',
    rules: ['robustness/prototype'],
    severity: 'critical',
    // What an event says of its data goes over the defaults, into __proto__ too. Then for…in over the handlers meets what is none.
    mistake: (Sound) =>
      class extends Sound {
        merged(target, source, depth = 0) {
          for (const name of Object.keys(source)) {
            if (isObject(source[name]) && depth < 20) this.merged((target[name] ??= {}), source[name], depth + 1);
            else target[name] = source[name];
          }
        }
        work(delivery) {
          if (isObject(delivery.event.data)) this.merged({ priority: 'normal' }, delivery.event.data);
          super.work(delivery);
        }
        isWanted(delivery) {
          const handlers = { order: { takes: (type) => type.startsWith('order.') } };
          for (const name in handlers) handlers[name].takes(String(delivery.type));
          return super.isWanted(delivery);
        }
      },
  },
  'cuts-the-preview': {
    provider: 'slack',
    rules: ['robustness/cut-characters', 'robustness/encoding', 'robustness/long-text'],
    severity: 'medium',
    args: ['--event', 'message'],
    // 140 code units may end in half a character, of which encodeURIComponent makes an error.
    mistake: (Sound) =>
      class extends Sound {
        isWanted(delivery) {
          const text = within(delivery.event, 'event', 'text');
          if (typeof text === 'string') this.preview = encodeURIComponent(text.slice(0, 140));
          return super.isWanted(delivery);
        }
      },
  },
  'patient-pattern': {
    provider: 'generic',
    rules: ['robustness/slow-patterns'],
    severity: 'high',
    mistake: (Sound) =>
      class extends Sound {
        work(delivery) {
          for (const text of texts(delivery.event.data)) if (/^(\w+\s?)+$/.test(text)) this.words = (this.words ?? 0) + 1;
          super.work(delivery);
        }
      },
  },
  'no-default': {
    provider: 'standard-webhooks',
    rules: ['robustness/unknown-type'],
    severity: 'high',
    mistake: (Sound) =>
      class extends Sound {
        isWanted(delivery) {
          if (!super.isWanted(delivery)) throw new Error(`no handler for ${delivery.type}`);
          return true;
        }
      },
  },
  'closed-schema': {
    provider: 'standard-webhooks',
    rules: ['robustness/unknown-fields'],
    severity: 'high',
    mistake: (Sound) =>
      class extends Sound {
        parse(request, body) {
          const event = super.parse(request, body);
          const odd = isObject(event) && Object.keys(event).find((name) => !['type', 'timestamp', 'data'].includes(name));
          if (odd) throw new Refusal(422, `unexpected '${odd}'`);
          return event;
        }
      },
  },
  'dates-throw': {
    provider: 'github',
    rules: ['robustness/dates', 'robustness/wrong-types', 'robustness/empty-values'],
    severity: 'medium',
    args: ['--event', 'issues.opened'],
    mistake: (Sound) =>
      class extends Sound {
        work(delivery) {
          const at = within(delivery.event, 'issue', 'created_at');
          if (at) this.lastDay = new Date(at).toISOString().slice(0, 10);
          super.work(delivery);
        }
      },
  },
  'leaks-places': {
    provider: 'slack',
    rules: ['robustness/refusals'],
    severity: 'high',
    // Twelve at a time; who is refused for a bad signature never gives the place back.
    mistake: (Sound) =>
      class extends Sound {
        verify(request, body) {
          if ((this.busy ?? 0) >= 12) throw new Refusal(503, 'busy');
          this.busy = (this.busy ?? 0) + 1;
          super.verify(request, body);
          this.busy -= 1;
        }
      },
  },
  'aborts-end-it': {
    provider: 'generic',
    rules: ['robustness/cut-off'],
    severity: 'critical',
    // Counts bytes on the side, in a promise of its own that nobody catches: a request that breaks off ends the process.
    mistake: (Sound) =>
      class extends Sound {
        read(request) {
          const body = super.read(request);
          body.then((bytes) => (this.bytes = (this.bytes ?? 0) + bytes.length));
          return body;
        }
      },
  },
  'eight-connections': {
    provider: 'standard-webhooks',
    rules: ['robustness/silent'],
    severity: 'high',
    // As many connections as there are workers.
    mistake: (Sound) =>
      class extends Sound {
        server() {
          const server = super.server();
          server.maxConnections = 8;
          return server;
        }
      },
  },
  'no-expectations': {
    provider: 'stripe',
    rules: ['robustness/expect'],
    severity: 'medium',
    mistake: (Sound) =>
      class extends Sound {
        server() {
          return super.server().on('checkContinue', (request, response) => this.reply(response, 417, { error: 'no expectations' }));
        }
      },
  },
  'nul-in-column': {
    provider: 'generic',
    rules: ['robustness/control-characters'],
    severity: 'medium',
    // As a text column that cannot hold U+0000.
    mistake: (Sound) =>
      class extends Sound {
        record(delivery) {
          if (texts(delivery.event).some((text) => text.includes('\0'))) throw new Error('invalid byte sequence for encoding "UTF8": 0x00');
          super.record(delivery);
        }
      },
  },
  'whole-cents': {
    provider: 'stripe',
    rules: ['robustness/fractions', 'robustness/huge-numbers'],
    severity: 'medium',
    args: ['--event', 'invoice.paid'],
    mistake: (Sound) =>
      class extends Sound {
        work(delivery) {
          const paid = within(delivery.event, 'data', 'object', 'amount_paid');
          if (typeof paid === 'number') this.total = (this.total ?? 0n) + BigInt(paid);
          super.work(delivery);
        }
      },
  },
  'last-length-counts': {
    provider: 'generic',
    rules: ['robustness/framing'],
    severity: 'high',
    // A home-made balancer in front keeps the fields in a map: the last Content-Length counts.
    mistake: (Sound) =>
      class extends Sound {
        server() {
          const inner = super.server().listen(0, '127.0.0.1');
          return net.createServer((socket) => balance(socket, net.connect(inner.address().port, '127.0.0.1')));
        }
      },
  },
};

// Hands heads and bodies on, each head with one length only.
function balance(socket, inner) {
  let bytes = Buffer.alloc(0);
  let left = 0; // of the body that is under way
  inner.pipe(socket);
  for (const [one, other] of [[socket, inner], [inner, socket]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
  socket.on('data', (piece) => {
    bytes = Buffer.concat([bytes, piece]);
    while (bytes.length > 0) {
      const end = bytes.indexOf('\r\n\r\n');
      if (left === 0 && end < 0) return;
      if (left === 0) {
        const lines = bytes.subarray(0, end).toString('latin1').split('\r\n');
        const length = lines.findLast((line) => /^content-length:/i.test(line));
        left = length ? Number(length.split(':')[1]) : Infinity; // chunked: all that follows
        const kept = lines.filter((line) => line === length || !/^content-length:/i.test(line));
        inner.write(`${kept.join('\r\n')}\r\n\r\n`, 'latin1');
        bytes = bytes.subarray(end + 4);
      }
      const body = bytes.subarray(0, Math.min(left, bytes.length));
      inner.write(body);
      left -= body.length;
      bytes = bytes.subarray(body.length);
    }
  });
}
