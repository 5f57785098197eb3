// A shop's Stripe endpoint as one writes it in an afternoon: it verifies the signature with Stripe's SDK, handles each event once, and answers.
// README.md tells what `hookctl fuzz` finds in it; tests/house/readme.mjs runs that.
import express from 'express';
import Stripe from 'stripe';

const handled = new Set(); // in a real shop: a table with a unique key
const outbox = []; // …and a mail server

const isSession = (object) => typeof object?.id === 'string' && Number.isInteger(object.amount_total);

function thankBuyer(session) {
  const firstName = session.customer_details.name.split(' ')[0];
  outbox.push(`Dear ${firstName}, thank you for your order.`);
}

const app = express().disable('x-powered-by');

app.post('/webhook', express.raw({ type: () => true, limit: '1mb' }), (request, response) => {
  let event;
  try {
    event = Stripe.webhooks.constructEvent(request.body, request.get('Stripe-Signature'), process.env.STRIPE_SECRET);
  } catch {
    return response.status(400).json({ error: 'not signed by Stripe' });
  }
  const session = event?.data?.object;
  if (event?.type === 'checkout.session.completed' && isSession(session) && !handled.has(event.id)) {
    thankBuyer(session);
    handled.add(event.id);
  }
  response.json({ received: true });
});

app.use((error, request, response, next) => {
  console.error(error);
  response.status(error.status ?? 500).json({ error: 'something went wrong' });
});

app.listen(process.env.PORT ?? 8080, '127.0.0.1');
