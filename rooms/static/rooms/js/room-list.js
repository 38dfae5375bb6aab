// The list of rooms: short addresses, keys, and the number of members inside.
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
})();
