// Runs a draw again from its proof file alone, in plain JavaScript: the same rules as the command, with no code of it.
// The format is docs/formats/draw.md. Nothing here touches a page or the network.
import { hex, hmac, sha256, unhex } from "./sha256.js";

const encoder = new TextEncoder();
const utf8 = (text) => encoder.encode(text);
const digest = (text) => hex(sha256(utf8(text)));
const last = (list) => list[list.length - 1];

// --- shape: what a proof consists of; anything else is no proof ---
const text = (v) => typeof v === "string";
const count = (v) => Number.isSafeInteger(v) && v >= 0;
const list = (of) => (v) => Array.isArray(v) && v.every(of);
const record = (must, may = {}) => (v) =>
  v !== null && typeof v === "object" && !Array.isArray(v) &&
  Object.keys(must).every((name) => Object.hasOwn(v, name) && must[name](v[name])) &&
  Object.keys(v).every((name) => Object.hasOwn(must, name) || (Object.hasOwn(may, name) && may[name](v[name])));
const either = (...shapes) => (v) => shapes.some((shape) => shape(v));
const both = record({ zh: text, en: text });
const exclusion = record({ label: text, reason: text });
const place = record({ target: text, stratum: text, position: text, inspectors: list(text) });
const mark = record({ seq: count, leaf_hash: text });
const kind = either(
  record({ witness: record({ digits: count, commitment: text }) }),
  record({ lottery: record({ name: text, issue: text, groups: list(record({ from: count, to: count, take: count })), at: text }) }),
  record({ drand: record({ chain: text, round: count, at: text }) }),
);
const inspectorPool = record({
  on: text, per_target: count, excluded: list(exclusion),
  pool: list(record({ label: text, card: record({ number: text, from: text, until: text }), areas: list(text), recused: list(text) })),
}, { team: count });
const snapshot = record({
  id: text, title: both, organ: text, fixed: text, code: text, excluded: list(exclusion),
  rule: either((v) => v === "quotas" || v === "per_mille_rounded_up", record({ largest_remainder: record({ total: count }) })),
  strata: list(record({ id: text, title: both, share: count })),
  targets: list(record({ label: text, stratum: text }, { area: text })),
  sources: list(record({ id: text, holder: text, kind })),
}, { inspectors: inspectorPool });
const isProof = record({
  format: text, snapshot, snapshot_hash: text, code: text, key: text, hash: text,
  reveals: list(record({ source: text, value: text }, { salt: text })),
  result: record({ team: list(record({ label: text, position: text })), places: list(place) }),
  substitutions: list(record({
    of: either(record({ target: record({ label: text }) }), record({ inspector: record({ label: text }, { target: text }) })),
    cause: text, at: text, by: list(place),
  })),
}, { recorded: record({}, { snapshot: mark, commitments: list(mark), seed: mark, result: mark, substitutions: list(mark) }) });

/** Canonical JSON (RFC 8785 with integers and ASCII names only). */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

// --- what texts may be ---
const isHash = (v) => /^[0-9a-f]{64}$/.test(v);
const fits = (v) => v.length <= 200 && (v.length <= 66 || utf8(v).length <= 200);
const isLabel = (v) => v !== "" && fits(v) && !/[\u0000-\u001f\u007f-\u009f]|^[ \u3000]|[ \u3000]$/.test(v);
const isText = (v) => /[^\u0000-\u0020\u007f-\u00a0\u3000]/.test(v);
function isDate(v) {
  if (!/^\d{4}-\d\d-\d\d$/.test(v)) return false;
  const [year, month, day] = v.split("-").map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return year >= 1 && year <= 9998 && day >= 1 && day <= days;
}
const isMoment = (v) => /^.{10}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}\+08:00$/.test(v) && isDate(v.slice(0, 10));

// --- how many of each risk class ---
/** Whole numbers for each stratum, or the name of what cannot be met. */
function quotas(rule, strata, sizes) {
  if (rule.largest_remainder) return apportioned(BigInt(rule.largest_remainder.total), strata.map(({ share }, at) => BigInt(share) * sizes[at]), sizes) ?? "total";
  const asked = strata.map(({ share }, at) => (rule === "quotas" ? BigInt(share) : (BigInt(share) * sizes[at] + 999n) / 1000n));
  const over = asked.findIndex((number, at) => number > sizes[at]);
  return over < 0 ? asked : strata[over].id;
}

