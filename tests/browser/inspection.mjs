// An inspection from the yearly plan to its publication: planned and filed, firms drawn and the draw run again in public, screened,
// approved, on site, put right, rechecked, published. On the way four things that the law forbids.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cast, act, fillIn, impossible, notOpened, open, owed, refused, standsInPublic } from "./casework.mjs";
import { Visitor, fact } from "./teller.mjs";

const RANDOM = { rule: "field.as_registered", statute: "random-inspection-notice", article: "2.2" };

export async function inspection(browser, stage) {
  if (!process.env.GUIJU || !stage.clock) {
    console.log("        left out: without GUIJU there is no program that makes the draw's proof");
    return;
  }
  const cast = new Cast(browser, stage);
  const mark = `${stage.width}-${Date.now() % 100_000}`;
  const line = `故事-${mark}`;
  const firms = { firm: await codeOf(await cast.be("firm")), firm2: await codeOf(await cast.be("firm2")) };
  await planned(cast, line);
  const { proof, id } = await drawn(cast, stage, `抽${mark}`, Object.values(firms), line);
  await again(browser, stage, proof);
  const { target, inspectors } = proof.result.places[0];
  const account = Object.keys(firms).find((name) => firms[name] === target);
  const given = proposal(line, target, id, proof.digest);
  const others = Object.values(firms).find((code) => code !== target);
  const inspector = await cast.be(inspectors[0]);
  await notOpened(inspector, "inspection/propose", { ...given, enterprise: others }, RANDOM);
  const path = await open(inspector, "inspection/propose", given);
  await onSite(cast, stage, path, inspectors);
  await putRight(cast, path, account, inspectors);
  await published(cast, path, inspectors, target);
  await cast.leave();
}

/** The credit code that the portal fills in for a firm. */
async function codeOf(firm) {
  await firm.go("/portal/file/enterprise-request");
  await firm.page.click("form[action^='/portal/file/'] button >> nth=-1");
  return firm.page.inputValue("#f-enterprise");
}

function proposal(line, enterprise, draw, digest) {
  return { enterprise, item: "无线电台站使用检查", item_basis: "无线电管理条例第五十六条", subject_area: "radio", mode: "drawn", plan_line: line,
    draw_id: draw, draw_proof: digest, draw_platform: "here", handling_unit: "jh-miit/radio" };
}

