// What people should not do, and what comes of it: nothing lost, nothing done twice, nothing shown to the wrong eyes.
import { accounts, password } from "./stage.mjs";
import { Visitor, fact } from "./teller.mjs";

export async function misuse(browser, stage) {
  const firm = await Visitor.come(browser, stage);
  await firm.signIn(accounts.firm, password);
  await twice(firm);
  await strangers(browser, stage, firm);
  await bulk(browser, stage);
  await workbook(browser, stage);
  await firm.leave();
}

async function token(visitor) {
  return visitor.page.locator("input[name=_csrf]").first().inputValue();
}

/** Two submissions of one form are one case. */
async function twice(firm) {
  await firm.go("/portal");
  const csrf = await token(firm);
  const code = await (async () => {
    await firm.go("/portal/file/enterprise-request");
    await firm.page.click("form[action^='/portal/file/'] button >> nth=-1");
    return firm.page.inputValue("#f-enterprise");
  })();
  const form = { _csrf: csrf, _once: `twice-${Date.now()}`, enterprise: code, types: "labour", title: "车间招不到熟练工",
    description: "我司车间缺普工二十名，多次招聘未能招满，希望协助对接。", contact_name: "李四", contact_phone: "13900139000" };
  const send = () => firm.context.request.post("/portal/file/enterprise-request/all", { form, maxRedirects: 0 });
  const [first, second] = await Promise.all([send(), send()]);
  fact(first.status() === 303 && first.headers().location === second.headers().location, `${firm.name}: a form sent twice at once is one case`,
    `${first.status()} ${first.headers().location} / ${second.status()} ${second.headers().location}`);
  const foreign = await firm.context.request.post("/portal/file/enterprise-request/all", { form: { ...form, _csrf: "0".repeat(32), _once: "x" }, maxRedirects: 0 });
  fact(foreign.status() === 403, `${firm.name}: a form without this session's token is refused`, String(foreign.status()));
  const cross = await firm.context.request.post("/portal/file/enterprise-request/all", { form, headers: { Origin: "https://elsewhere.example" }, maxRedirects: 0 });
  fact(cross.status() === 403, `${firm.name}: a form from another site is refused`, String(cross.status()));
  firm.matter = first.headers().location?.replace("receipt", "matter");
}

/** Another firm does not see it, and is told whose it is; nobody is asked to sign in. */
async function strangers(browser, stage, firm) {
  const other = await Visitor.come(browser, stage);
  await other.signIn(accounts.other, password);
  fact((await other.go(firm.matter)) === 403, `${other.name}: another firm's matter is not shown`);
  await other.sound("not yours");
  await other.leave();
  const nobody = await Visitor.come(browser, stage);
  await nobody.go(firm.matter);
  fact(nobody.page.url().includes("/sign-in?next="), `${nobody.name}: nobody signed in is asked to sign in, and comes back`);
  await nobody.leave();
}

/** Several cases at once: chosen, previewed, done; keyboard too. */
async function bulk(browser, stage) {
  const dispatcher = await Visitor.come(browser, stage);
  const { page } = dispatcher;
  await dispatcher.signIn(accounts.dispatcher, password);
  await dispatcher.go("/work?procedure=enterprise-request&state=filed");
  if (stage.scripts && stage.width > 600) {
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    fact((await page.locator("tbody input:checked").count()) === 1, `${dispatcher.name}: j and x select a row`);
  } else {
    await page.locator("tbody input[type=checkbox]").first().check();
  }
  await page.click("[data-acts]");
  await dispatcher.sound("bulk: choose the act");
  await page.click("button[name=_act][value='enterprise-request/accept']");
  await dispatcher.sound("bulk: the form");
  await page.click("button[name=_step][value=preview]");
  await dispatcher.says("每一件都会记入", "the preview shows what each case will say");
  await dispatcher.sound("bulk: preview");
  await page.click("button[name=_step][value=do]");
  await dispatcher.says("办成 1 件", "the bulk act is done");
  await dispatcher.sound("bulk: done");
  await dispatcher.leave();
}

/** A credit code (GB 32100-2015) for a made-up firm of its own on each stage: the same row twice would be no news. */
function creditCode(body) {
  const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const sum = [...body].reduce((sum, letter, at) => sum + letters.indexOf(letter) * (3 ** at % 31), 0);
  return body + letters[(31 - (sum % 31)) % 31];
}

/** A register from a CSV in GBK with a bad row: previewed, marked, imported without it. */
async function workbook(browser, stage) {
  const registrar = await Visitor.come(browser, stage);
  const { page } = registrar;
  await registrar.signIn(accounts.registrar, password);
  await registrar.go("/work/import/enterprises");
  const good = creditCode(`91350100M${stage.width === 390 ? "9" : "8"}${stage.scripts ? "1" : "0"}0100Y4`);
  const bad = good.slice(0, -1) + (good.endsWith("4") ? "5" : "4");
  const gbk = Buffer.concat([
    Buffer.from([0xc6, 0xf3, 0xd2, 0xb5, 0xc3, 0xfb, 0xb3, 0xc6, 0x2c]), // 企业名称,
    Buffer.from([0xcd, 0xb3, 0xd2, 0xbb, 0xc9, 0xe7, 0xbb, 0xe1, 0xd0, 0xc5, 0xd3, 0xc3, 0xb4, 0xfa, 0xc2, 0xeb, 0x0a]), // 统一社会信用代码
    Buffer.from([0xca, 0xd4, 0xd1, 0xe9, 0xb3, 0xa7]), Buffer.from(`,${good}\n`), // 试验厂
    Buffer.from([0xbb, 0xb5, 0xd0, 0xd0]), Buffer.from(`,${bad}\n`), // 坏行
  ]);
  await page.setInputFiles("#file", { name: "企业.csv", mimeType: "text/csv", buffer: gbk });
  await page.click("main form .buttons button");
  await registrar.says("第 2 步", "the file is read and previewed, not written");
  await registrar.says("还没有写入", "the preview says that nothing is written");
  await registrar.sound("import: preview");
  fact((await page.locator("tr.bad").count()) > 0, `${registrar.name}: the wrong check digit is named`);
  await page.click("button[name=how][value=skip]");
  await registrar.says("已写入 1 行", "the good row is written, the bad one skipped");
  await registrar.sound("import: result");
  await registrar.leave();
}
