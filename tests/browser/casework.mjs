// What officers do in the stories, as people do it: open a case, open an act's form, fill it in, press its button, read the answer.
import { password } from "./stage.mjs";
import { Visitor, fact } from "./teller.mjs";

/** Whoever is needed, each in a window of their own, signed in when they first come. */
export class Cast {
  constructor(browser, stage) {
    Object.assign(this, { browser, stage, visitors: new Map() });
  }

  async be(account) {
    if (!this.visitors.has(account)) {
      const visitor = await Visitor.come(this.browser, this.stage);
      await visitor.signIn(account, password);
      this.visitors.set(account, visitor);
    }
    return this.visitors.get(account);
  }

  /** The site moves so many days on; sessions have ended by then. */
  async later(days) {
    await this.leave();
    await this.stage.clock.later(days);
  }

  async leave() {
    for (const visitor of this.visitors.values()) await visitor.leave();
    this.visitors.clear();
  }
}

/** Anybody reads on the public site what was published of this case: found by its firm, and what must not be there is not. */
export async function standsInPublic(cast, path, firm, says, hidden) {
  const visitor = await Visitor.come(cast.browser, cast.stage);
  const record = path.replace("/work/case/", "/public/publication/");
  await visitor.go("/public/publications");
  await visitor.page.fill("#q", firm);
  await visitor.page.click("form.filters button");
  const link = visitor.page.locator(`tbody a[href='${record}']`);
  fact((await link.count()) === 1, `${visitor.name}: ${record} stands on the public list`);
  await visitor.sound(`public list by the firm of ${record}`);
  await link.click();
  for (const words of says) await visitor.says(words, `${record} says ${words}`);
  const text = await visitor.text();
  for (const words of hidden) fact(!text.includes(words), `${visitor.name}: ${record} does not say ${words}`);
  await visitor.sound(`public record ${record}`);
  await visitor.leave();
}

/** What waits to be published is on the officers' list, or is on it no more. */
export async function owed(visitor, path, waits) {
  await visitor.go("/work");
  await visitor.page.click("nav a[href='/work/publications']");
  const found = await visitor.page.locator(`tbody a[href='${path}']`).count();
  fact(found === (waits ? 1 : 0), `${visitor.name}: ${path} ${waits ? "waits" : "waits no more"} to be published`, String(found));
  await visitor.sound("what waits to be published");
}

/** Fills in a form by the names of its fields; `_with` names those who act together. */
export async function fillIn(page, answers) {
  for (const [name, value] of Object.entries(answers)) {
    if (name === "_with") {
      for (const account of value) await page.check(`input[name=_with][value="${account}"]`);
      continue;
    }
    const field = page.locator(`main [name="${name}"]`);
    const kind = await field.first().evaluate((node) => (node.tagName === "SELECT" ? "select" : node.type));
    if (kind === "select") await field.selectOption(value);
    else if (kind === "radio") await page.check(`main [name="${name}"][value="${value}"]`);
    else if (kind === "checkbox") await field.first().setChecked(value);
    else await field.fill(value);
  }
}

const send = (page) => page.click("main form[method=post]:not([action='/sign-out']) .buttons button");

/** Opens a case by an act such as `inspection/propose`; gives its address. */
export async function open(visitor, act, answers) {
  await visitor.go("/work");
  await visitor.page.click(`a[href='/work/open/${act}']`);
  await fillIn(visitor.page, answers);
  await visitor.sound(`form of ${act.replace("/", " ")}`);
  await send(visitor.page);
  await visitor.says("已办", `${act} opens a case`);
  await visitor.sound(`case opened by ${act.replace("/", " ")}`);
  return new URL(visitor.page.url()).pathname;
}

/** The same, refused: nothing is opened. */
export async function notOpened(visitor, act, answers, no) {
  await visitor.go(`/work/open/${act}`);
  await fillIn(visitor.page, answers);
  await send(visitor.page);
  await isRefused(visitor, act, no);
}

/** Opens an act from the case file, fills it in and does it. */
export async function act(visitor, path, name, answers = {}) {
  await visitor.go(path);
  await visitor.page.click(`main a[href$='/act/${name}']`);
  await fillIn(visitor.page, answers);
  await visitor.sound(`form of ${name}`);
  await send(visitor.page);
  await visitor.says("已办", `${name} is done`);
}

/** Tries an act that its form still offers. */
export async function refused(visitor, path, name, answers, no) {
  await visitor.go(`${path}/act/${name}`);
  await fillIn(visitor.page, answers);
  await send(visitor.page);
  await isRefused(visitor, name, no);
}

/** An act that is not possible now has no form to send; its page and the case file say why. */
export async function impossible(visitor, path, name, no) {
  await visitor.go(`${path}/act/${name}`);
  fact((await visitor.page.locator("main form .buttons button").count()) === 0, `${visitor.name}: ${name} offers no form`);
  await isRefused(visitor, name, no);
  await visitor.go(path);
  const list = visitor.page.locator(".panel:has(h2:text(\"现在可以办\")) details.cannot");
  await list.locator("summary").click();
  fact((await list.innerText()).includes(no.rule), `${visitor.name}: the case file says why ${name} is not possible`);
}

/** The page names the rule and the article, and the article's link leads to where it stands. */
async function isRefused(visitor, name, { rule, statute, article }) {
  const refusal = visitor.page.locator(".refusal[role=alert]");
  const said = (await refusal.count()) ? await refusal.innerText() : "";
  fact(said.includes(rule), `${visitor.name}: ${name} is refused by ${rule}`, said || (await visitor.text()).slice(0, 300));
  const link = refusal.locator(`a[href='/law/statute/${statute}#a-${article}']`);
  const cited = (await link.count()) ? await link.innerText() : "";
  fact(cited.startsWith("《") && cited.endsWith(`第${article}条`), `${visitor.name}: the refusal of ${name} names ${statute} ${article}`, said);
  await visitor.sound(`refusal of ${name} by ${rule}`);
  const law = await visitor.context.request.get(`/law/statute/${statute}`);
  fact((await law.text()).includes(`id="a-${article}"`), `${visitor.name}: ${statute} ${article} can be read`);
}
