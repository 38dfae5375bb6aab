// The list of rooms: short addresses, selected rows, keys, and the number of members inside.
"use strict";

(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const find = (selector) => document.querySelector(selector);

  // --- The address holds the filters, so it names only those that are set.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id !== "filters") return;
    for (const [name, value] of [...event.detail.formData]) {
      if (!value.trim()) event.detail.formData.delete(name);
    }
  });

  // --- Selected rows.
  const boxes = () => all("#selection input[name=ids]");
  let last = null;

  function told() {
    const bar = find("#bar");
    if (!bar) return;
    const picked = boxes().filter((box) => box.checked).length;
    const words = find("#selection").dataset;
    const text = picked === 0 ? words.none : picked === 1 ? words.one : words.some;
    bar.classList.toggle("some", picked > 0);
    bar.querySelector("[data-count]").textContent = text.replace("%d", picked);
    bar.querySelector("[data-edit-selected]").disabled = picked === 0;
    bar.querySelector("[data-pick-none]").hidden = picked === 0;
    const page = find("[data-pick-page]");
    page.checked = picked > 0 && picked === boxes().length;
    page.indeterminate = picked > 0 && !page.checked;
  }

  function pickAll(checked) {
    for (const box of boxes()) box.checked = checked;
    told();
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-page]")) pickAll(event.target.checked);
    else if (event.target.matches("#selection input[name=ids]")) told();
  });

  // Shift selects all rows from the last selected one to this one.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-pick-none]")) pickAll(false);
    const box = event.target.closest("#selection input[name=ids]");
    if (!box) return;
    const list = boxes();
    const [here, there] = [list.indexOf(box), list.indexOf(last)];
    if (event.shiftKey && there >= 0) {
      const [from, to] = [Math.min(here, there), Math.max(here, there)];
      for (const one of list.slice(from, to + 1)) one.checked = box.checked;
      told();
    }
    last = box;
  });
  // A click with shift would also select the text between.
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest("#selection .pick")) event.preventDefault();
  });

  // --- Keys: they move the focus from room to room; Enter follows the link that has the focus.
  const rows = () => all("[data-row]");
  const current = () => document.activeElement?.closest("[data-row]");

  document.addEventListener("click", (event) => {
    const move = event.target.closest("[data-move]");
    if (move) {
      const list = rows();
      const at = list.indexOf(current());
      const next = at < 0 ? 0 : at + Number(move.dataset.move);
      list[Math.max(0, Math.min(next, list.length - 1))]?.querySelector("[data-row-link]").focus();
    } else if (event.target.closest("[data-pick]")) {
      current()?.querySelector("input[name=ids]")?.click();
    }
  });

  // --- Members inside: fetched again while the page is visible, and replaced only when changed.
  const EVERY = 10_000;
  let asked = 0;

  function refresh() {
    const live = find("#live");
    if (!live || document.hidden || !window.htmx) return;
    asked = Date.now();
    window.htmx.trigger(live, "refresh");
  }
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (Date.now() - asked >= EVERY) refresh();
  });

  const ofLive = (event) => event.detail.elt?.id === "live";
  document.addEventListener("htmx:configRequest", (event) => {
    const tag = event.detail.elt.dataset.tag;
    if (ofLive(event) && tag) event.detail.headers["If-None-Match"] = tag;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!ofLive(event)) return;
    const answered = event.detail.xhr.status;
    const note = find("#live-note");
    if (note) note.hidden = answered === 200 || answered === 304;
    if (answered === 200) event.detail.elt.dataset.tag = event.detail.xhr.getResponseHeader("ETag");
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    // A part with the same content stays, so that text which the user has selected stays selected.
    const { target, fragment } = event.detail;
    if (target.closest("[data-row]") && target.innerHTML === fragment.firstElementChild?.innerHTML) {
      event.detail.shouldSwap = false;
    }
  });
  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    // The note is enough; a message every ten seconds would disturb.
    document.addEventListener(name, (event) => ofLive(event) && event.stopPropagation(), true);
  }

  document.addEventListener("htmx:afterSettle", told);
  told();
})();
