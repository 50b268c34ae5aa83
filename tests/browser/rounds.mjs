// Every page, walked through by whoever may see it, in both languages: no serious fault, nothing wider than its window.
import { accounts, password } from "./stage.mjs";
import { Visitor, fact } from "./teller.mjs";

const OPEN = ["/", "/sign-in", "/portal", "/portal?q=贷款", "/portal?q=没有这种事", "/public", "/public/statistics", "/public/figure/requests.platform.accepted",
  "/public/publications", "/public/publications?kind=licence&year=2024", "/public/publications?q=没有这家企业", "/public/publication/0",
  "/public/verify", "/draw", "/public/ledger", "/public/complain", "/licences", "/no-such-page"];
const WALKS = [
  ["firm", ["/portal", "/portal/matters", "/portal/officer", "/portal/file/enterprise-request", "/work", "/portal/matter/1"]],
  ["dispatcher", ["/work", "/work?band=overdue", "/work/dispatch", "/work/search?q=贷款", "/work/search?q=zzzz", "/work/registers", "/work/open/enterprise-request/file_for", "/lead"]],
  ["handler", ["/work", "/work?mine=1", "/work?procedure=enterprise-request", "/work/dispatch"]],
  ["registrar", ["/work", "/work/registers", "/work/register/enterprises", "/work/register/enterprises?q=电子", "/work/register/enterprises/new", "/work/register/service-assignments", "/work/import", "/work/import/enterprises"]],
  ["publisher", ["/work", "/work/publications"]],
  ["monitor1", ["/work/radio", "/work/radio/spectrum", "/work/radio/occupancy?channels=raster&low=98&high=100", "/work/radio/findings", "/work/radio/spectrum?from=2024-02-30"]],
  ["leader", ["/work/publications", "/lead", "/lead/report", "/lead/figure/requests.platform.completed", "/lead/figure/requests.platform.completion_rate", "/work"]],
];

export async function rounds(browser, stage) {
  const visitor = await Visitor.come(browser, stage);
  for (const path of OPEN) await look(visitor, path, "anybody");
  await published(visitor);
  await visitor.leave();
  for (const [who, paths] of WALKS) {
    const walker = await Visitor.come(browser, stage);
    await walker.signIn(accounts[who] ?? who, password);
    for (const path of paths) await look(walker, path, who);
    await details(walker, who);
    await walker.leave();
  }
}

/** The public list leads to each record, without signing in, and to its file. */
async function published(visitor) {
  const { page } = visitor;
  await visitor.go("/public");
  await page.click("nav a[href='/public/publications']");
  const lines = await page.locator("tbody tr").count();
  fact(lines > 0, `${visitor.name}: what the year published stands on the public list`, String(lines));
  for (const code of ["licence", "inspection", "penalty"]) {
    await visitor.go("/public/publications");
    await page.selectOption("#kind", code);
    await page.click("form.filters button");
    fact(page.url().includes(`kind=${code}`), `${visitor.name}: the list is filtered by ${code}`, page.url());
    const first = page.locator("tbody a").first();
    if (!(await first.count())) continue;
    const title = (await first.textContent()).trim();
    await first.click();
    await visitor.says(title, `the record of a ${code} opens`);
    await visitor.sound(`record of a ${code}`);
  }
  const file = await page.request.get(`${visitor.base}/public/publications.csv`);
  const rows = (await file.text()).trim().split("\n").length - 1;
  fact(file.ok() && rows >= Math.min(lines, 50), `${visitor.name}: the list can be taken along`, `${file.status()}, ${rows} rows`);
}

async function look(visitor, path, who) {
  for (const [lang, code] of [["zh", "zh-CN"], ["en", "en"]]) {
    const status = await visitor.go(`${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
    fact(status < 500, `${visitor.name}: ${who} ${path} answers`, String(status));
    const spoken = await visitor.page.getAttribute("html", "lang");
    fact(spoken === code, `${visitor.name}: ${path} says which language it speaks`, spoken);
    await visitor.sound(`${who} ${path} ${lang}`);
  }
  await visitor.go("/licences?lang=zh");
}

/** The first case and the first entry that this person finds. */
async function details(walker, who) {
  const { page } = walker;
  if (who === "firm") {
    await walker.go("/portal/matters");
    const first = page.locator(".matters a").first();
    if (await first.count()) {
      await first.click();
      await walker.sound(`${who} first matter`);
    }
  } else if (who === "registrar") {
    await walker.go("/work/register/enterprises");
    await page.locator("tbody a").first().click();
    await walker.sound("entry of a register");
    await page.click("summary >> nth=0");
    await walker.sound("entry of a register, form open");
  } else if (who !== "leader") {
    await walker.go("/work?band=overdue");
    const first = page.locator("tbody a").first();
    if (await first.count()) {
      await first.click();
      await walker.sound(`${who} first overdue case`);
      await page.click("a[href$='/law']");
      await walker.sound("procedure and law of a case");
    }
  }
}
