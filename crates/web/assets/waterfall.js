// Spectrum and waterfall of one receiver. Levels come in tiles, reduced by the server to what the screen shows; nothing is computed here
// but colours, peaks and places. Where nothing was measured, hatching is drawn, never a low level.
const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese, english) => (zh ? chinese : english);

const HOLE = -32768;
const STEPS_PER_DB = 4;
const ZONE = 8 * 3600e3;
const LEFT = 58;
const TOP = 40;
const FOOT = 22;
/** Height of the spectrum above the waterfall, as a share of the plot. */
const SHARE = 0.36;
const NARROWEST_HZ = 1e3;
const SHORTEST_MS = 60e3;
const COLOURS = [[13, 20, 48], [38, 62, 120], [32, 116, 132], [76, 163, 104], [196, 196, 72], [250, 240, 190]];

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
const two = (number) => String(number).padStart(2, "0");
/** A moment in Beijing: `2024-12-04 08:30`. */
function minute(ms) {
  const at = new Date(ms + ZONE);
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}
const mhz = (hz) => (hz / 1e6).toFixed(4);
/** The colour of a level between 0 and 1. */
function colour(share) {
  const at = clamp(share, 0, 1) * (COLOURS.length - 1);
  const first = Math.min(Math.floor(at), COLOURS.length - 2);
  return COLOURS[first].map((part, n) => Math.round(part + (COLOURS[first + 1][n] - part) * (at - first)));
}
/** Round numbers in a range. */
function ticks(low, high, about) {
  const rough = (high - low) / about;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * ten).find((one) => one >= rough) ?? rough;
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9 && found.length < 40; at += step) found.push(at);
  return found;
}

