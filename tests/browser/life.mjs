// The life of one request, from the firm's browser to its reopening, as five people see it.
import { accounts, password } from "./stage.mjs";
import { Visitor, fact } from "./teller.mjs";

const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
const PROGRAM = Buffer.from("MZ\x90\x00 this is a program\n");

export async function life(browser, stage) {
  const firm = await Visitor.come(browser, stage);
  await firm.signIn(accounts.firm, password);
  const title = `设备更新补贴何时拨付（${stage.width}${stage.scripts ? "有" : "无"}脚本 ${Date.now() % 100_000}）`;
  const number = await file(firm, title);
  if (number) {
    const path = await dispatch(browser, stage, number, title);
    await handle(browser, stage, path);
    await callBack(browser, stage, path);
    await reopen(firm, number, title);
  }
  await firm.leave();
}

async function file(firm, title) {
  const { page } = firm;
  await firm.go("/portal");
  await firm.sound("portal home");
  await page.click(".tasks a[href^='/portal/file/']");
  await firm.sound("start of a filing");
  await page.click("form[action^='/portal/file/'] button");
  await firm.says("尚未提交", "the first page of a draft says that it is not submitted");
  await firm.sound("who we are");
  const code = await page.inputValue("#f-enterprise");
  fact(code.length === 18, `${firm.name}: the credit code is prefilled`, code);

  await page.fill("#f-enterprise", `${code.slice(0, 17)}${code.endsWith("0") ? "1" : "0"}`);
  await page.fill("#f-contact_name", "张三");
  await page.fill("#f-contact_phone", "1380013800a");
  await page.click("#step button[type=submit]");
  const errors = await page.locator(".govuk-error-summary li").count();
  fact(errors === 2, `${firm.name}: a wrong check digit and a phone with letters are both said at once`, `${errors} errors`);
  fact((await page.inputValue("#f-contact_name")) === "张三", `${firm.name}: what was typed is still there`);
  await firm.sound("who we are, with faults");
  await page.fill("#f-enterprise", code);
  await page.fill("#f-contact_phone", "13800138000");
  await page.click("#step button[type=submit]");

  if (firm.scripts) {
    await page.fill("[data-narrows]", "补贴");
    const shown = await page.locator("[data-words]:visible").count();
    fact(shown === 1, `${firm.name}: typing 补贴 leaves the type that people mean by it`, `${shown} shown`);
  }
  await firm.sound("what it is about");
  await page.check("input[name=types][value=policy_funds]");
  await page.click("#step button[type=submit]");

  await firm.sound("describe it");
  fact((await page.inputValue("#f-description")).includes("政策名称"), `${firm.name}: the chosen type's template stands in the text`);
  await page.fill("#f-title", title);
  await page.fill("#f-description", "我司去年完成生产线改造，项目已验收，想了解补助资金何时拨付、还需要补充哪些材料。");
  if (firm.scripts) {
    await page.locator("[data-saves]").filter({ hasText: "已于" }).waitFor();
    await page.waitForResponse((answer) => answer.url().endsWith("/keep") && answer.ok());
    const other = await firm.context.newPage();
    await other.goto("/portal");
    const home = await other.locator("main").innerText();
    fact(home.includes(title) && home.includes("尚未提交"), `${firm.name}: the draft saved itself and waits on the home page as 尚未提交`);
    await other.close();
  }
  await page.click("#step button[type=submit]");

  await firm.sound("attachments");
  await page.setInputFiles("#f-attachments", { name: "合同.pdf", mimeType: "application/pdf", buffer: PROGRAM });
  await page.click("#step .buttons button:first-child");
  await firm.says("内容与文件名不符", "a program named .pdf is refused and said to be one");
  await firm.sound("attachments, one refused");
  await page.setInputFiles("#f-attachments", { name: "验收报告.pdf", mimeType: "application/pdf", buffer: PDF });
  await page.click("#step .buttons button:first-child");

  await firm.says("验收报告.pdf", "the last page shows the file");
  await firm.says("尚未提交", "the last page still says that nothing is submitted");
  await firm.sound("check your answers");
  await page.click("form[action$='/check'] .buttons button");
  await page.waitForURL(/\/portal\/receipt\/\d+/);
  await firm.says("已收到您提交的事项", "the receipt is there");
  await firm.sound("receipt");
  const number = (await page.locator(".receipt__number").innerText()).trim();
  fact(/〔\d{4}〕\d+号/.test(number), `${firm.name}: the receipt bears a number`, number);

  const waiting = firm.page.waitForEvent("download");
  await page.click(".receipt a");
  const receipt = await (await waiting).createReadStream();
  const chunks = [];
  for await (const chunk of receipt) chunks.push(chunk);
  await verify(firm, Buffer.concat(chunks).toString("utf8"));
  return number;
}

/** Anybody may verify the receipt; one changed letter and it does not hold. */
async function verify(firm, receipt) {
  const { page } = firm;
  await firm.go("/public/verify");
  await page.fill("#receipt", receipt);
  await page.click("main form .buttons button");
  await firm.says("这份回执是真的", "the downloaded receipt verifies");
  await firm.sound("a receipt that holds");
  await page.fill("#receipt", receipt.replace(/^index (\d+)$/m, (_, n) => `index ${Number(n) - 1}`));
  await page.click("main form .buttons button");
  await firm.says("没有通过验证", "a changed receipt does not verify");
  await firm.sound("a receipt that does not hold");
}

