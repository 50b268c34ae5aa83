// From a waterfall to a lead to a penalty case: an engineer looks at the spectrum, registers what the stations found with its evidence,
// verifies it; an officer opens the penalty; the program's own reader verifies everything that was written, the evidence included.
import { createHash } from "node:crypto";
import { Cast, act, impossible } from "./casework.mjs";
import { fact } from "./teller.mjs";

/** Two days on which the demonstration's stations watched closely; by the time of later stories they are weeks ago. */
const FINDINGS = "/work/radio/findings?from=2024-12-03&until=2024-12-05";

export async function radio(browser, stage) {
  const cast = new Cast(browser, stage);
  const engineer = await cast.be("monitor1");
  await stations(engineer);
  await waterfall(engineer, stage);
  await occupied(engineer);
  const path = await lead(engineer);
  await evidence(engineer, path);
  await passedOn(cast, path);
  await others(cast);
  if (stage.verify) fact(await stage.verify(), `${engineer.name}: guiju verify finds everything as it was written, the evidence included`);
  await cast.leave();
}

async function stations(engineer) {
  await engineer.go("/work");
  await engineer.page.click("nav a[href='/work/radio']");
  await engineer.says("JH-01", "the first station is on the overview");
  await engineer.says("JH-03", "the third station is on the overview");
  await engineer.sound("overview of radio monitoring");
}

/** The canvas is drawn, zooms and moves by the keyboard, and reads out level and frequency. */
async function waterfall(engineer, stage) {
  await engineer.page.click("main a[href^='/work/radio/spectrum'] >> nth=0");
  await engineer.says("相对值", "levels that nobody calibrated are called relative");
  await engineer.sound("spectrum");
  if (!stage.scripts) return;
  const plot = engineer.page.locator("canvas.waterfall__plot");
  await plot.waitFor();
  await engineer.page.waitForTimeout(1_500);
  const colours = await plot.evaluate((canvas) => {
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4 * 97) seen.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    return seen.size;
  });
  fact(colours > 20, `${engineer.name}: the waterfall is drawn`, `${colours} colours`);
  await plot.focus();
  for (const key of ["p", "Enter", "+", "+", "ArrowRight"]) await engineer.page.keyboard.press(key);
  await engineer.page.waitForTimeout(800);
  const read = await engineer.page.locator("#waterfall-read").innerText();
  fact(/MHz/.test(read) && /dB/.test(read), `${engineer.name}: the cursor reads out frequency and level`, read);
  const here = await engineer.page.locator("a[data-here]").getAttribute("href");
  const span = (query) => Number(new URLSearchParams(query.split("?")[1]).get("high")) - Number(new URLSearchParams(query.split("?")[1]).get("low"));
  fact(span(here) > 0 && span(here) < 20, `${engineer.name}: zooming by the keyboard makes the view narrower`, here);
}

async function occupied(engineer) {
  await engineer.go("/work/radio/occupancy");
  await engineer.says("占用", "occupancy is shown");
  await engineer.sound("occupancy");
}

/** The findings of those days; the first one becomes a lead, once. */
async function lead(engineer) {
  await engineer.go(FINDINGS);
  const first = engineer.page.locator("article.radio-finding a[href^='/work/radio/lead']").first();
  for (let wait = 0; wait < 60 && (await first.count()) === 0; wait += 1) {
    await engineer.page.waitForTimeout(1_000);
    await engineer.go(FINDINGS);
  }
  fact((await first.count()) === 1, `${engineer.name}: the stations found something`, (await engineer.text()).slice(0, 400));
  await engineer.says("没有有效的指配", "each finding says why");
  await engineer.sound("findings");
  const form = await first.getAttribute("href");
  // What does not score high enough for a lead by itself stands folded below.
  if (!(await first.isVisible())) await engineer.page.locator("main details:has(article.radio-finding) summary").click();
  await first.click();
  await engineer.sound("form of a lead");
  await engineer.page.fill("#f-title", "调频频段疑似黑广播");
  await engineer.page.click("main form[method=post] .buttons button");
  await engineer.says("已办", "the finding is a lead");
  const path = new URL(engineer.page.url()).pathname;
  await engineer.go(form);
  fact(new URL(engineer.page.url()).pathname === path, `${engineer.name}: the same finding leads to the lead that is there`, engineer.page.url());
  await engineer.sound("case file of a lead");
  return path;
}

/** The evidence names its packages by their hashes, and each stands on the register of packages. */
async function evidence(engineer, path) {
  await engineer.go(path);
  const link = engineer.page.locator(`main a[href*='${path}/file/']`).first();
  fact((await link.count()) === 1, `${engineer.name}: the lead bears its evidence`);
  const answer = await engineer.context.request.get(await link.getAttribute("href"));
  const bytes = await answer.body();
  const told = JSON.parse(bytes.toString("utf8"));
  const packages = JSON.stringify(told).match(/"[0-9a-f]{64}"/g) ?? [];
  fact(packages.length > 0, `${engineer.name}: the evidence names its packages by hash`, bytes.toString("utf8").slice(0, 300));
  fact(createHash("sha256").update(bytes).digest("hex").length === 64 && !/audio|pcm/i.test(bytes.toString("utf8")), `${engineer.name}: the evidence holds no sound`);
}

/** Verified by the engineer; a penalty case is opened from it by an officer, and says that monitoring found it. */
async function passedOn(cast, path) {
  const engineer = await cast.be("monitor1");
  const officer = await cast.be("monitor2");
  const firm = await cast.be("firm");
  await firm.go("/portal/file/enterprise-request");
  await firm.page.click("form[action^='/portal/file/'] button >> nth=-1");
  const code = await firm.page.inputValue("#f-enterprise");
  await act(engineer, path, "verify", { verification: "三站交会并现场测得发射机一台，正在播出。", verified_place: "临江区某大厦楼顶", crime_suspected: true });
  await impossible(officer, path, "open_penalty", { rule: "act.open_penalty.when", statute: "administrative-penalty-law", article: "54" });
  await act(engineer, path, "tell_police", { police: "江海市公安局" });
  await act(officer, path, "open_penalty", { suspect: code, lead_title: "擅自设置使用调频台站" });
  await officer.says("已转办", "the lead is passed on");
  await officer.go(`/work/search?q=${encodeURIComponent("擅自设置使用调频台站")}`);
  const penalty = officer.page.locator("main a[href^='/work/case/']:has-text('擅自设置使用调频台站')").first();
  fact((await penalty.count()) === 1, `${officer.name}: the penalty case is found`, (await officer.text()).slice(0, 300));
  await penalty.click();
  await officer.says("无线电监测", "the penalty case says that monitoring found it");
  await officer.sound("penalty case opened from a lead");
}

/** Whoever has nothing to do with radio is told whose right it is. */
async function others(cast) {
  const handler = await cast.be("handler");
  fact((await handler.go("/work/radio/findings")) === 403, `${handler.name}: findings are not for everybody`);
}