/** Planned, and no inspection rests on the line before the plan was filed with the superior body. */
async function planned(cast, line) {
  const planner = await cast.be("planner");
  const row = { line, item: "无线电台站使用检查", item_basis: "无线电管理条例第五十六条", scope: "全市设台单位", method: "drawn", period: "全年" };
  const lines = Object.fromEntries(Object.entries(row).map(([column, text]) => [`lines.0.${column}`, text]));
  const path = await open(planner, "inspection-plan/draft", { title: "2025年度行政检查计划", year: "2025", ...lines });
  await act(await cast.be("head1"), path, "approve");
  const explosives = { enterprise: await codeOf(await cast.be("firm")), item: "民用爆炸物品安全检查", item_basis: "民用爆炸物品安全管理条例第四条",
    subject_area: "explosives", mode: "full_coverage", plan_line: line, handling_unit: "jh-miit/explosives" };
  const unfiled = { rule: "act.propose.when", statute: "guangdong-business-environment-regulations", article: "48" };
  await notOpened(await cast.be("inspector1"), "inspection/propose", explosives, unfiled);
  await act(planner, path, "file_plan", { filing: "江海工信〔2025〕1号", filed_with: "省级主管部门" });
  await planner.says("已备案", "the plan is filed");
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const secret = (word) => sha256(`story ${word}`);

/** Who may be drawn, who may inspect, and where the numbers come from. */
function input(id, targets, day) {
  const code = secret(`${id} code`);
  const witness = (source, number) => {
    const salt = secret(`${id} ${source}`);
    const commitment = sha256(`guiju/draw/commitment/v1\n${id}\n${source}\n${number}\n${salt}\n`);
    return [{ id: source, holder: source, kind: { witness: { digits: 12, commitment } } }, { source, value: number, salt }];
  };
  const [one, first] = witness("witness-1", "202412051234");
  const [two, second] = witness("witness-2", "867530912345");
  const groups = [{ from: 1, to: 35, take: 5 }, { from: 1, to: 12, take: 2 }];
  const lottery = { name: "演示彩票", issue: day.replaceAll("-", ""), groups, at: `${day}T21:00:00.000+08:00` };
  const card = (n) => ({ number: `粤J2000${n}`, from: "2023-01-01", until: "2026-01-01" });
  const pool = [1, 2, 3].map((n) => ({ label: `inspector${n}`, card: card(n), areas: [], recused: [] }));
  const snapshot = {
    id, title: { zh: "无线电台站使用双随机检查", en: "Random inspection of radio stations" }, organ: "jh-miit", fixed: `${day}T10:00:00.000+08:00`,
    rule: { largest_remainder: { total: 1 } }, strata: [{ id: "all", title: { zh: "全部", en: "All" }, share: 1 }],
    targets: [...targets].sort().map((label) => ({ label, stratum: "all" })), excluded: [],
    inspectors: { on: day, per_target: 2, pool, excluded: [] },
    sources: [one, two, { id: "lottery", holder: "public-lottery", kind: { lottery } }], code: sha256(Buffer.from(code, "hex")),
  };
  return { snapshot, reveals: [first, second, { source: "lottery", value: "3.8.12.19.27./4.7./" }], code, substitutions: [] };
}

/** The pool is announced on the register; nothing rests on it before it was drawn from. Then the result and its proof. */
async function drawn(cast, stage, id, targets, line) {
  const folder = mkdtempSync(join(tmpdir(), "guiju-inspection-"));
  try {
    const file = join(folder, "input.json");
    const out = join(folder, "proof.json");
    writeFileSync(file, JSON.stringify(input(id, targets, stage.clock.day)));
    const made = spawnSync(process.env.GUIJU, ["draw", "make", file, "--out", out], { encoding: "utf8" });
    fact(made.status === 0, `${stage.name}: the draw is made`, made.stderr + made.stdout);
    const bytes = readFileSync(out);
    const proof = { ...JSON.parse(bytes), digest: sha256(bytes), bytes };
    const planner = await cast.be("planner");
    const announced = { draw: id, title: "无线电台站使用双随机检查", snapshot_hash: proof.snapshot_hash, pool: String(targets.length) };
    await planner.go("/work/register/draws/new");
    await enter(planner, announced, "the pool is announced");
    await notOpened(await cast.be("inspector1"), "inspection/propose", proposal(line, targets[0], id, proof.digest), RANDOM);
    await planner.go(`/work/register/draws/entry?key=${encodeURIComponent(id)}`);
    await planner.page.click("main details summary");
    const result = { drawn: "1", targets: proof.result.places.map((place) => place.target).join("\n"),
      sent: proof.result.places.flatMap((place) => place.inspectors.map((account) => `${place.target}/${account}`)).join("\n"), proof_hash: proof.digest, proof: bytes.toString() };
    await enter(planner, { ...announced, ...result }, "the result is entered");
    return { proof, id };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function enter(planner, answers, what) {
  await fillIn(planner.page, answers);
  await planner.page.click("main form[action^='/work/register/draws/'] .buttons button");
  await planner.says(answers.snapshot_hash, what);
  await planner.sound(`draws: ${what}`);
}

/** Anybody brings the proof to the public page, which draws again. */
async function again(browser, stage, proof) {
  const visitor = await Visitor.come(browser, stage);
  await visitor.go("/draw");
  await visitor.page.setInputFiles("#file", { name: "proof.json", mimeType: "application/json", buffer: proof.bytes });
  await visitor.page.click("form[action='/draw'] button");
  await visitor.page.locator("#verdict h2").first().waitFor();
  await visitor.says("重新抽取的结果与证明文件完全一致", "the draw of the inspection holds in public");
  await visitor.says(proof.result.places[0].target, "and shows the firm that was drawn");
  await visitor.says(proof.snapshot_hash, "and the hash that was announced");
  await visitor.sound("draw of the inspection");
  await visitor.leave();
}

/** The two officers who were drawn for the firm do all of it. */
async function onSite(cast, stage, path, [first, second]) {
  const inspector = await cast.be(first);
  const head = await cast.be("head1");
  await act(inspector, path, "screen", { no_interest: true, _with: [second] });
  await impossible(inspector, path, "inspect", { rule: "state.from", statute: "administrative-penalty-law", article: "55" });
  await act(head, path, "approve");
  const visit = { arrived: `${stage.clock.day} 09:00`, place: "临江区工业大道8号", card_shown: true };
  const card = { rule: "actor.card", statute: "administrative-penalty-law", article: "42" };
  await refused(inspector, path, "inspect", { ...visit, _with: ["inspector4"] }, card);
  await act(inspector, path, "inspect", { ...visit, _with: [second] });
  await act(inspector, path, "record", { content: "一部电台功率高于执照载明的数值。", signed: "signed", _with: [second] });
  await act(inspector, path, "order", { result_text: "发现一处不符。", order_text: "十五日内调整发射功率。", _with: [second] });
}

async function putRight(cast, path, account, [first, second]) {
  const firm = await cast.be(account);
  const matter = path.replace("/work/case/", "/portal/matter/");
  await firm.go(matter);
  await firm.says("责令改正", "the firm reads what it has to put right");
  await firm.sound("matter of the firm inspected");
  await act(firm, matter, "rectify", { rectified_text: "已按执照调整功率并附测试记录。" });
  const inspector = await cast.be(first);
  await act(inspector, path, "recheck", { recheck_outcome: "done", recheck_text: "复测功率与执照一致。", _with: [second] });
  await act(inspector, path, "accept");
}

async function published(cast, path, [first], firm) {
  const inspector = await cast.be(first);
  await impossible(inspector, path, "close", { rule: "act.close.when", statute: "three-systems-opinion", article: "6" });
  const publisher = await cast.be("publisher");
  await owed(publisher, path, true);
  await act(publisher, path, "publish", { secrecy_checked: true, privacy_checked: true, published_where: "局网站行政执法公示栏" });
  await act(inspector, path, "close");
  await inspector.says("已办结", "the inspection is closed");
  await inspector.sound("case file of a closed inspection");
  await owed(publisher, path, false);
  await standsInPublic(cast, path, firm, ["无线电台站使用检查", "发现一处不符。"], ["十五日内调整发射功率", "已按执照调整功率"]);
}
