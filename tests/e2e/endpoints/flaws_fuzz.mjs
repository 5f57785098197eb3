// Mistakes that show with one value of one field, in one order of deliveries, or after many: { name: { provider, event, oracles, … } }.
//   oracles  of `hookctl fuzz`, by one of which it must be found    phases   of the run that finds it
//   places   that the finding must name, all of them         limit    what it must say of the size from which on it fails
//   args     what the run is told besides                    spawn, pid, effects   whether it is told these
import http from 'node:http';
import { within } from './schemes.mjs';

const working = (mistake) => (Sound) =>
  class extends Sound {
    async work(delivery) {
      await mistake.call(this, delivery.event, delivery);
      super.work(delivery);
    }
  };

const order = { provider: 'generic', event: 'order.placed' };

export const fuzzFlaws = {
  'short-column': {
    provider: 'standard-webhooks',
    event: 'message.received',
    oracles: ['fuzz/server-error'],
    phases: 'fields',
    places: ['data.text'],
    limit: /\b(299|300|301)\b/,
    mistake: working((event) => {
      const text = within(event, 'data', 'text');
      if (typeof text === 'string' && text.length > 300) throw new Error('value too long for type character varying(300)');
    }),
  },
  'null-among-items': {
    provider: 'stripe',
    event: 'customer.subscription.updated',
    oracles: ['fuzz/server-error'],
    phases: 'fields',
    places: ['data.object.items.data[0]'],
    mistake: working((event) => {
      const items = within(event, 'data', 'object', 'items', 'data');
      if (Array.isArray(items)) for (const item of items) if (item.quantity > 1000) throw new Error('call the warehouse');
    }),
  },
  'counts-in-doubles': {
    ...order,
    oracles: ['fuzz/server-error'],
    phases: 'fields',
    places: ['data.total'],
    mistake: working((event) => {
      const total = within(event, 'data', 'total');
      if (typeof total === 'number' && Math.abs(total) > Number.MAX_SAFE_INTEGER) throw new Error('bigint out of range');
    }),
  },
  'nobody-is-named': {
    ...order,
    oracles: ['fuzz/server-error'],
    phases: 'fields',
    places: ['data.customer.name', 'data.shipping_address.name'],
    mistake: working((event) => {
      if (within(event, 'data', 'customer', 'name') === '' && within(event, 'data', 'shipping_address', 'name') === '') throw new Error('a label needs a name');
    }),
  },
  'key-named-twice': {
    ...order,
    oracles: ['fuzz/server-error'],
    phases: 'fields,adaptive',
    places: ['data.currency'],
    mistake: working((event, { body }) => {
      if (body.toString().split('"currency"').length > 2) throw new Error('duplicate key "currency"');
    }),
  },
  'template-in-title': {
    provider: 'github',
    event: 'issues.opened',
    oracles: ['fuzz/computed'],
    phases: 'fields',
    effects: true,
    places: ['issue.title'],
    // As a template engine does it. (Only arithmetic, so that nothing of this machine is run.)
    mistake: working(function (event) {
      const title = within(event, 'issue', 'title');
      if (typeof title !== 'string') return;
      this.log.push(title.replace(/\$\{([^{}]*)\}/g, (whole, code) => (/^[\d*+ ()]+$/.test(code) ? String(new Function(`return ${code}`)()) : whole)).slice(0, 500));
    }),
  },
  'follows-the-parcel': {
    provider: 'generic',
    event: 'order.status_updated',
    oracles: ['fuzz/fetched'],
    phases: 'fields',
    places: ['data.shipment.tracking_url'],
    // Only on this machine, so that no address of a sample is called.
    mistake: working((event) => {
      const url = within(event, 'data', 'shipment', 'tracking_url');
      if (typeof url === 'string' && /^http:\/\/(127\.0\.0\.1|localhost):\d+\//.test(url)) http.get(url, { agent: false }, (answer) => answer.resume()).on('error', () => {});
    }),
  },
  'deep-customer': {
    ...order,
    oracles: ['fuzz/ended'],
    phases: 'fields,destructive',
    spawn: true,
    places: ['data.customer'],
    // Behind the answer nobody catches: the process ends.
    mistake: (Sound) =>
      class extends Sound {
        depth(value) {
          return value !== null && typeof value === 'object' ? 1 + Math.max(0, ...Object.values(value).map((one) => this.depth(one))) : 0;
        }
        work(delivery) {
          super.work(delivery);
          setImmediate(() => this.depth(within(delivery.event, 'data', 'customer')));
        }
      },
  },
  'slow-pattern': {
    provider: 'standard-webhooks',
    event: 'message.received',
    oracles: ['fuzz/late', 'fuzz/no-answer'],
    phases: 'fields',
    args: ['--budget', '400ms'],
    places: ['data.from.name'],
    mistake: working((event) => {
      const name = within(event, 'data', 'from', 'name');
      if (typeof name === 'string') /^(\w+\s?)+$/.test(name.slice(-28)); // 2^27 ways to fail
    }),
  },
  'keeps-deliveries': {
    provider: 'github',
    event: 'push',
    oracles: ['fuzz/memory'],
    phases: 'destructive',
    pid: true,
    places: [],
    mistake: (Sound) =>
      class extends Sound {
        record(delivery) {
          super.record(delivery);
          (this.kept ??= []).push([delivery.body, delivery.event]);
        }
      },
  },
  'gone-with-the-client': {
    provider: 'stripe',
    event: 'invoice.paid',
    oracles: ['fuzz/lost'],
    phases: 'sequences',
    effects: true,
    places: [],
    // Claims the event, looks something up, and stops when nobody listens any more: what comes again is taken for done.
    mistake: (Sound) =>
      class extends Sound {
        async work(delivery) {
          let gone = false;
          delivery.response.once('close', () => (gone = !delivery.response.writableFinished));
          await new Promise((done) => setTimeout(done, 20));
          if (!gone) super.work(delivery);
        }
      },
  },
};
