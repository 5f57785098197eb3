// Verifies JSON Lines of Stripe events with Stripe's own SDK: verify_node.mjs FOLDER_WITH_NODE_MODULES FILE SECRET NOW
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const [folder, file, secret, now] = process.argv.slice(2);
const Stripe = createRequire(resolve(folder, "package.json"))("stripe");
const { webhooks } = new Stripe("sk_test_none");
let good = 0;
createInterface({ input: createReadStream(file, { highWaterMark: 1 << 18 }), crlfDelay: Infinity })
  .on("line", (line) => {
    const record = JSON.parse(line);
    try {
      webhooks.constructEvent(Buffer.from(record.body_base64, "base64"), record.headers["Stripe-Signature"], secret, 300, undefined, Number(now) * 1000);
      ++good;
    } catch (error) {
      if (error.type !== "StripeSignatureVerificationError") throw error;
    }
  })
  .on("close", () => console.log(good));
