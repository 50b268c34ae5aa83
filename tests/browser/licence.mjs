// A batch of station licences, from the firm's workbook to the stranger who verifies one: refused, mended, corrected once, issued.
import { accounts, password } from "./stage.mjs";
import { standsInPublic } from "./casework.mjs";
import { Visitor, fact } from "./teller.mjs";

const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
const HEAD = ["台站名称", "台址或使用区域", "使用频率", "发射功率", "占用带宽", "型号核准代码", "识别码", "有效期至"];
const OFFICER = "licence1";

/** Call signs are used once: every telling of the story takes its own hundred of the series, from the clock. */
const signs = { next: 50_000 + (Math.floor(Date.now() / 1000) % 400) * 100 };

function stations(count) {
  const first = signs.next;
  signs.next += count;
  return Array.from({ length: count }, (_, at) => [
    `试验站${at + 1}`, `江海市${at + 1}号`, "3500-3600MHz", "20W", "100MHz", `CMIIT${first + at}`, `JHB${String(first + at).padStart(5, "0")}`, "2026-12-31",
  ]);
}

const csv = (rows) => Buffer.from(`\ufeff${[HEAD, ...rows].map((row) => row.join(",")).join("\r\n")}\r\n`, "utf8");

export async function licence(browser, stage) {
  const firm = await Visitor.come(browser, stage);
  await firm.signIn(accounts.firm, password);
  const title = `批量基站执照（${stage.width}${stage.scripts ? "有" : "无"}脚本 ${Date.now() % 100_000}）`;
  const rows = stations(12);
  const matter = await apply(firm, title, rows);
  if (matter) {
    await correctOnce(browser, stage, matter);
    await supply(firm, matter, rows);
    await decide(browser, stage, matter);
    await published(browser, stage, matter, title);
    await verify(browser, stage, firm, matter);
    await counter(browser, stage, firm);
  }
  await firm.leave();
}

async function bring(page, name, buffer) {
  await page.setInputFiles("#f-stations", { name, mimeType: "text/csv", buffer });
  await page.click("button[name=_look]");
  await page.locator("#f-stations-held").waitFor();
}

async function saved(firm, link) {
  const waiting = firm.page.waitForEvent("download");
  await firm.page.click(link);
  const parts = [];
  for await (const part of await (await waiting).createReadStream()) parts.push(part);
  return Buffer.concat(parts);
}

async function apply(firm, title, rows) {
  const { page } = firm;
  await firm.go("/portal/file/station-licence");
  await page.click("form[action^='/portal/file/'] button");
  await page.fill("#f-contact_name", "张三");
  await page.fill("#f-contact_phone", "13800138000");
  await page.click("#step .buttons button:first-child");
  await page.fill("#f-title", title);
  await page.check("input[name=category][value=base]");
  const blank = await saved(firm, "a[href^='/portal/template/']");
  fact(blank.subarray(0, 2).toString() === "PK", `${firm.name}: the template is a workbook`);

  const wrong = rows.map((row) => [...row]);
  wrong[1][7] = "2024-02-30";
  wrong[2][5] = "";
  wrong[3][6] = rows[0][6];
  wrong[4][6] = "XYZ00001";
  await bring(page, "台站.csv", csv(wrong));
  await firm.says("读到 12 行，其中 4 行需要改正", "all wrong rows are told at once");
  await firm.says("2024-02-30", "a date that does not exist is shown as it was written");
  await firm.says("无线电管理条例", "a call sign outside the series names its article");
  fact((await page.inputValue("#f-title")) === title, `${firm.name}: what was typed beside the upload is still there`);
  await firm.sound("stations, wrong rows");
  const marked = await saved(firm, "a[href$='/marked.xlsx']");
  fact(marked.subarray(0, 2).toString() === "PK", `${firm.name}: the marked workbook comes back`);
  await page.click("#step .buttons button:first-child");
  await firm.says("需要改正", "with wrong rows there is no going on");

  await page.fill("#f-title", `${title}。`);
  await page.click("button[formaction$='/drop']");
  await page.locator("#f-stations\\.0\\.name").waitFor();
  fact((await page.inputValue("#f-title")) === `${title}。`, `${firm.name}: letting the list go keeps what was typed, and rows can be typed`);
  await page.fill("#f-title", title);
  await bring(page, "台站-改正.csv", csv(rows));
  await firm.says("读到 12 行，没有发现问题", "the mended list is good");
  await firm.sound("stations, all good");
  await page.click("#step .buttons button:first-child");
  for (const field of ["technical_plan", "staff_note"]) {
    await page.setInputFiles(`#f-${field}`, { name: "材料.pdf", mimeType: "application/pdf", buffer: PDF });
  }
  await page.click("#step .buttons button:first-child");
  await firm.says("共 12 行", "the last page says how many stations are applied for");
  await firm.sound("stations, check your answers");
  await page.click("form[action$='/check'] .buttons button");
  await page.waitForURL(/\/portal\/receipt\/\d+/);
  return new URL(page.url()).pathname.match(/\d+$/)[0];
}

