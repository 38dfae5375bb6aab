// Parts that change: <div data-refresh="5" hx-trigger="refresh"> is fetched again every five seconds
// while the page is visible. A refresh keeps the focus, open details, the scroll and what the user
// types. htmx gives the focus back by id, so each link, button and summary in a part has one.
"use strict";

(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  let seconds = 0;

  setInterval(() => {
    if (document.visibilityState !== "visible") return;
    seconds += 1;
    for (const part of all("[data-refresh]")) {
      if (seconds % Number(part.dataset.refresh) === 0 && !isUsed(part)) htmx.trigger(part, "refresh");
    }
  }, 1000);

  // A part waits while one of its fields has the focus or unsent text, or its dialog is open.
  function isUsed(part) {
    const fields = all("input:not([type=hidden]), select, textarea, [contenteditable]", part);
    const isChanged = (field) =>
      field.checked !== field.defaultChecked || (field.defaultValue ?? field.value) !== field.value;
    return (
      fields.some((field) => field === document.activeElement || isChanged(field)) ||
      part.querySelector("dialog[open]") !== null
    );
  }

  const isRefresh = (event) =>
    event.detail.elt?.matches("[data-refresh]") && event.detail.target === event.detail.elt;
  const answers = new Map();
  let before = null;

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isRefresh(event)) return;
    const { elt, xhr } = event.detail;
    const address = elt.getAttribute("hx-get");
    // A part with the same content stays, so that selected text stays selected.
    const isSame = answers.get(address) === xhr.responseText;
    answers.set(address, xhr.responseText);
    if (isSame || isUsed(elt)) event.detail.shouldSwap = false;
    // The answer to a request that needs no other.
    if (xhr.status === 286) elt.removeAttribute("data-refresh");
    before = {
      id: elt.id,
      hasFocus: elt.contains(document.activeElement),
      open: all("details[open][id]", elt).map((one) => one.id),
      scrolled: all(".table-scroll", elt).map((one) => one.scrollLeft),
    };
  });

  document.addEventListener("htmx:afterSwap", () => {
    const part = before && document.getElementById(before.id);
    if (!part) return;
    for (const id of before.open) document.getElementById(id)?.setAttribute("open", "");
    all(".table-scroll", part).forEach((one, number) => {
      one.scrollLeft = before.scrolled[number] ?? 0;
    });
    // The element with the focus is gone: the next Tab starts here, not at the top of the page.
    if (before.hasFocus && document.activeElement === document.body) {
      part.tabIndex = -1;
      part.focus({ preventScroll: true });
    }
    before = null;
  });
})();
