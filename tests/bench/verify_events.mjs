// Writes COUNT signed Stripe events as JSON Lines for verify.sh: verify_events.mjs COUNT BODY_BYTES SECRET NOW > FILE
// Bodies and timestamps differ from line to line; one line in a thousand has a signature over other bytes.
import { createHmac } from "node:crypto";
import { writeSync } from "node:fs";

const [count, size, secret, now] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4], Number(process.argv[5])];

function event(number) {
  const id = number.toString(36).padStart(8, "0");
  const data = {
    id: `evt_1${id}`, object: "event", api_version: "2024-06-20", created: now - (number % 200), livemode: false, type: "invoice.paid",
    data: { object: { id: `in_1${id}`, object: "invoice", amount_paid: 1000 + number, currency: "eur", customer: `cus_${id}`,
      lines: { object: "list", data: [{ id: `il_1${id}`, amount: 1000 + number, description: "Plan “Größe M” – monthly" }] }, metadata: { note: "" } } },
  };
  const missing = size - Buffer.byteLength(JSON.stringify(data));
  data.data.object.metadata.note = "lorem ipsum dolor sit amet ".repeat(Math.ceil(Math.max(0, missing) / 27)).slice(0, Math.max(0, missing));
  return Buffer.from(JSON.stringify(data));
}

let lines = "";
for (let number = 0; number < count; ++number) {
  const body = event(number);
  const time = now - (number % 200);
  const signed = number % 1000 === 999 ? event(number + 1) : body;
  const signature = createHmac("sha256", secret).update(`${time}.`).update(signed).digest("hex");
  lines += JSON.stringify({
    provider: "stripe", method: "POST", url: "http://localhost:3000/webhook",
    headers: { "Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)", "Stripe-Signature": `t=${time},v1=${signature}` },
    body_base64: body.toString("base64"),
  }) + "\n";
  if (lines.length > 1 << 20 || number + 1 === count) { writeSync(1, lines); lines = ""; }
}
