// A random draw run again: by the command, by the site, and in the visitor's own browser; all say the same of the same file.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Visitor, fact } from "./teller.mjs";

const INPUT = join(dirname(fileURLToPath(import.meta.url)), "../../docs/formats/golden/draw-input.json");

export async function draw(browser, stage) {
  const program = process.env.GUIJU;
  if (!program) {
    console.log("        left out: GUIJU names no program that makes proofs");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "guiju-draw-"));
  const visitor = await Visitor.come(browser, stage);
  try {
    const file = join(folder, "proof.json");
    const made = spawnSync(program, ["draw", "make", INPUT, "--out", file], { encoding: "utf8" });
    fact(made.status === 0, `${stage.name}: guiju draw make writes a proof`, made.stderr);
    await told(visitor, readFileSync(file));
    if (stage.scripts && stage.width > 600) await agreed(visitor, program, folder, readFileSync(file));
  } finally {
    await visitor.leave();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the site says with scripts and what it says without, by width and step: the two must be one. */
const heard = new Map();
async function alike(visitor, step) {
  const said = (await visitor.page.locator("#verdict").innerText()).replace(/\s+/g, " ").trim();
  const key = `${visitor.width} ${step}`;
  if (heard.has(key)) fact(heard.get(key) === said, `${visitor.name}: ${step}: the same words with and without scripts`, `${heard.get(key)}\n        ${said}`);
  heard.set(key, said);
}

async function bring(visitor, buffer) {
  await visitor.page.setInputFiles("#file", { name: "proof.json", mimeType: "application/json", buffer });
  await visitor.page.click("form[action='/draw'] button");
  await visitor.page.locator("#verdict h2").first().waitFor();
}

/** As a visitor sees it, from the navigation of the public site on. */
async function told(visitor, proof) {
  const { page } = visitor;
  await visitor.go("/public");
  await page.click(".nav a[href='/draw']");
  await visitor.says(visitor.scripts ? "文件不会上传" : "不会保存", "the page says where the file goes");
  await visitor.sound("draw: before");
  const example = await visitor.context.request.get("/draw/example.json");
  fact((await example.body()).equals(proof), `${visitor.name}: the example to download is the proof that the command makes`);
  const sent = [];
  page.on("request", (request) => sent.push(`${request.method()} ${request.url()}`));
  await bring(visitor, proof);
  await visitor.says("重新抽取的结果与证明文件完全一致", "a proof as it was made is accepted");
  const { snapshot, snapshot_hash: hash, result, substitutions, recorded } = JSON.parse(proof);
  await visitor.says(hash, "the snapshot's hash is shown, to be compared");
  for (const words of [snapshot.excluded[0].reason, result.places[0].target, substitutions[0].cause, recorded.seed.leaf_hash, "排序（前"]) await visitor.says(words, `the page shows ${words}`);
  fact(visitor.scripts ? sent.length === 0 : sent.some((line) => line.startsWith("POST")), `${visitor.name}: with scripts nothing is sent, without them the file is`, sent.join(", "));
  await alike(visitor, "it holds");
  await visitor.sound("draw: it holds");

  const at = proof.indexOf(Buffer.from(result.places[0].target), proof.indexOf(Buffer.from('"result"')));
  const changed = Buffer.from(proof);
  changed[at + Buffer.byteLength(result.places[0].target) - 1] ^= 1;
  await bring(visitor, changed);
  await visitor.says("没有通过验证", "a proof with one bit changed is refused");
  await visitor.says(`按顺序应当抽中 \`${result.places[0].target}\``, "and it is said what should stand there");
  await alike(visitor, "it does not hold");
  await visitor.sound("draw: it does not hold");

  await bring(visitor, Buffer.from('{"v":1}\n'));
  await visitor.says("读不出", "what is no proof is said to be none");
  await alike(visitor, "no proof");
  await visitor.go("/draw?lang=en");
  await bring(visitor, proof);
  await visitor.says("Drawn again, everything matches", "the same in English");
  await alike(visitor, "it holds, in English");
  await visitor.sound("draw: it holds, in English");
  await visitor.go("/draw?lang=zh");
}

const canonical = (value) =>
  Array.isArray(value) ? `[${value.map(canonical).join(",")}]`
  : value === null || typeof value !== "object" ? JSON.stringify(value)
  : `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;

/** Files with one thing changed: bits, and members under a hash that was made anew. */
function changes(proof) {
  const files = [];
  for (let at = 0; at < proof.length; at += 53) {
    const file = Buffer.from(proof);
    file[at] ^= 1 << (at % 7);
    files.push(file);
  }
  const forge = (change) => {
    const forged = JSON.parse(proof);
    change(forged);
    delete forged.hash;
    forged.hash = createHash("sha256").update(`guiju/draw/proof/v1\n${canonical(forged)}`).digest("hex");
    files.push(Buffer.from(`${canonical(forged)}\n`));
  };
  forge(({ snapshot }) => snapshot.targets.splice(3, 1));
  forge(({ snapshot }) => (snapshot.targets[1].label = snapshot.targets[0].label));
  forge(({ snapshot }) => (snapshot.targets[1].label = " x"));
  forge(({ snapshot }) => (snapshot.targets[1].stratum = "none"));
  forge(({ snapshot }) => (snapshot.excluded[0].reason = "\u3000"));
  forge(({ snapshot }) => (snapshot.rule = "quotas"));
  forge(({ snapshot }) => (snapshot.rule = "per_mille_rounded_up"));
  forge(({ snapshot }) => (snapshot.fixed = "2026-02-30T09:00:00.000+08:00"));
  forge(({ snapshot }) => (snapshot.inspectors.on = "2029-01-01"));
  forge(({ snapshot }) => (snapshot.inspectors.team = 1));
  forge(({ snapshot }) => delete snapshot.inspectors);
  forge(({ snapshot }) => (snapshot.inspectors.per_target = 21));
  forge(({ snapshot }) => snapshot.sources.push(...Array.from({ length: 14 }, () => snapshot.sources[0])));
  forge(({ snapshot }) => snapshot.sources.pop());
  forge(({ snapshot }) => snapshot.sources.reverse());
  forge(({ snapshot }) => (snapshot.sources[1].holder = snapshot.sources[0].holder));
  forge(({ snapshot }) => (snapshot.sources[0].holder = snapshot.sources[1].holder = snapshot.organ));
  forge(({ snapshot }) => (snapshot.sources[2].kind.lottery.groups[0].take = 21));
  forge(({ reveals }) => (reveals[0].value = "20260302"));
  forge(({ reveals }) => delete reveals[0].salt);
  forge(({ reveals }) => (reveals[2].value = "3.8.12.19.27.31./17./"));
  forge(({ reveals }) => reveals.push(reveals[0]));
  forge((whole) => (whole.code = whole.key));
  forge((whole) => (whole.key = whole.code));
  forge((whole) => (whole.format = "guiju/draw/v2"));
  forge(({ result }) => result.places.reverse());
  forge(({ result }) => result.places.pop());
  forge(({ result }) => result.places[0].inspectors.reverse());
  forge(({ result }) => (result.places[0].position = result.places[1].position));
  forge(({ result }) => result.team.push(result.team[0]));
  forge(({ result }) => result.team.shift());
  forge(({ substitutions }) => (substitutions[0].cause = ""));
  forge(({ substitutions }) => (substitutions[0].at = "2026-03-04T09:00:00.000+08:00"));
  forge(({ substitutions }) => (substitutions[0].of.target.label = "企业 000000"));
  forge(({ substitutions }) => substitutions.push(substitutions[0]));
  forge(({ substitutions }) => (substitutions[0].by = []));
  forge(({ substitutions, result }) => (substitutions[0].of = { inspector: { label: result.places[0].inspectors[0] } }));
  forge((whole) => (whole.recorded = { snapshot: { seq: 9, leaf_hash: whole.key }, seed: { seq: 8, leaf_hash: "x" } }));
  forge((whole) => (whole.more = 1));
  return files;
}

/** The command and the browser say the same of every file. */
async function agreed(visitor, program, folder, proof) {
  await visitor.go("/draw");
  const files = [proof, ...changes(proof)];
  const inBrowser = await visitor.page.evaluate(async (all) => {
    const script = document.querySelector("script[src$='/draw.js']").src;
    const { examine } = await import(script.replace(/draw\.js$/, "draw-check.js"));
    return all.map((bytes) => {
      const { unread, mismatches } = examine(Uint8Array.from(bytes));
      return unread ? "unread" : JSON.stringify(mismatches);
    });
  }, files.map((file) => [...file]));
  let apart = 0;
  files.forEach((file, at) => {
    const path = join(folder, "changed.json");
    writeFileSync(path, file);
    const { status, stdout } = spawnSync(program, ["draw", "verify", path, "--json"], { encoding: "utf8" });
    const ours = status === 2 ? "unread" : JSON.stringify(JSON.parse(stdout).mismatches.map((row) => [row.code, row.at]));
    fact((status === 0) === (at === 0), `${visitor.name}: the command refuses change ${at} and nothing else`, ours);
    // A file may be no proof to one and ill-spelt to the other (`1.0` for `1`): refused by both all the same.
    const refused = (verdict) => verdict === "unread" || verdict.includes('["text",""]');
    if (ours !== inBrowser[at] && !(refused(ours) && refused(inBrowser[at]))) {
      apart += 1;
      console.log(`        change ${at}: the command ${ours}\n                 the browser ${inBrowser[at]}`);
    }
  });
  fact(apart === 0, `${visitor.name}: the command and the browser say the same of ${files.length} proofs`, `${apart} apart`);
}
