// Stories told to a real browser: one request's whole life at two widths, with and without scripts; radio, an inspection and a penalty at
// both widths; every page looked at.
//
//   node run.mjs --base http://127.0.0.1:8080        against a site that is running
//   GUIJU=target/release/guiju node run.mjs          makes a small demonstration for itself (GUIJU_PLAN names its plan)
//   --only life|licence|draw|rounds|misuse|radio|inspection|penalty, --pictures DIR, --password P, --firm NAME --dispatcher NAME …
//
// Prints "N passed, N failed"; exit status 1 when one failed.
import { mkdirSync } from "node:fs";
import { draw } from "./draw.mjs";
import { inspection } from "./inspection.mjs";
import { licence } from "./licence.mjs";
import { life } from "./life.mjs";
import { misuse } from "./misuse.mjs";
import { penalty } from "./penalty.mjs";
import { radio } from "./radio.mjs";
import { rounds } from "./rounds.mjs";
import { only, pictures, raise } from "./stage.mjs";
import { fact, launch, tally } from "./teller.mjs";
import { waterfall } from "./waterfall.mjs";

if (pictures) mkdirSync(pictures, { recursive: true });
const { base, strike, clock, verify } = await raise();
const browser = await launch();
try {
  for (const width of [1280, 390]) {
    for (const scripts of [true, false]) {
      const name = `${width} px ${scripts ? "with" : "without"} scripts`;
      const stage = { base, width, scripts, name, pictures, clock, verify };
      const told = { life, licence, misuse, draw, rounds, waterfall, radio, inspection, penalty };
      for (const [title, tell] of Object.entries(told)) {
        if (only && only !== title) continue;
        if (["rounds", "radio", "inspection", "penalty"].includes(title) && !scripts) continue;
        console.log(`${title}, ${name}`);
        await tell(browser, stage).catch((error) => fact(false, `${name}: ${title} could not be told to its end`, error.stack));
      }
    }
  }
} finally {
  await browser.close();
  await strike();
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