async function act(visitor, id, name, fill = {}) {
  const { page } = visitor;
  await visitor.go(`/work/case/${id}/act/${name}`);
  for (const [field, value] of Object.entries(fill)) await page.fill(field, value);
  await page.click("main form .buttons button");
  await visitor.says("已办", `${name} is done`);
}

async function correctOnce(browser, stage, id) {
  const officer = await Visitor.come(browser, stage);
  await officer.signIn(OFFICER, password);
  await act(officer, id, "correct", { "#f-correction_list": "一、技术方案缺少设备数量汇总；二、人员情况说明未盖章；三、台站名称请加区名。" });
  await officer.leave();
}

async function supply(firm, id, rows) {
  const { page } = firm;
  await firm.go(`/portal/matter/${id}`);
  await firm.says("三、台站名称请加区名", "the firm reads the whole list of corrections");
  await firm.go(`/portal/matter/${id}/act/supply`);
  await page.fill("#f-supply_note", "已按清单补正。");
  const mended = rows.map(([name, ...rest]) => [`临江${name}`, ...rest]);
  const wrong = mended.map((row) => [...row]);
  wrong[5][7] = "明年底";
  await bring(page, "补正.csv", csv(wrong));
  await firm.says("读到 12 行，其中 1 行需要改正", "a wrong row of the correction is told as well");
  fact((await page.inputValue("#f-supply_note")) === "已按清单补正。", `${firm.name}: the note is still there after the upload`);
  await bring(page, "补正.csv", csv(mended));
  await firm.says("没有发现问题", "the corrected list is good");
  await firm.sound("corrections with a workbook");
  await page.click("main form > .buttons button[type=submit]");
  await firm.says("已办", "the corrections are filed");
}

/** A firm comes to the counter with its list: the officer's form judges it as the portal does, and the case file shows all of it. */
async function counter(browser, stage, firm) {
  await firm.go("/portal/file/station-licence");
  await firm.page.click("form[action^='/portal/file/'] button >> nth=-1");
  const code = await firm.page.inputValue("#f-enterprise");
  const officer = await Visitor.come(browser, stage);
  const { page } = officer;
  await officer.signIn(OFFICER, password);
  await officer.go("/work/open/station-licence/apply_for");
  const blank = await saved(officer, "a[href^='/work/template/']");
  fact(blank.subarray(0, 2).toString() === "PK", `${officer.name}: the counter has a template as well`);
  await page.fill("#f-enterprise", code);
  await page.fill("#f-title", "窗口登记的基站执照");
  await page.check("input[name=category][value=base]");
  await page.fill("#f-contact_name", "张三");
  await page.fill("#f-contact_phone", "13800138000");
  const rows = stations(7);
  const wrong = rows.map((row) => [...row]);
  wrong[6][6] = wrong[0][6];
  await bring(page, "窗口.csv", csv(wrong));
  await officer.says("读到 7 行，其中 1 行需要改正", "a wrong row is told at the counter");
  await officer.sound("counter, wrong rows");
  const marked = await saved(officer, "a[href$='/marked.xlsx']");
  fact(marked.subarray(0, 2).toString() === "PK", `${officer.name}: the marked workbook comes back at the counter`);
  await page.click("button[formaction$='/drop']");
  await page.locator("#f-stations\\.0\\.name").waitFor();
  fact((await page.inputValue("#f-enterprise")) === code, `${officer.name}: letting the list go keeps what was typed`);
  await bring(page, "窗口-改正.csv", csv(rows));
  await officer.says("读到 7 行，没有发现问题", "the mended list is good at the counter");
  for (const field of ["technical_plan", "staff_note"]) {
    await page.setInputFiles(`#f-${field}`, { name: "材料.pdf", mimeType: "application/pdf", buffer: PDF });
  }
  await page.click("main form[action='/work/open/station-licence/apply_for'] > .buttons button[type=submit]");
  await officer.says("已办", "the application is taken down");
  await page.click("a[href$='/table/stations']");
  await officer.says("共 7 行", "the whole table is a page of its own");
  await officer.says("试验站7", "with its last row");
  await officer.sound("a table of a case in full");
  const all = await saved(officer, "a[href$='/table/stations/list.xlsx']");
  fact(all.subarray(0, 2).toString() === "PK", `${officer.name}: the whole table is a workbook`);
  await officer.leave();
}