class Waterfall {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector(".waterfall__plot");
    this.legend = root.querySelector(".waterfall__legend");
    this.read = root.querySelector(".waterfall__read");
    this.list = root.querySelector(".waterfall__marks");
    this.here = root.querySelector("[data-here]");
    const of = root.dataset;
    this.whole = { from: Number(of.from), until: Number(of.until), low: Number(of.low), high: Number(of.high) };
    this.view = { ...this.whole };
    this.assigned = [...document.querySelectorAll("[data-assigned]")].map((row) => ({ low: Number(row.dataset.low), high: Number(row.dataset.high), name: row.dataset.assigned, href: row.querySelector("a")?.href }));
    this.found = [...document.querySelectorAll("[data-mark]")].map((item) => ({ hz: Number(item.dataset.mark), name: item.textContent, href: item.querySelector("a")?.href }));
    this.marks = [];
    this.cursor = null;
    this.tile = null;
    this.peak = -1;
    this.pointers = new Map();
    this.hatch = this.hatched();
    this.listen();
    new ResizeObserver(() => this.sized()).observe(this.canvas);
    this.sized();
  }

  // --- places ---
  sized() {
    const box = this.canvas.getBoundingClientRect();
    if (box.width < 10) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.width = box.width;
    this.height = box.height;
    this.canvas.width = Math.round(box.width * ratio);
    this.canvas.height = Math.round(box.height * ratio);
    this.pen = this.canvas.getContext("2d");
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.split = TOP + (this.height - TOP - FOOT) * SHARE;
    this.draw();
    this.ask();
  }
  x(hz) { return LEFT + ((hz - this.view.low) / (this.view.high - this.view.low)) * (this.width - LEFT); }
  y(ms) { return this.split + ((ms - this.view.from) / (this.view.until - this.view.from)) * (this.height - FOOT - this.split); }
  hz(x) { return this.view.low + ((x - LEFT) / (this.width - LEFT)) * (this.view.high - this.view.low); }
  ms(y) { return this.view.from + ((y - this.split) / (this.height - FOOT - this.split)) * (this.view.until - this.view.from); }

  // --- data ---
  ask(soon = 0) {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.load(), soon);
  }
  async load() {
    this.abort?.abort();
    this.abort = new AbortController();
    const view = { ...this.view };
    const w = clamp(Math.round(this.width - LEFT), 16, 1400);
    const h = clamp(Math.round(this.height - FOOT - this.split), 16, 800);
    const query = new URLSearchParams({ station: this.root.dataset.station, receiver: this.root.dataset.receiver, from: minute(view.from), until: minute(view.until),
      low: (view.low / 1e6).toFixed(6), high: (view.high / 1e6).toFixed(6), w, h });
    try {
      const answer = await fetch(`/work/radio/tile?${query}`, { signal: this.abort.signal });
      if (!answer.ok || !answer.headers.has("x-width")) throw new Error(String(answer.status));
      const [width, height, pending] = ["x-width", "x-height", "x-pending"].map((name) => Number(answer.headers.get(name)));
      const bytes = new DataView(await answer.arrayBuffer());
      const levels = Int16Array.from({ length: bytes.byteLength / 2 }, (_, at) => bytes.getInt16(at * 2, true));
      const cells = width * height;
      this.tile = { view, width, height, levels: levels.subarray(0, cells), mean: levels.subarray(cells, cells + width), most: levels.subarray(cells + width, cells + 2 * width), unit: answer.headers.get("x-unit"), pending };
      this.scaled();
      this.painted();
      this.root.dataset.ready = String(pending === 0);
      this.draw();
      if (pending > 0) this.ask(700);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      this.said(say("频谱数据没有取到，请检查网络后重试", "The spectra could not be loaded; check the network and try again"));
    }
  }
  /** The range of the colours: from the middle of the noise to nearly the strongest. */
  scaled() {
    const all = this.tile.levels.filter((level) => level !== HOLE).sort();
    const at = (share) => all[Math.floor((all.length - 1) * share)];
    if (all.length === 0) this.range = [-100, 0];
    else this.range = [Math.floor(at(0.1) / STEPS_PER_DB), Math.max(Math.ceil(at(0.998) / STEPS_PER_DB), Math.floor(at(0.1) / STEPS_PER_DB) + 10)];
  }
  /** The tile as a picture; holes stay clear, so that the hatching behind them shows. */
  painted() {
    const { width, height, levels } = this.tile;
    const picture = document.createElement("canvas");
    picture.width = width;
    picture.height = height;
    const pen = picture.getContext("2d");
    const image = pen.createImageData(width, height);
    const [low, high] = this.range;
    const table = Array.from({ length: 256 }, (_, n) => colour(n / 255));
    for (let at = 0; at < levels.length; at += 1) {
      if (levels[at] === HOLE) continue;
      const shade = table[clamp(Math.round(((levels[at] / STEPS_PER_DB - low) / (high - low)) * 255), 0, 255)];
      image.data.set([shade[0], shade[1], shade[2], 255], at * 4);
    }
    pen.putImageData(image, 0, 0);
    this.tile.picture = picture;
    this.legended();
  }
  level(hz, ms) {
    const { view, width, height, levels, mean, most } = this.tile ?? {};
    if (!view) return null;
    const column = Math.floor(((hz - view.low) / (view.high - view.low)) * width);
    if (column < 0 || column >= width) return null;
    if (ms === null) return most[column] === HOLE ? null : { mean: mean[column] / STEPS_PER_DB, most: most[column] / STEPS_PER_DB };
    const row = Math.floor(((ms - view.from) / (view.until - view.from)) * height);
    if (row < 0 || row >= height) return null;
    const level = levels[row * width + column];
    return level === HOLE ? null : { most: level / STEPS_PER_DB };
  }
  peaks() {
    const { view, width, mean } = this.tile;
    const sorted = mean.filter((level) => level !== HOLE).sort();
    const floor = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const reach = Math.max(2, Math.round(width / 200));
    const found = [];
    for (let at = 0; at < width; at += 1) {
      if (mean[at] === HOLE || mean[at] < floor + 4 * STEPS_PER_DB) continue;
      const around = mean.subarray(Math.max(0, at - reach), at + reach + 1);
      if (around.every((level) => level <= mean[at]) && !(found.at(-1)?.column >= at - reach)) found.push({ column: at, level: mean[at] });
    }
    return found.sort((one, other) => other.level - one.level).map(({ column }) => view.low + ((column + 0.5) / width) * (view.high - view.low));
  }

  // --- drawing ---
  hatched() {
    const cell = document.createElement("canvas");
    cell.width = 8;
    cell.height = 8;
    const pen = cell.getContext("2d");
    pen.fillStyle = "#efebe2";
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = "#b9b2a3";
    pen.beginPath();
    for (const shift of [-8, 0, 8]) { pen.moveTo(shift, 8); pen.lineTo(shift + 8, 0); }
    pen.stroke();
    return cell;
  }
  draw() {
    if (!this.pen) return;
    const { pen } = this;
    pen.clearRect(0, 0, this.width, this.height);
    pen.font = "12px sans-serif";
    pen.fillStyle = pen.createPattern(this.hatch, "repeat");
    pen.fillRect(LEFT, TOP, this.width - LEFT, this.height - FOOT - TOP);
    this.drawTile();
    this.drawLine();
    this.drawAxes();
    this.drawAssigned();
    this.drawMarks();
    this.here.href = `/work/radio/spectrum?${new URLSearchParams({ station: this.root.dataset.station, receiver: this.root.dataset.receiver, from: minute(this.view.from), until: minute(this.view.until), low: mhz(this.view.low), high: mhz(this.view.high) })}`;
  }
  drawTile() {
    const { pen, tile } = this;
    if (!tile?.picture) return;
    pen.save();
    pen.beginPath();
    pen.rect(LEFT, this.split, this.width - LEFT, this.height - FOOT - this.split);
    pen.clip();
    pen.imageSmoothingEnabled = false;
    const [x, y] = [this.x(tile.view.low), this.y(tile.view.from)];
    pen.drawImage(tile.picture, x, y, this.x(tile.view.high) - x, this.y(tile.view.until) - y);
    pen.restore();
  }
  drawLine() {
    const { pen, tile } = this;
    if (!tile) return;
    const [low, high] = this.levels();
    const y = (db) => this.split - 4 - ((db - low) / (high - low)) * (this.split - 4 - TOP);
    const step = (this.x(tile.view.high) - this.x(tile.view.low)) / tile.width;
    const x = (column) => this.x(tile.view.low) + step * column;
    pen.save();
    pen.beginPath();
    pen.rect(LEFT, TOP, this.width - LEFT, this.split - TOP);
    pen.clip();
    pen.fillStyle = "#fffefb";
    for (let at = 0; at < tile.width; at += 1) if (tile.most[at] !== HOLE) pen.fillRect(x(at) - 0.5, TOP, step + 1, this.split - TOP);
    for (const [line, shade] of [[tile.most, "#c7835f"], [tile.mean, "#1f4e8c"]]) {
      pen.strokeStyle = shade;
      pen.beginPath();
      let open = false;
      for (let at = 0; at < tile.width; at += 1) {
        if (line[at] === HOLE) { open = false; continue; }
        const place = [x(at + 0.5), y(line[at] / STEPS_PER_DB)];
        if (open) pen.lineTo(...place); else pen.moveTo(...place);
        open = true;
      }
      pen.stroke();
    }
    pen.restore();
    pen.fillStyle = "#54626c";
    pen.textAlign = "right";
    for (const db of ticks(low, high, 4)) pen.fillText(String(Math.round(db)), LEFT - 6, y(db) + 4);
    pen.fillText(tile.unit, LEFT - 6, TOP - 8);
  }
  /** The range of the spectrum's axis. */
  levels() {
    const known = [...this.tile.mean, ...this.tile.most].filter((level) => level !== HOLE).map((level) => level / STEPS_PER_DB);
    if (known.length === 0) return [-100, 0];
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return [Math.floor(low / 5) * 5, Math.max(Math.ceil(high / 5) * 5, Math.floor(low / 5) * 5 + 10)];
  }
  drawAxes() {
    const { pen } = this;
    pen.strokeStyle = "#1b2a34";
    pen.strokeRect(LEFT + 0.5, TOP + 0.5, this.width - LEFT - 1, this.height - FOOT - TOP - 1);
    pen.beginPath();
    pen.moveTo(LEFT, this.split);
    pen.lineTo(this.width, this.split);
    pen.stroke();
    pen.fillStyle = "#54626c";
    pen.textAlign = "center";
    const wide = clamp((this.width - LEFT) / 90, 2, 10);
    for (const at of ticks(this.view.low / 1e6, this.view.high / 1e6, wide)) pen.fillText(String(Number(at.toFixed(4))), clamp(this.x(at * 1e6), LEFT + 14, this.width - 20), this.height - 6);
    pen.textAlign = "right";
    const span = this.view.until - this.view.from;
    for (let part = 0; part <= 4; part += 1) {
      const at = minute(this.view.from + (span * part) / 4);
      const label = span > 3 * 86400e3 ? at.slice(5, 10) : at.slice(11);
      pen.fillText(label, LEFT - 6, clamp(this.y(this.view.from + (span * part) / 4) + 4, this.split + 12, this.height - FOOT));
    }
  }
  drawAssigned() {
    const { pen } = this;
    this.assigned.forEach(({ low, high, name }, n) => {
      const [from, until] = [Math.max(this.x(low), LEFT), Math.min(this.x(high), this.width)];
      if (until <= LEFT || from >= this.width) return;
      const y = 4 + 11 * (n % 3);
      pen.fillStyle = "#1f6f54";
      pen.fillRect(from, y, Math.max(until - from, 2), 8);
      if (until - from > name.length * 12) {
        pen.fillStyle = "#fff";
        pen.font = "9px sans-serif";
        pen.textAlign = "left";
        pen.fillText(name, from + 3, y + 7);
        pen.font = "12px sans-serif";
      }
    });
  }
  drawMarks() {
    const { pen } = this;
    const upright = (hz, shade, dash) => {
      const x = this.x(hz);
      if (x < LEFT || x > this.width) return null;
      pen.strokeStyle = shade;
      pen.setLineDash(dash);
      pen.beginPath();
      pen.moveTo(x, TOP);
      pen.lineTo(x, this.height - FOOT);
      pen.stroke();
      pen.setLineDash([]);
      return x;
    };
    for (const { hz } of this.found) {
      const x = upright(hz, "#b3261e", [2, 3]);
      if (x === null) continue;
      pen.fillStyle = "#b3261e";
      pen.beginPath();
      pen.moveTo(x, TOP);
      pen.lineTo(x - 6, TOP - 9);
      pen.lineTo(x + 6, TOP - 9);
      pen.fill();
    }
    this.marks.forEach(({ hz }, n) => {
      const x = upright(hz, "#8a5a00", []);
      if (x === null) return;
      pen.fillStyle = "#8a5a00";
      pen.textAlign = "left";
      pen.fillText(String(n + 1), x + 3, TOP + 12);
    });
    if (!this.cursor) return;
    upright(this.cursor.hz, "#1b2a34", [1, 2]);
    if (this.cursor.ms === null) return;
    const y = this.y(this.cursor.ms);
    pen.strokeStyle = "#fff";
    pen.beginPath();
    pen.moveTo(LEFT, y);
    pen.lineTo(this.width, y);
    pen.stroke();
  }
  legended() {
    const box = this.legend.getBoundingClientRect();
    this.legend.width = Math.max(Math.round(box.width), 100);
    this.legend.height = 34;
    const pen = this.legend.getContext("2d");
    const width = Math.min(this.legend.width - 170, 420);
    for (let x = 0; x < width; x += 1) {
      pen.fillStyle = `rgb(${colour(x / width).join(" ")})`;
      pen.fillRect(x, 0, 1, 14);
    }
    pen.fillStyle = "#1b2a34";
    pen.font = "12px sans-serif";
    const [low, high] = this.range;
    for (const share of [0, 0.5, 1]) {
      pen.textAlign = share === 0 ? "left" : share === 1 ? "right" : "center";
      pen.fillText(`${Math.round(low + (high - low) * share)} ${this.tile.unit}`, width * share, 30);
    }
    pen.fillStyle = pen.createPattern(this.hatch, "repeat");
    pen.fillRect(width + 16, 0, 24, 14);
    pen.fillStyle = "#1b2a34";
    pen.textAlign = "left";
    pen.fillText(say("没有测到", "not measured"), width + 46, 12);
  }

  // --- what is said ---
  said(text) { if (this.read.textContent !== text) this.read.textContent = text; }
  told({ hz, ms }) {
    const level = this.level(hz, ms);
    const where = `${mhz(hz)} MHz${ms === null ? "" : `　${minute(ms)}`}`;
    if (!level) return `${where}　${say("没有测到", "not measured")}`;
    const mean = level.mean === undefined ? "" : `${say("平均", "mean")} ${level.mean.toFixed(1)}　`;
    const name = this.assigned.find(({ low, high }) => hz >= low && hz < high)?.name;
    return `${where}　${mean}${say("最大", "greatest")} ${level.most.toFixed(1)} ${this.tile.unit}${name ? `　${name}` : ""}`;
  }
  listed() {
    this.list.replaceChildren();
    if (this.marks.length === 0) return;
    const list = document.createElement("ol");
    for (const [n, mark] of this.marks.entries()) {
      const item = document.createElement("li");
      const apart = n > 0 ? `　Δ ${((mark.hz - this.marks[0].hz) / 1e3).toFixed(1)} kHz` : "";
      item.textContent = `${this.told(mark)}${apart}`;
      list.append(item);
    }
    this.list.append(list);
  }

  // --- moving ---
  moved(view, soon = 120) {
    const span = clamp(view.high - view.low, NARROWEST_HZ, this.whole.high - this.whole.low);
    const time = clamp(view.until - view.from, SHORTEST_MS, this.whole.until - this.whole.from);
    const low = clamp(view.low, this.whole.low, this.whole.high - span);
    const from = clamp(view.from, this.whole.from, this.whole.until - time);
    this.view = { low, high: low + span, from, until: from + time };
    this.draw();
    this.ask(soon);
  }
  zoom(factor, { hz, ms } = {}, time = false) {
    const { low, high, from, until } = this.view;
    const at = hz ?? (low + high) / 2;
    const when = ms ?? (from + until) / 2;
    this.moved({ low: at - (at - low) * factor, high: at + (high - at) * factor, from: time ? when - (when - from) * factor : from, until: time ? when + (until - when) * factor : until });
  }
  pan(right, down) {
    const { low, high, from, until } = this.view;
    const [hz, ms] = [(high - low) * right, (until - from) * down];
    this.moved({ low: low + hz, high: high + hz, from: from + ms, until: until + ms });
  }
  point(hz, ms) {
    this.cursor = { hz: clamp(hz, this.view.low, this.view.high), ms: ms === null ? null : clamp(ms, this.view.from, this.view.until) };
    this.said(this.told(this.cursor));
    this.draw();
  }
  nextPeak() {
    if (!this.tile) return;
    const peaks = this.peaks();
    if (peaks.length === 0) { this.said(say("这一段没有明显的峰", "No clear peak here")); return; }
    this.peak = (this.peak + 1) % peaks.length;
    this.point(peaks[this.peak], null);
  }
  mark() {
    if (!this.cursor) this.point((this.view.low + this.view.high) / 2, null);
    this.marks.push({ ...this.cursor });
    this.listed();
    this.draw();
  }
  clear() { this.marks = []; this.peak = -1; this.listed(); this.draw(); }

  does(what) {
    const acts = { in: () => this.zoom(0.5, this.cursor ?? {}), out: () => this.zoom(2, this.cursor ?? {}), all: () => this.moved({ ...this.whole }), peak: () => this.nextPeak(), mark: () => this.mark(), clear: () => this.clear() };
    acts[what]?.();
  }
  listen() {
    for (const button of this.root.querySelectorAll("[data-do]")) button.addEventListener("click", () => this.does(button.dataset.do));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const at = this.place(event);
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, at, event.shiftKey);
    }, { passive: false });
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, event);
      this.still = true;
    });
    this.canvas.addEventListener("pointermove", (event) => this.dragged(event));
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, (event) => this.released(event));
  }
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return { x, y, hz: this.hz(x), ms: y > this.split ? this.ms(y) : null };
  }
  dragged(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) { const { hz, ms } = this.place(event); this.point(hz, ms); return; }
    const [other] = [...this.pointers.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
    this.pointers.set(event.pointerId, event);
    const [right, down] = [event.clientX - before.clientX, event.clientY - before.clientY];
    if (Math.abs(right) + Math.abs(down) > 2) this.still = false;
    if (other) {
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      this.zoom(apart(before) / Math.max(apart(event), 1), this.place(other), true);
    } else if (!this.still) this.pan(-right / (this.width - LEFT), -down / (this.height - FOOT - this.split));
  }
  released(event) {
    const one = this.pointers.delete(event.pointerId);
    if (!one || !this.still || event.type === "pointercancel" || this.pointers.size > 0) return;
    const { x, y, hz, ms } = this.place(event);
    const found = this.found.find((mark) => Math.abs(this.x(mark.hz) - x) < 8 && y < TOP);
    const bar = y < TOP && this.assigned.find(({ low, high }) => hz >= low && hz < high);
    if (found?.href ?? bar?.href) { location.assign(found?.href ?? bar.href); return; }
    this.point(hz, ms);
    this.mark();
  }
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const does = { "+": "in", "=": "in", "-": "out", "0": "all", p: "peak", Enter: "mark", x: "clear" };
    if (arrows[event.key]) {
      const [right, down] = arrows[event.key];
      if (event.shiftKey) this.pan(right * 0.1, down * 0.1);
      else {
        const { hz, ms } = this.cursor ?? { hz: (this.view.low + this.view.high) / 2, ms: null };
        const step = (this.view.until - this.view.from) / 100;
        const when = down === 0 ? ms : (ms ?? this.view.from) + down * step;
        this.point(hz + (right * (this.view.high - this.view.low)) / 200, when);
      }
    } else if (does[event.key]) this.does(does[event.key]);
    else return;
    event.preventDefault();
  }
}

for (const root of document.querySelectorAll("[data-waterfall]")) new Waterfall(root);