function apportioned(total, parts, sizes) {
  const seats = parts.map(() => null);
  for (;;) {
    const left = total - seats.reduce((sum, seat) => sum + (seat ?? 0n), 0n);
    if (left < 0n) return null;
    const open = parts.map((_, at) => at).filter((at) => seats[at] === null);
    const sum = open.reduce((all, at) => all + parts[at], 0n);
    if (sum === 0n) return left === 0n ? seats.map((seat) => seat ?? 0n) : null;
    const rows = open.map((at) => ({ at, seat: (left * parts[at]) / sum, rest: (left * parts[at]) % sum }));
    const more = left - rows.reduce((given, { seat }) => given + seat, 0n);
    const byRest = [...rows].sort((a, b) => (a.rest > b.rest ? -1 : a.rest < b.rest ? 1 : 0));
    for (const row of byRest.slice(0, Number(more))) row.seat += 1n;
    const over = rows.filter(({ at, seat }) => seat > sizes[at]);
    for (const { at, seat } of over.length > 0 ? over : rows) seats[at] = over.length > 0 ? sizes[at] : seat;
    if (over.length === 0) return seats.map((seat) => seat ?? 0n);
  }
}

function sizesOf({ strata, targets }) {
  const sizes = new Map();
  for (const { stratum } of targets) sizes.set(stratum, (sizes.get(stratum) ?? 0n) + 1n);
  return strata.map(({ id }) => sizes.get(id) ?? 0n);
}

// --- sources ---
const publicAt = ({ kind }) => (kind.lottery ?? kind.drand)?.at;

function groupBits({ from, to, take }) {
  const span = BigInt(to >= from ? to - from : 0) + 1n;
  let ways = 1n;
  for (let at = 0n; at < BigInt(Math.min(take, 20)); at += 1n) ways = (ways * (span > at ? span - at : 0n)) / (at + 1n);
  return ways > 0n ? ways.toString(2).length - 1 : 0;
}

function bits({ kind: { witness, lottery } }) {
  if (witness) return Number((BigInt(witness.digits) * 3321928n) / 1000000n);
  return lottery ? lottery.groups.reduce((sum, group) => sum + groupBits(group), 0) : 256;
}

function isSound({ kind: { witness, lottery, drand } }) {
  if (witness) return witness.digits >= 6 && witness.digits <= 40 && isHash(witness.commitment);
  if (drand) return isHash(drand.chain) && drand.round > 0;
  const sound = ({ from, to, take }) => from <= to && to < 1000 && to - from < 100 && take >= 1 && take <= 20 && take <= to - from + 1;
  return isLabel(lottery.name) && isLabel(lottery.issue) && lottery.groups.length >= 1 && lottery.groups.length <= 10 && lottery.groups.every(sound);
}

function takes({ kind: { witness, lottery } }, value) {
  if (witness) return /^\d*$/.test(value) && value.length === witness.digits;
  if (!lottery) return isHash(value);
  if (!value.endsWith("/")) return false;
  const written = value.slice(0, -1).split("/");
  return written.length === lottery.groups.length && written.every((group, at) => {
    const { from, to, take } = lottery.groups[at];
    if (!group.endsWith(".")) return false;
    const numbers = group.slice(0, -1).split(".");
    return numbers.length === take && numbers.every((number, n) =>
      /^(0|[1-9]\d*)$/.test(number) && Number(number) >= from && Number(number) <= to && (n === 0 || Number(numbers[n - 1]) < Number(number)));
  });
}

function checkSources({ sources, fixed, organ }, hold) {
  let publicBegan = false;
  sources.forEach((source, at) => {
    hold(isLabel(source.id), "label", source.id);
    hold(!sources.slice(0, at).some(({ id }) => id === source.id), "twice", source.id);
    hold(isLabel(source.holder) && isSound(source), "sources.kind", source.id);
    const moment = publicAt(source);
    if (moment === undefined) hold(!publicBegan, "sources.last", source.id);
    else {
      publicBegan = true;
      hold(isMoment(moment), "moment", moment);
      hold(moment > fixed, "sources.last", source.id);
    }
  });
  hold(publicBegan, "sources.last", last(sources)?.id ?? "");
  hold(new Set(sources.map(({ holder }) => holder).filter((holder) => holder !== organ)).size >= 2, "sources.single", "");
  const sum = (some) => some.reduce((all, source) => all + bits(source), 0);
  for (const [held, least] of [[sum(sources), 64], [sum(sources.filter((source) => publicAt(source) !== undefined)), 20]])
    hold(held >= least, "sources.short", `${held} < ${least}`);
}

