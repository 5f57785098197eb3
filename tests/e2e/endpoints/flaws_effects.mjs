// Mistakes in doing things once, in order, and in time.
import http from 'node:http';
import { Refusal } from './sound.mjs';
import { within } from './schemes.mjs';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export const effectFlaws = {
  'no-memory': {
    provider: 'generic',
    rules: ['idempotency/duplicate', 'idempotency/retried'],
    severity: 'high',
    mistake: (Sound) =>
      class extends Sound {
        claim() {
          return true;
        }
      },
  },
  'attempt-as-key': {
    provider: 'standard-webhooks',
    rules: ['idempotency/retried'],
    severity: 'high',
    // Every attempt is signed anew, so every attempt looks new.
    mistake: (Sound) =>
      class extends Sound {
        claim({ request }) {
          return super.claim({ id: request.headers['webhook-signature'] });
        }
      },
  },
  'looks-then-marks': {
    provider: 'stripe',
    rules: ['idempotency/concurrent'],
    severity: 'high',
    // Between looking for the id and marking it there is a wait for the database.
    mistake: (Sound) =>
      class extends Sound {
        async claim(delivery) {
          if (this.claimed.has(delivery.id)) return false;
          await sleep(40);
          this.claimed.add(delivery.id);
          return true;
        }
      },
  },
  'marks-then-fails': {
    provider: 'generic',
    rules: ['idempotency/nothing-lost', 'acknowledgement/burst'],
    severity: 'high',
    // The id stays marked when the work fails because the table is locked: the retry is taken for a duplicate.
    mistake: (Sound) =>
      class extends Sound {
        release() {}
        async work(delivery) {
          if (this.locked) throw new Refusal(503, 'database is locked');
          this.locked = true;
          await sleep(20);
          super.work(delivery);
          this.locked = false;
        }
      },
  },
  'folded-ids': {
    provider: 'stripe',
    rules: ['idempotency/similar-ids'],
    severity: 'medium',
    // As a column with a collation that ignores case.
    mistake: (Sound) =>
      class extends Sound {
        claim({ id }) {
          return super.claim({ id: id.toLowerCase() });
        }
      },
  },
  'forgets-unanswered': {
    provider: 'github',
    rules: ['idempotency/sender-gone'],
    severity: 'high',
    // When the answer could not be sent the mark is taken back, for the sender will try again. The work is done all the same.
    mistake: (Sound) =>
      class extends Sound {
        async work(delivery) {
          delivery.response.on('close', () => delivery.response.writableFinished || this.claimed.delete(delivery.id));
          await sleep(100);
          super.work(delivery);
        }
      },
  },
  'last-write-wins': {
    provider: 'stripe',
    rules: ['order/permuted'],
    severity: 'high',
    mistake: (Sound) =>
      class extends Sound {
        isNewer() {
          return true;
        }
      },
  },
  'reads-then-writes': {
    provider: 'standard-webhooks',
    rules: ['order/concurrent'],
    severity: 'high',
    // What it compares with may be old by the time it writes.
    mistake: (Sound) =>
      class extends Sound {
        async update(delivery) {
          const next = this.objectOf(delivery);
          const last = next && this.rows.get(next.id);
          this.turns = (this.turns ?? 0) + 1;
          await sleep([10, 30, 20][this.turns % 3]);
          if (next && (!last || this.isNewer(next, last))) this.rows.set(next.id, next);
        }
        async work(delivery) {
          this.record(delivery);
          await this.update(delivery);
        }
      },
  },
  'expects-creation': {
    provider: 'generic',
    rules: ['order/unknown-object'],
    severity: 'medium',
    args: ['--event', 'order.placed', '--event', 'order.status_updated'],
    // Only order.placed makes a row; a change finds none when it comes first or when the order is older than the endpoint.
    mistake: (Sound) =>
      class extends Sound {
        work(delivery) {
          const next = this.objectOf(delivery);
          if (next && /_updated$/.test(delivery.type)) this.rows.get(next.id).row.changed = true;
          super.work(delivery);
        }
      },
  },
  'thinks-first': {
    provider: 'slack',
    rules: ['acknowledgement/budget'],
    severity: 'high',
    args: ['--budget', '2s'],
    // Waits for its model before it answers.
    mistake: (Sound) =>
      class extends Sound {
        async accept(delivery) {
          if (this.isWanted(delivery)) await sleep(2400);
          return super.accept(delivery);
        }
      },
  },
  dawdles: {
    provider: 'generic',
    rules: ['acknowledgement/half-budget', 'acknowledgement/budget'],
    severity: 'low',
    args: ['--budget', '3s'],
    mistake: (Sound) =>
      class extends Sound {
        async accept(delivery) {
          if (this.isWanted(delivery)) await sleep(2000);
          return super.accept(delivery);
        }
      },
  },
  'one-at-a-time': {
    provider: 'github',
    rules: ['acknowledgement/burst'],
    severity: 'high',
    args: ['--budget', '2s'],
    // A lock over all deliveries, held for 250 ms each.
    mistake: (Sound) =>
      class extends Sound {
        accept(delivery) {
          const turn = (this.last ?? Promise.resolve()).then(async () => {
            await sleep(250);
            return super.accept(delivery);
          });
          this.last = turn.catch(() => {});
          return turn;
        }
      },
  },
  'asks-the-carrier': {
    provider: 'generic',
    rules: ['acknowledgement/slow-downstream', 'agents/link'],
    severity: 'medium',
    args: ['--event', 'order.status_updated', '--budget', '2s'],
    // Fetches the page of the parcel before it answers.
    mistake: (Sound) =>
      class extends Sound {
        async work(delivery) {
          const url = within(delivery.event, 'data', 'shipment', 'tracking_url');
          if (/^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url)) await fetched(url);
          super.work(delivery);
        }
      },
  },
};

function fetched(url) {
  return new Promise((done) => {
    try {
      http.get(url, (answer) => answer.on('end', done).on('error', done).resume()).on('error', done);
    } catch {
      done(); // no URL after all
    }
  });
}
