// What scripts add: speed, never meaning. Every form and link here works without this file.
import { CharacterCount, ErrorSummary, createAll } from "./govuk-frontend.js";

const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese, english) => (zh ? chinese : english);

createAll(ErrorSummary);
createAll(CharacterCount, {
  i18n: zh
    ? {
        charactersUnderLimit: { other: "还可以写 %{count} 个字" },
        charactersAtLimit: "已写满",
        charactersOverLimit: { other: "超出 %{count} 个字" },
        textareaDescription: { other: "最多 %{count} 个字" },
      }
    : {},
});

// A form is sent once: the second click of a double click does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") {
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  }
});

// Drafts save themselves (htmx posts the form a moment after the last key); when that fails, the line beside the button says so.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.body.addEventListener(name, (event) => {
    const line = event.target.closest?.("[data-saves]");
    if (line) line.textContent = say("刚才没有存上，您填写的内容还在本页", "Not saved just now; what you typed is still on this page");
  });
}

// Search as you type among the choices that are already on the page.
for (const box of document.querySelectorAll("[data-narrows]")) {
  const list = document.getElementById(box.dataset.narrows);
  const status = document.getElementById(box.dataset.status);
  const items = [...list.querySelectorAll("[data-words]")];
  const narrow = () => {
    const wanted = box.value.trim().toLowerCase();
    let shown = 0;
    for (const item of items) {
      const ticked = item.querySelector("input")?.checked;
      const fits = !wanted || item.dataset.words.toLowerCase().includes(wanted);
      item.hidden = !(fits || ticked);
      if (fits) shown += 1;
    }
    if (status) status.textContent = wanted ? say(`找到 ${shown} 项`, `${shown} found`) : "";
  };
  box.addEventListener("input", narrow);
}

// At most so many choices: the rest rest until one is taken back.
for (const list of document.querySelectorAll("[data-most]")) {
  const most = Number(list.dataset.most);
  if (most < 2) continue;
  const ticks = [...list.querySelectorAll("input[type=checkbox]")];
  const settle = () => {
    const full = ticks.filter((tick) => tick.checked).length >= most;
    for (const tick of ticks) tick.disabled = full && !tick.checked;
  };
  list.addEventListener("change", settle);
  settle();
}

// A file that is too large is refused before it travels; dropped files go into the input.
for (const input of document.querySelectorAll("input[type=file]")) {
  const note = document.getElementById(`${input.id}-note`);
  const check = () => {
    const most = Number(input.dataset.maxBytes || 0);
    const large = [...input.files].find((file) => most && file.size > most);
    if (note) note.textContent = large ? say(`「${large.name}」超过大小上限，不会上传`, `“${large.name}” is over the size limit and will not be sent`) : "";
    if (large) input.value = "";
  };
  input.addEventListener("change", check);
  const zone = input.closest(".drop");
  if (!zone) continue;
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("drop--over"); });
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("drop--over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
    check();
  });
}

// Lists by keyboard: j and k move, x selects, Enter opens, a goes to the acts.
const list = document.querySelector("[data-keys]");
if (list) {
  const rows = [...list.querySelectorAll("tbody tr")];
  let at = -1;
  const move = (to) => {
    rows[at]?.classList.remove("cursor");
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows[at]?.classList.add("cursor");
    rows[at]?.querySelector("a")?.focus({ preventScroll: true });
    rows[at]?.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "j") move(at + 1);
    else if (event.key === "k") move(at - 1);
    else if (event.key === "x" && rows[at]) rows[at].querySelector("input[type=checkbox]")?.click();
    else if (event.key === "a") (rows[at]?.querySelector("[data-accept]") ?? document.querySelector("[data-acts]"))?.click();
    else return;
    event.preventDefault();
  });
}
const all = document.querySelector("[data-tick-all]");
if (all) all.addEventListener("change", () => {
  for (const tick of document.querySelectorAll("tbody input[type=checkbox]")) tick.checked = all.checked;
});