function checkReveals({ id, sources }, reveals, hold) {
  sources.forEach((source, at) => {
    const reveal = reveals[at];
    if (reveal?.source !== source.id) return hold(false, "reveal", source.id);
    hold(takes(source, reveal.value), "value", source.id);
    const { witness } = source.kind;
    if (witness && reveal.salt !== undefined) {
      hold(isHash(reveal.salt), "value", source.id);
      const ours = digest(`guiju/draw/commitment/v1\n${id}\n${source.id}\n${reveal.value}\n${reveal.salt}\n`);
      hold(ours === witness.commitment, "commitment", source.id);
    } else hold(!witness && reveal.salt === undefined, "value", source.id);
  });
  for (const extra of reveals.slice(sources.length)) hold(false, "reveal", extra.source);
}

// --- the pool ---
function unique(labels, excluded, hold) {
  const seen = new Set();
  for (const label of [...labels, ...excluded.map(({ label }) => label)]) {
    hold(isLabel(label), "label", label);
    hold(!seen.has(label), "twice", label);
    seen.add(label);
  }
  for (const { label, reason } of excluded) hold(isText(reason), "reason", label);
}

const carded = ({ card }, day) => card.from <= day && day < card.until;
const able = (one, day, area) => carded(one, day) && (area === undefined || one.areas.includes(area));
const recusalsOf = (pool) => new Set(pool.flatMap(({ label, recused }) => recused.map((target) => `${target}\t${label}`)));

function checkInspectors({ on, per_target: needed, team, pool }, targets, hold) {
  hold(isDate(on), "moment", on);
  hold(needed > 0, "plan", "per_target");
  hold(team === undefined || team >= needed, "plan", "team");
  for (const { label, card } of pool) {
    hold(isLabel(card.number), "label", card.number);
    for (const date of [card.from, card.until]) hold(isDate(date), "moment", date);
    hold(card.from < card.until, "card", label);
  }
  const recusals = recusalsOf(pool);
  const byArea = new Map();
  for (const { label, area } of targets) {
    if (!byArea.has(area)) byArea.set(area, pool.filter((one) => able(one, on, area)));
    let free = 0;
    for (const one of byArea.get(area)) {
      if (free >= needed) break;
      if (!recusals.has(`${label}\t${one.label}`)) free += 1;
    }
    hold(free >= needed, "pairs", label);
  }
}

function checkSnapshot(pool, hold) {
  hold(isLabel(pool.id), "label", pool.id);
  hold(isLabel(pool.organ), "label", pool.organ);
  hold(isMoment(pool.fixed), "moment", pool.fixed);
  hold(isHash(pool.code), "code", "");
  unique(pool.targets.map(({ label }) => label), pool.excluded, hold);
  if (pool.inspectors) unique(pool.inspectors.pool.map(({ label }) => label), pool.inspectors.excluded, hold);
  for (const { area } of pool.targets) if (area !== undefined) hold(isLabel(area), "label", area);
  const known = new Set();
  for (const { id } of pool.strata) {
    hold(isLabel(id), "label", id);
    hold(!known.has(id), "twice", id);
    known.add(id);
  }
  for (const { label, stratum } of pool.targets) hold(known.has(stratum), "stratum", label);
  const counts = quotas(pool.rule, pool.strata, sizesOf(pool));
  if (typeof counts === "string") hold(false, "plan", counts);
  else hold(counts.some((number) => number > 0n), "plan", "0");
  if (pool.inspectors) checkInspectors(pool.inspectors, pool.targets, hold);
  checkSources(pool, hold);
}

// --- the draw itself ---
/** HKDF-Extract with the code as salt, then HKDF-Expand of one block for each label, then sorted. */
class Drawing {
  constructor(pool, key) {
    this.pool = pool;
    const expand = hmac(key);
    this.position = (label) => hex(expand(utf8(`${label}\u0001`)));
    this.order = this.sorted(pool.targets, ({ label }) => `target\t${label}`);
    this.inspectors = this.sorted(pool.inspectors?.pool ?? [], ({ label }) => `inspector\t${label}`);
    this.team = this.inspectors.filter(({ of }) => carded(of, pool.inspectors.on)).slice(0, pool.inspectors?.team);
    this.members = new Set(this.team.map(({ of }) => of.label));
    this.recusals = recusalsOf(pool.inspectors?.pool ?? []);
  }

  sorted(some, label) {
    const placed = some.map((of) => ({ of, position: this.position(label(of)) }));
    return placed.sort((a, b) => (a.position < b.position ? -1 : a.position > b.position ? 1 : 0));
  }

