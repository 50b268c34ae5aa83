// Where the stories play: a running site (--base URL), or a small demonstration that is made for them (GUIJU, GUIJU_PLAN).
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const given = Object.fromEntries(
  process.argv.slice(2).flatMap((word, at, all) => (word.startsWith("--") ? [[word.slice(2), all[at + 1]]] : [])),
);

export const accounts = {
  firm: given.firm ?? "firm",
  other: given.other ?? "firm2",
  dispatcher: given.dispatcher ?? "dispatcher",
  handler: given.handler ?? "handler",
  callback: given.callback ?? "callback",
  registrar: given.registrar ?? "registrar",
  leader: given.leader ?? "leader",
};
export const password = given.password ?? "guiju-demo";
export const only = given.only;
export const pictures = given.pictures;

const freePort = () =>
  new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });

/** The day on which a plan's year ends: where the clock of its demonstration stands. */
const endOf = (plan) => (plan ? /^until: (\d{4}-\d{2}-\d{2})/m.exec(readFileSync(plan, "utf8"))?.[1] : undefined) ?? "2024-12-05";

/**
 * Gives the base URL, a function that takes everything down again, and the site's clock: `clock.day`, and `clock.later(days)` which
 * closes the site and opens it again so many days later; and `verify`. A site that was running already has no such clock.
 */
export async function raise() {
  if (given.base) return { base: given.base.replace(/\/$/, ""), strike: async () => {}, clock: null, verify: null };
  const program = process.env.GUIJU;
  if (!program) throw new Error("give --base URL, or GUIJU=path/to/guiju (and GUIJU_PLAN=plan.yaml) to make a demonstration");
  const data = mkdtempSync(join(tmpdir(), "guiju-stories-"));
  const port = await freePort();
  const plan = process.env.GUIJU_PLAN ? ["--plan", process.env.GUIJU_PLAN] : [];
  const base = `http://127.0.0.1:${port}`;
  const clock = { day: endOf(process.env.GUIJU_PLAN) };
  let close = await open(program, ["demo", ...plan, "--data", data, "--port", String(port)], base);
  clock.later = async (days) => {
    await close();
    clock.day = new Date(Date.parse(`${clock.day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
    close = await open(program, ["demo", ...plan, "--data", data, "--port", String(port), "--on", clock.day], base);
  };
  const strike = async () => {
    await close();
    rmSync(data, { recursive: true, force: true });
  };
  /** Whether the independent reader finds nothing wrong with the data, while the site runs. */
  const verify = () => new Promise((told) => execFile(program, ["verify", "--data", data], (fault, said) => {
        if (fault) console.log(said);
        told(fault === null && said.includes("everything holds"));
      }));
  return { base, strike, clock, verify };
}

/** Starts the program, waits until it serves, and gives what stops it. */
async function open(program, words, base) {
  const site = spawn(program, words, { stdio: ["ignore", "inherit", "inherit"] });
  let ended = false;
  site.on("exit", () => (ended = true));
  const until = Date.now() + 10 * 60_000;
  for (;;) {
    if (ended) throw new Error("the demonstration ended before it served");
    if (Date.now() > until) throw new Error("the demonstration did not serve within ten minutes");
    const answer = await fetch(`${base}/healthz`).catch(() => null);
    if (answer?.ok) break;
    await new Promise((wait) => setTimeout(wait, 250));
  }
  return async () => {
    site.kill("SIGTERM");
    await new Promise((gone) => (ended ? gone() : site.on("exit", gone)));
  };
}
