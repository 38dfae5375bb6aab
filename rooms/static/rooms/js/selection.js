// The selected rooms: this tab keeps them while the user searches, sorts, turns pages or opens a room.
"use strict";

(() => {
  const KEY = "selection";
  const { person } = document.body.dataset;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const find = (selector) => document.querySelector(selector);

  // `step` is how far a bulk edit of these rooms has come: "edit" at its form, "preview" once the form
  // was sent. `job` is its job.
  const nothing = () => ({ person, ids: [], step: "", job: "" });
  let kept, ids;

  function read() {
    kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (kept?.person !== person) kept = nothing();
    ids = new Set(kept.ids);
  }

  function keep() {
    kept.ids = [...ids];
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  }

  // --- The selection ends when its bulk edit was applied.
  const form = find("form[data-bulk]");
  form?.addEventListener("submit", () => {
    if (kept.step) kept.step = "preview";
    keep();
  });

  function followJob() {
    const job = find("[data-job]")?.dataset;
    if (job && kept.step === "preview") kept.job = job.job;
    kept.step = form && kept.step ? "edit" : "";
    if (job && "applied" in job && kept.job === job.job) kept = nothing();
    ids = new Set(kept.ids);
    keep();
  }

  // --- The list: boxes, and the bar below them.
  const boxes = () => all("#selection input[name=ids]");
  let last = null;

  function show() {
    const bar = find("#bar");
    if (!bar) return;
    for (const box of boxes()) box.checked = ids.has(box.value);
    const shown = boxes().filter((box) => box.checked).length;
    const some = ids.size > 0;
    bar.hidden = !some && boxes().length === 0;
    bar.classList.toggle("some", some);
    bar.querySelector("[data-count]").textContent = told(bar.dataset, shown);
    bar.querySelector("[data-edit-selected]").disabled = !some;
    bar.querySelector("[data-pick-none]").hidden = !some;
    const page = find("[data-pick-page]");
    if (!page) return;
    page.checked = shown > 0 && shown === boxes().length;
    page.indeterminate = shown > 0 && !page.checked;
  }

  function told(words, shown) {
    const hidden = ids.size - shown;
    if (ids.size >= Number(words.most)) return words.full;
    if (hidden > 0) return words.hidden.replace("%d", ids.size).replace("%d", hidden);
    if (shown === 0) return words.none;
    return (shown === 1 ? words.one : words.some).replace("%d", shown);
  }

  function pick(list, checked) {
    const most = Number(find("#bar").dataset.most);
    for (const box of list) {
      if (!checked) ids.delete(box.value);
      else if (ids.size < most) ids.add(box.value);
    }
    keep();
    show();
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-page]")) pick(boxes(), event.target.checked);
    else if (event.target.matches("#selection input[name=ids]")) {
      pick([event.target], event.target.checked);
    }
  });

  // Shift selects all rows from the last selected one to this one.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-pick-none]")) {
      ids.clear();
      pick([], false);
    }
    const box = event.target.closest("#selection input[name=ids]");
    if (!box) return;
    const list = boxes();
    const [here, there] = [list.indexOf(box), list.indexOf(last)];
    if (event.shiftKey && there >= 0) {
      const [from, to] = [Math.min(here, there), Math.max(here, there)];
      pick(list.slice(from, to + 1), box.checked);
    }
    last = box;
  });
  // A click with shift would also select the text between.
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest("#selection .pick")) event.preventDefault();
  });

  // The form sends the rooms that are not shown, too.
  document.addEventListener("formdata", (event) => {
    if (event.target.id !== "selection") return;
    const isAll = event.formData.has("all");
    event.formData.delete("ids");
    if (!isAll) event.formData.set("ids", [...ids].join(","));
    kept.step = isAll ? "" : "edit";
    keep();
  });

  // --- The browser may show a page again without loading it, after another one has changed the selection.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    read();
    show();
  });
  for (const name of ["htmx:afterSettle", "htmx:historyRestore"]) {
    document.addEventListener(name, show);
  }
  read();
  followJob();
  show();
})();