  outcome(hold) {
    const counts = quotas(this.pool.rule, this.pool.strata, sizesOf(this.pool));
    const left = new Map(this.pool.strata.map(({ id }, at) => [id, counts[at]]));
    const places = [];
    for (const { of, position } of this.order) {
      if (!(left.get(of.stratum) > 0n)) continue;
      left.set(of.stratum, left.get(of.stratum) - 1n);
      const found = this.place(position, of, new Set());
      if (!found) return hold(false, "pairs", of.label);
      places.push(found);
    }
    return { team: this.team.map(({ of, position }) => ({ label: of.label, position })), places };
  }

  place(position, target, barred) {
    const inspectors = this.crew(target, this.pool.inspectors?.per_target ?? 0, [], barred);
    return inspectors && { target: target.label, stratum: target.stratum, position, inspectors };
  }

  /** `barred` holds labels of inspectors, and target and inspector joined by a tab. */
  crew(target, needed, standing, barred) {
    if (needed === 0) return [];
    const may = ({ of }) => {
      const pair = `${target.label}\t${of.label}`;
      return able(of, this.pool.inspectors.on, target.area) && !this.recusals.has(pair) && !barred.has(pair) && !barred.has(of.label) && !standing.includes(of.label);
    };
    const free = this.inspectors.filter(may);
    const team = free.filter(({ of }) => this.members.has(of.label)).map(({ of }) => of);
    const pairs = this.sorted(team, ({ label }) => `pairing\t${target.label}\t${label}`);
    const called = free.filter(({ of }) => !this.members.has(of.label));
    const crew = [...pairs, ...called].slice(0, needed).map(({ of }) => of.label);
    return crew.length === needed ? crew : null;
  }
}

/** The result as substitutions change it. */
class Roster {
  constructor(drawing, places) {
    Object.assign(this, { drawing, used: new Set(places.map(({ target }) => target)), barred: new Set(), standing: [...places] });
  }

  /** The new places, or the code of what does not hold. */
  substitute({ target, inspector }) {
    if (target) {
      const at = this.standing.findIndex((place) => place.target === target.label);
      if (at < 0) return "substitute.of";
      const { stratum } = this.standing[at];
      for (const { of, position } of this.drawing.order) {
        if (of.stratum !== stratum || this.used.has(of.label)) continue;
        const found = this.drawing.place(position, of, this.barred);
        return found ? [this.put(at, found)] : "substitute.none";
      }
      return "substitute.none";
    }
    const stands = (place) => place.inspectors.includes(inspector.label) && (inspector.target === undefined || place.target === inspector.target);
    const places = this.standing.map((_, at) => at).filter((at) => stands(this.standing[at]));
    if (places.length === 0) return "substitute.of";
    this.barred.add(inspector.target === undefined ? inspector.label : `${inspector.target}\t${inspector.label}`);
    const by = [];
    for (const at of places) {
      const before = this.standing[at];
      const target = this.drawing.pool.targets.find(({ label }) => label === before.target);
      const crew = this.drawing.crew(target, 1, before.inspectors, this.barred);
      if (!crew) return "substitute.none";
      by.push(this.put(at, { ...before, inspectors: before.inspectors.map((label) => (label === inspector.label ? crew[0] : label)) }));
    }
    return by;
  }

  put(at, place) {
    this.used.add(place.target);
    this.standing[at] = place;
    return place;
  }
}

// --- comparing ---
const same = (a, b) => canonical(a) === canonical(b);

function compare(ours, theirs, hold) {
  hold(ours.places.length === theirs.places.length, "places", String(ours.places.length));
  ours.places.slice(0, theirs.places.length).forEach((our, at) => {
    const their = theirs.places[at];
    if (our.target !== their.target) hold(false, "place", our.target);
    else if (our.stratum !== their.stratum || our.position !== their.position) hold(false, "position", our.target);
    else hold(same(our.inspectors, their.inspectors), "inspectors", our.target);
  });
  ours.team.forEach((member, at) => hold(theirs.team[at] !== undefined && same(member, theirs.team[at]), "team", member.label));
  for (const extra of theirs.team.slice(ours.team.length)) hold(false, "team", extra.label);
}

function checkCauses({ snapshot, substitutions }, hold) {
  let latest = snapshot.sources.map(publicAt).filter((at) => at !== undefined).sort().pop() ?? "";
  substitutions.forEach(({ cause, at }, number) => {
    hold(isText(cause), "substitute.cause", String(number + 1));
    hold(isMoment(at) && at >= latest, "substitute.time", String(number + 1));
    if (at > latest) latest = at;
  });
}

