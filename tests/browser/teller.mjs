// Tells stories to chromium and counts what held: a fact that fails does not stop the others.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const tally = { passed: 0, failed: 0 };

export function fact(holds, what, more = "") {
  if (holds) tally.passed += 1;
  else {
    tally.failed += 1;
    console.log(`FAILED  ${what}${more ? `\n        ${more}` : ""}`);
  }
  return holds;
}

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/** A visitor with a window of one width, with or without scripts. */
export class Visitor {
  constructor(context, page, stage) {
    Object.assign(this, { context, page, ...stage });
  }

  static async come(browser, stage) {
    const context = await browser.newContext({
      baseURL: stage.base,
      viewport: { width: stage.width, height: stage.width < 600 ? 844 : 900 },
      javaScriptEnabled: stage.scripts,
      locale: "zh-CN",
      acceptDownloads: true,
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const visitor = new Visitor(context, page, stage);
    if (stage.scripts) {
      page.on("pageerror", (error) => fact(false, `${stage.name}: a script failed`, error.message));
      page.on("console", (line) => {
        if (line.type() === "error" && !/status of (400|401|403|404|409|413|422)/.test(line.text())) fact(false, `${stage.name}: the console complains`, line.text());
      });
    }
    return visitor;
  }

  async signIn(account, password) {
    await this.page.goto("/sign-in");
    await this.page.fill("#account", account);
    await this.page.fill("#password", password);
    await this.page.click("main form[action='/sign-in'] .buttons button");
    await this.page.waitForLoadState();
  }

  async go(path) {
    const answer = await this.page.goto(path);
    return answer.status();
  }

  text() {
    return this.page.locator("main").innerText();
  }

  async says(words, what) {
    const text = await this.text();
    return fact(text.includes(words), `${this.name}: ${what}`, `\`${words}\` is not in: ${text.replace(/\s+/g, " ").slice(0, 300)}`);
  }

  /** The page as it is now has no serious fault and does not run out of its window. */
  async sound(what) {
    if (!this.scripts) return;
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
    });
    fact(found.length === 0, `${this.name}: ${what} has no serious fault (axe)`, found.join("\n        "));
    const over = await this.page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);
    fact(over <= 1, `${this.name}: ${what} fits ${this.width} pixels`, `${over} pixels too wide`);
    if (this.pictures) {
      const file = `${this.pictures}/${this.width}-${what.replace(/[^\p{L}\p{N}]+/gu, "-")}.png`;
      await this.page.screenshot({ path: file, fullPage: true });
    }
  }

  async leave() {
    await this.context.close();
  }
}
