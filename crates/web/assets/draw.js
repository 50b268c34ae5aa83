// The page that runs a draw again: the file is read here and never sent. Words come from the page, rules from draw-check.js.
import { examine } from "./draw-check.js";

const MISMATCHES_SHOWN = 20;
const ORDER_SHOWN = 200;
const form = document.querySelector("[data-draw]");
const verdict = document.getElementById("verdict");
const words = document.getElementById("draw-words").content;
const chinese = document.documentElement.lang.startsWith("zh");
const word = (name) => words.querySelector(`[data-word="${name}"]`)?.textContent ?? "";
const sentence = ([code, at]) => (words.querySelector(`[data-code="${code}"]`)?.textContent ?? code).replaceAll("{at}", () => at);
const copied = (name) => document.getElementById(name).content.cloneNode(true);

/** A moment to the minute, as people read it. */
const minute = (moment) => [...moment].slice(0, 16).join("").replace("T", " ");
const named = ({ id, kind: { lottery, drand } }) => (lottery ? `${lottery.name} ${lottery.issue}` : drand ? `drand ${drand.round}` : id);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function refusal(...children) {
  const body = make("div", { class: "govuk-error-summary__body" }, ...children);
  return make("div", { class: "govuk-error-summary" }, make("div", { role: "alert" }, copied("draw-fails"), body));
}

function table(title, heads, rows) {
  if (rows.length === 0) return [];
  const head = make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, word(name))));
  const body = rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, String(cell)))));
  const drawn = make("table", { class: "table" }, make("caption", { class: "vh" }, title), make("thead", {}, head), make("tbody", {}, ...body));
  return [make("h3", { class: "govuk-heading-s section" }, title), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, drawn)];
}

function facts({ snapshot, snapshot_hash: hash, result }) {
  const title = chinese || snapshot.title.en === "" ? snapshot.title.zh : snapshot.title.en;
  const rows = [["draw", `${snapshot.id} ${title}`], ["organ", snapshot.organ], ["fixed", minute(snapshot.fixed)], ["hash", hash],
    ["pool", snapshot.targets.length], ["struck", snapshot.excluded.length], ["drawn", result.places.length]];
  return make("dl", { class: "govuk-summary-list section" }, ...rows.map(([name, value]) => make("div", { class: "govuk-summary-list__row" },
    make("dt", { class: "govuk-summary-list__key" }, word(name)), make("dd", { class: "govuk-summary-list__value wrap" }, String(value)))));
}

function tables({ proof, mismatches, order, standing }) {
  const { snapshot, result, substitutions, reveals } = proof;
  const titles = new Map(snapshot.strata.map(({ id, title }) => [id, chinese || title.en === "" ? title.zh : title.en]));
  const risk = (id) => titles.get(id) ?? id;
  const heads = ["number", "target", "class", "inspectors"];
  const rows = (places) => places.map(({ target, stratum, inspectors }, at) => [at + 1, target, risk(stratum), inspectors.join(" · ")]);
  const replaced = substitutions.map(({ of, by, cause, at }, number) => [number + 1, (of.target ?? of.inspector).label,
    by.map(({ target, inspectors }) => `${target} (${inspectors.join(" · ")})`).join("; "), cause, minute(at)]);
  const all = [...table(word("places"), heads, rows(result.places)), ...table(word("substitutes"), ["number", "of", "by", "cause", "at"], replaced)];
  if (mismatches.length === 0) {
    if (substitutions.length > 0) all.push(...table(word("standing"), heads, rows(standing)));
    const drawn = new Set(result.places.map(({ target }) => target));
    const first = order.slice(0, ORDER_SHOWN);
    const ordered = first.map(({ label, stratum, position }, at) => [at + 1, label, risk(stratum), `${position.slice(0, 12)}…`, drawn.has(label) ? word("yes") : ""]);
    all.push(...table(word("order").replace("{n}", first.length), ["number", "target", "class", "position", "drawn"], ordered));
  }
  const struck = [...snapshot.excluded, ...(snapshot.inspectors?.excluded ?? [])].slice(0, ORDER_SHOWN);
  all.push(...table(word("excluded"), ["candidate", "reason"], struck.map(({ label, reason }) => [label, reason])));
  const said = snapshot.sources.slice(0, reveals.length).map((source, at) => [named(source), source.holder, reveals[at].value]);
  all.push(...table(word("sources"), ["source", "holder", "value"], said));
  return [...all, ...table(word("recorded"), ["entry", "seq", "leaf"], entries(proof.recorded ?? {}))];
}

/** The entries of the ledger that the proof names, in the order that they must have. */
function entries({ commitments = [], snapshot, seed, result, substitutions = [] }) {
  const one = (name, mark) => (mark ? [[name, mark]] : []);
  const all = [...commitments.map((mark) => ["mark.commitment", mark]), ...one("mark.snapshot", snapshot), ...one("mark.seed", seed), ...one("mark.result", result),
    ...substitutions.map((mark) => ["mark.substitution", mark])];
  return all.map(([name, { seq, leaf_hash: leaf }]) => [word(name), seq, leaf]);
}

function show(examined) {
  if (examined.unread) return [refusal(make("p", {}, copied("draw-unread")))];
  const { proof, mismatches } = examined;
  if (mismatches.length === 0) return [make("div", { class: "receipt", role: "status" }, copied("draw-holds")), facts(proof), ...tables(examined)];
  const sentences = mismatches.slice(0, MISMATCHES_SHOWN).map(sentence);
  if (mismatches.length > MISMATCHES_SHOWN) sentences.push(word("more").replace("{n}", mismatches.length - MISMATCHES_SHOWN));
  const list = make("ul", { class: "govuk-list govuk-list--bullet wrap" }, ...sentences.map((text) => make("li", {}, text)));
  return [refusal(list), facts(proof), ...tables(examined)];
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  delete form.dataset.sent;
  const file = form.elements.file.files[0];
  if (!file) {
    verdict.replaceChildren(refusal(make("p", {}, word("choose"))));
    return;
  }
  verdict.replaceChildren(make("p", { class: "govuk-body", role: "status" }, word("working")));
  const bytes = new Uint8Array(await file.arrayBuffer());
  // The browser draws the line above before a large pool keeps it busy.
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  verdict.replaceChildren(...show(examine(bytes)));
  verdict.focus();
});