function checkRecorded({ recorded, substitutions }, hold) {
  if (!recorded) return;
  const one = (mark) => (mark ? [mark] : []);
  const before = [...one(recorded.snapshot), ...(recorded.commitments ?? [])];
  const after = [...one(recorded.seed), ...one(recorded.result), ...(recorded.substitutions ?? [])];
  before.forEach(({ seq }, at) => hold(!before.slice(0, at).some((other) => other.seq === seq), "recorded", String(seq)));
  let latest = before.reduce((most, { seq }) => Math.max(most, seq), -1);
  for (const { seq } of after) {
    hold(seq > latest, "recorded", String(seq));
    latest = Math.max(latest, seq);
  }
  for (const mark of [...before, ...after]) hold(isHash(mark.leaf_hash), "recorded", mark.leaf_hash);
  hold((recorded.substitutions ?? []).length <= substitutions.length, "recorded", "substitutions");
}

function key({ reveals, code }, snapshotHash) {
  const lines = reveals.map(({ source, value, salt }) => `${[source, value, ...(salt === undefined ? [] : [salt])].join("\t")}\n`);
  return hmac(unhex(code))(utf8(`guiju/draw/seed/v1\n${snapshotHash}\n${lines.join("")}`));
}

/** Sizes first, so that no file keeps a browser busy for ever. */
function checkSize({ snapshot: { targets, strata, sources, rule, inspectors }, substitutions, recorded }, hold) {
  const [pool, again] = [inspectors?.pool.length ?? 0, substitutions.length];
  const areas = new Set(targets.map(({ area }) => area).filter((area) => area !== undefined));
  const bounds = [["targets", targets.length, 1000000], ["inspectors", pool, 10000], ["per_target", inspectors?.per_target ?? 0, 20], ["areas", areas.size, 200],
    ["strata", strata.length, 100], ["sources", sources.length, 16], ["substitutions", again, 1000], ["commitments", recorded?.commitments?.length ?? 0, 100]];
  for (const [what, size, most] of bounds) hold(size <= most, "size", `${what} ${size} > ${most}`);
  if (bounds.some(([, size, most]) => size > most)) return;
  const counts = quotas(rule, strata, sizesOf({ strata, targets }));
  const drawn = typeof counts === "string" ? 0 : Number(counts.reduce((sum, number) => sum + number, 0n));
  for (const [what, size, most] of [["pairings", drawn * pool * (again + 1), 50000000], ["scanned", targets.length * again, 100000000]])
    hold(size <= most, "size", `${what} ${size} > ${most}`);
}

function verify(proof, hold, found) {
  checkSize(proof, hold);
  if (found.length > 0) return {};
  hold(proof.format === "guiju/draw/v1", "version", proof.format);
  checkSnapshot(proof.snapshot, hold);
  const snapshotHash = digest(`guiju/draw/snapshot/v1\n${canonical(proof.snapshot)}`);
  hold(snapshotHash === proof.snapshot_hash, "snapshot.hash", "");
  hold(isHash(proof.code) && hex(sha256(unhex(proof.code))) === proof.snapshot.code, "code", "");
  checkReveals(proof.snapshot, proof.reveals, hold);
  let shown = {};
  if (found.length === 0) {
    const made = key(proof, snapshotHash);
    hold(hex(made) === proof.key, "key", "");
    const drawing = new Drawing(proof.snapshot, made);
    const outcome = drawing.outcome(hold);
    if (outcome) {
      compare(outcome, proof.result, hold);
      const roster = new Roster(drawing, outcome.places);
      proof.substitutions.forEach(({ of, by }, number) => {
        const ours = roster.substitute(of);
        if (typeof ours === "string") hold(false, ours, String(number + 1));
        else hold(same(ours, by), "substitute.by", String(number + 1));
      });
      shown = { order: drawing.order.map(({ of, position }) => ({ label: of.label, stratum: of.stratum, position })), standing: roster.standing };
    }
  }
  checkCauses(proof, hold);
  checkRecorded(proof, hold);
  const { hash, ...rest } = proof;
  hold(digest(`guiju/draw/proof/v1\n${canonical(rest)}`) === hash, "hash", "");
  return shown;
}

/**
 * Reads and verifies the bytes of a proof file. Gives `{ unread: true }` for what is no proof, else `{ proof, mismatches: [[code, at]],
 * order, standing }`; the draw holds when there is no mismatch.
 */
export function examine(bytes) {
  let written;
  let proof;
  try {
    written = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    proof = JSON.parse(written);
  } catch {
    return { unread: true };
  }
  if (!isProof(proof)) return { unread: true };
  const mismatches = [];
  if (`${canonical(proof)}\n` !== written) mismatches.push(["text", ""]);
  const found = [];
  const shown = verify(proof, (holds, code, at) => void (holds || found.push([code, at])), found);
  return { proof, mismatches: [...mismatches, ...found], ...shown };
}