async function dispatch(browser, stage, number, title) {
  const dispatcher = await Visitor.come(browser, stage);
  const { page } = dispatcher;
  await dispatcher.signIn(accounts.dispatcher, password);
  await dispatcher.sound("inbox");
  await dispatcher.go("/work/search");
  await page.fill("#q", number);
  await page.click("main form button");
  await page.waitForURL(/\/work\/case\/\d+/);
  const path = new URL(page.url()).pathname;
  await dispatcher.says(title, "searching the number leads to the case");
  await dispatcher.sound("case file");
  fact(!(await dispatcher.text()).includes("13800138000"), `${dispatcher.name}: the phone is masked`);
  await page.click("form[action$='/reveal']:has(input[value=contact_phone]) button");
  await dispatcher.says("13800138000", "asking shows the phone, and says that the reading was recorded");

  await page.click("text=现在不能办");
  await dispatcher.says("规则", "what is not possible says which rule forbids it");
  await dispatcher.sound("case file with what is not possible");

  const second = await dispatcher.context.newPage();
  await second.goto(`${path}/act/accept`);
  await page.goto(`${path}/act/accept`);
  await dispatcher.sound("act form");
  await page.click("main form .buttons button");
  await dispatcher.says("已办", "the request is accepted");
  await second.click("main form .buttons button");
  const clash = await second.locator("main").innerText();
  fact(clash.includes("有了变化"), `${dispatcher.name}: the second of two tabs is told what changed`, clash.slice(0, 200));
  await second.close();

  await dispatcher.go("/work/dispatch");
  await dispatcher.sound("dispatch board");
  const row = page.locator("tr", { hasText: number });
  await row.locator("[data-accept]").click();
  if (!page.url().endsWith("/work/dispatch")) await page.click("main form .buttons button");
  await dispatcher.go(path);
  await dispatcher.says("待联系", "accepting the suggestion dispatches the request");
  await dispatcher.leave();
  return path;
}

/** Opens an act from the case file, fills it in and does it. */
async function act(visitor, path, name, fill) {
  const { page } = visitor;
  await visitor.go(path);
  await page.click(`.acts a[href$='/act/${name}']`);
  for (const [field, value] of Object.entries(fill)) {
    if (value === true) await page.check(field);
    else await page.fill(field, value);
  }
  await visitor.sound(`form of ${name}`);
  await page.click("main form .buttons button");
  await visitor.says("已办", `${name} is done`);
}

async function handle(browser, stage, path) {
  const handler = await Visitor.come(browser, stage);
  await handler.signIn(accounts.handler, password);
  await handler.go(path);
  await handler.says("联系企业", "the handler sees the clock to contact the firm");
  await handler.sound("case file of the handler");
  await act(handler, path, "contact", { "#f-contact_note": "已电话联系，了解情况。" });
  await act(handler, path, "plan", { "#f-plan_text": "三日内核实拨付进度并书面答复。" });
  await act(handler, path, "answer", { "#f-answer_text": "补助资金已列入本月拨付计划，预计两周内到账。" });
  await act(handler, path, "close", { "input[name=outcome][value=solved]": true });
  await handler.leave();
}

async function callBack(browser, stage, path) {
  const caller = await Visitor.come(browser, stage);
  await caller.signIn(accounts.callback, password);
  await act(caller, path, "call_back", { "input[name=satisfaction][value=dissatisfied]": true });
  await caller.leave();
}

async function reopen(firm, number, title) {
  const { page } = firm;
  await firm.go("/portal/matters");
  await firm.sound("my matters");
  await page.click(`a:has-text("${title}")`);
  const path = new URL(page.url()).pathname;
  await firm.says("补助资金已列入", "the firm reads the answer");
  fact(!(await firm.text()).includes("已电话联系，了解情况"), `${firm.name}: the firm does not see what is for colleagues only`);
  await firm.sound("matter");
  await page.check("input[name=rating][value='2']");
  await page.click("form[action$='/act/rate'] button");
  await firm.says("已办", "the firm rates in two taps");

  await page.goto(`${path}/act/reopen`);
  await page.fill("#f-reopen_reason", "两周已过，款项仍未到账。");
  const forgetful = await firm.context.newPage();
  await forgetful.goto("/portal");
  await forgetful.click("form[action='/sign-out'] button");
  // The window stays open: a browser may wait for ever when one is closed while its page is still on the way.
  await forgetful.waitForLoadState();
  await page.click("main form .buttons button");
  await firm.says("已经保存", "a session that ended in the middle of a form loses nothing");
  await firm.sound("sign-in with kept text");
  await page.fill("#account", accounts.firm);
  await page.fill("#password", password);
  await page.click("main form[action='/sign-in'] .buttons button");
  fact((await page.inputValue("#f-reopen_reason")) === "两周已过，款项仍未到账。", `${firm.name}: after signing in the text is back`);
  await page.click("main form .buttons button");
  await firm.says("已办", "the request is reopened");
  await firm.says("待联系", "a reopened request waits for first contact again");
}