async function decide(browser, stage, id) {
  const officer = await Visitor.come(browser, stage);
  const { page } = officer;
  await officer.signIn(OFFICER, password);
  await officer.go(`/work/case/${id}/act/correct`);
  await officer.says("须一次告知齐全", "a second correction is refused");
  await officer.says("《中华人民共和国行政许可法》第32条", "the refusal names its article");
  await officer.sound("a second correction refused");
  await act(officer, id, "accept");
  await officer.go(`/work/case/${id}`);
  await officer.says("承诺", "the promised time runs from acceptance");
  await officer.says("还剩 1 个工作日", "one working day is promised");
  await officer.go(`/work/case/${id}/act/issue`);
  await officer.says("规则", "nothing is issued before the decision");
  fact((await page.locator(".refusal .rule a[href^='/law/statute/']").count()) > 0, `${officer.name}: that refusal leads to its article`);
  await act(officer, id, "review", { "#f-review_opinion": "材料齐全，符合许可条件，拟准予。" });
  const leader = await Visitor.come(browser, stage);
  await leader.signIn(accounts.leader, password);
  await act(leader, id, "grant", { "#f-authority": "粤海省无线电管理机构" });
  await leader.leave();
  await act(officer, id, "issue");
  await officer.go(`/work/case/${id}`);
  const told = await page.locator("main").textContent();
  fact(told.includes("承诺") && !told.includes("已超期"), `${officer.name}: it is issued within the promised time`);
  await officer.sound("licences issued");
  await act(officer, id, "publish");
  await officer.leave();
}

/** What was granted is public: who, what, in whose name, until when; neither where the stations stand nor on what they send. */
async function published(browser, stage, id, title) {
  await standsInPublic({ browser, stage }, `/work/case/${id}`, "", [title, "粤海省无线电管理机构"], ["江海市1号", "3500"]);
}

async function verify(browser, stage, firm, id) {
  const { page } = firm;
  await firm.go(`/portal/matter/${id}`);
  await page.click(`a[href='/portal/matter/${id}/licences']`);
  const links = page.locator("main a[href^='/portal/licence?number=']");
  fact((await links.count()) === 12, `${firm.name}: each station has a licence of its own`, String(await links.count()));
  await firm.sound("licences of a case");
  await links.first().click();
  await firm.says("粤海省无线电管理机构", "the licence is in the entrusting organ's name");
  await firm.says("江海市1号", "the holder's paper has the site");
  await firm.sound("licence paper");
  const target = (await page.locator("main section .mono").innerText()).trim();
  const stranger = await Visitor.come(browser, stage);
  await stranger.go(new URL(target).pathname + new URL(target).search);
  await stranger.says("在台账中", "anybody verifies the licence where its code leads");
  const told = await stranger.text();
  fact(!told.includes("江海市1号") && !told.includes("3500"), `${stranger.name}: neither site nor frequency is shown to strangers`, told);
  await stranger.sound("licence verified in public");
  await stranger.leave();
  const other = await Visitor.come(browser, stage);
  await other.signIn(accounts.other, password);
  const status = await other.go(new URL(page.url()).pathname + new URL(page.url()).search);
  fact(status === 404, `${other.name}: another firm does not get the paper`, String(status));
  await other.leave();
}
