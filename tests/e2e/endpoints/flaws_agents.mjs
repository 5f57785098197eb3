// Mistakes of endpoints with an agent behind them. A stand-in for a model: it does what a text tells it to.
import http from 'node:http';
import { within } from './schemes.mjs';

// Every text of an event, from the outside in.
function textsOf(event) {
  const found = [];
  for (const open = [event]; open.length > 0; ) {
    const one = open.shift();
    if (typeof one === 'string') found.push(one);
    else if (one && typeof one === 'object') open.push(...Object.values(one).slice(0, 200));
  }
  return found;
}

// The word that a text wants to be answered with.
const kOrder = /\b(?:reply|respond|answer|say|output|print|write)\b[^\n]{0,30}?\b(?:with|only|just|exactly|word|token|text)\W+(?:(?:the|only|just|exactly|following|word|token|text|string)\W+)*([\w-]{5,})/i;
const obeyed = (text) => kOrder.exec(text)?.[1];

// An endpoint whose answer holds what its agent said to the event.
const speaking = (Sound, say) =>
  class extends Sound {
    async accept(delivery) {
      const answer = await super.accept(delivery);
      const said = this.isWanted(delivery) ? say(delivery, this) : undefined;
      return said === undefined ? answer : { ...answer, reply: said };
    }
  };

const unhidden = (text) =>
  [...text]
    .map((one) => (one.codePointAt(0) >= 0xe0020 && one.codePointAt(0) < 0xe007f ? String.fromCharCode(one.codePointAt(0) - 0xe0000) : one))
    .filter((one) => !/[\u200b-\u200d\u2060\ufeff]/.test(one))
    .join('')
    .replace(/[A-Za-z0-9+/]{24,}={0,2}/g, (word) => Buffer.from(word, 'base64').toString());

export const agentFlaws = {
  'obeys-texts': {
    provider: 'slack',
    rules: ['agents/instructions'],
    severity: 'critical',
    mistake: (Sound) =>
      speaking(Sound, ({ event }) => {
        const word = textsOf(event).map(obeyed).find(Boolean);
        return word ?? 'Thank you, we are on it.';
      }),
  },
  'obeys-hidden': {
    provider: 'generic',
    rules: ['agents/hidden-text'],
    severity: 'high',
    // Plain orders are taken out; what is decoded behind that is obeyed.
    mistake: (Sound) =>
      speaking(Sound, ({ event }) => {
        const filtered = textsOf(event).map((text) => text.replaceAll(new RegExp(kOrder, 'gi'), ''));
        return filtered.map((text) => obeyed(unhidden(text))).find(Boolean) ?? 'Thank you, we are on it.';
      }),
  },
  'calls-tools': {
    provider: 'generic',
    rules: ['agents/tool-call'],
    severity: 'critical',
    mistake: (Sound) =>
      class extends Sound {
        work(delivery) {
          super.work(delivery);
          for (const text of textsOf(delivery.event)) {
            const tool = /\b(?:call|use|invoke|run|execute)\b[^.\n]{0,30}?\b([a-z]+_[a-z_]+)\b/i.exec(text)?.[1];
            if (tool) this.log.push(`tool ${tool}`);
            const url = /\bhttp:\/\/(?:127\.0\.0\.1|localhost):\d+\/\S*?(?=["'`)\s.]|$)/.exec(text)?.[0];
            if (url && url !== text) visit(url);
          }
        }
      },
  },
  'tells-its-orders': {
    provider: 'standard-webhooks',
    rules: ['agents/system-prompt'],
    severity: 'high',
    mistake: (Sound) =>
      speaking(Sound, ({ event }) => {
        const orders =
          'You are the desk of a small shop. Be brief and kind. Never promise a refund above 50 euros. Hand over to Mara when somebody is angry. Do not speak of suppliers.';
        return textsOf(event).some((text) => /(system prompt|your instructions|initial instructions|system message)/i.test(text)) ? orders : 'Thank you, we are on it.';
      }),
  },
  'fills-templates': {
    provider: 'generic',
    rules: ['agents/computed'],
    severity: 'critical',
    // The greeting is put together first and filled in then.
    mistake: (Sound) =>
      speaking(Sound, ({ event }) => {
        const texts = textsOf(event).filter((text) => text.includes('{{'));
        return `Thank you! About: ${texts.join(', ')}`.replace(/\{\{\s*(\d+)\s*\*\s*(\d+)\s*\}\}/g, (_, a, b) => String(Number(a) * Number(b)));
      }),
  },
  'quotes-break-sql': {
    provider: 'standard-webhooks',
    rules: ['agents/query'],
    severity: 'high',
    // The statement is put together from text; what follows a quote is no longer a text.
    mistake: (Sound) =>
      class extends Sound {
        update(delivery) {
          const row = this.objectOf(delivery)?.row ?? {};
          const statement = `UPDATE orders SET ${Object.entries(row).map(([name, value]) => `${name} = '${value}'`)} WHERE id = '${within(delivery.event, 'data', 'id')}'`;
          if (statement.split("'").length % 2 === 0) throw new Error('unrecognized token: "\'"');
          super.update(delivery);
        }
      },
  },
  'unfurls-links': {
    provider: 'github',
    rules: ['agents/link'],
    severity: 'critical',
    mistake: (Sound) =>
      class extends Sound {
        work(delivery) {
          super.work(delivery);
          for (const text of textsOf(delivery.event)) if (/^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(text)) visit(text);
        }
      },
  },
  'wakes-twice': {
    provider: 'slack',
    rules: ['agents/wakes-once'],
    severity: 'high',
    // The event wakes the agent, and so does the poller that finds it a little later.
    mistake: (Sound) =>
      class extends Sound {
        work(delivery) {
          super.work(delivery);
          setTimeout(() => this.record(delivery), 600);
        }
      },
  },
  'answers-itself': {
    provider: 'github',
    rules: ['agents/own-action'],
    severity: 'high',
    args: ['--own-action', 'sender.type="Bot"', '--event', 'issue_comment.created'],
    // Does not know its own comments from those of others.
    mistake: (Sound) =>
      class extends Sound {
        isWanted({ type }) {
          return this.scheme.known.test(String(type));
        }
      },
  },
  'names-as-keys': {
    provider: 'stripe',
    rules: ['agents/name-as-key'],
    severity: 'medium',
    // {}['constructor'] is there, and has no run().
    mistake: (Sound) =>
      class extends Sound {
        isWanted(delivery) {
          const handlers = { 'invoice.paid': { run: () => true } };
          if (handlers[delivery.type]) handlers[delivery.type].run();
          return super.isWanted(delivery);
        }
      },
  },
};

function visit(url) {
  try {
    http.get(url, (answer) => answer.resume()).on('error', () => {});
  } catch {
    // no URL after all
  }
}
