// Keeps the values of <form data-draft> in this tab when the user leaves the page. The script fills
// them in again when the same user returns to the same page after a sign-in that had expired, or
// after the user saved preferences.
"use strict";

(() => {
  const KEY = "draft";
  const { person, sayRestored, sayKept } = document.body.dataset;
  const form = document.querySelector("form[data-draft]");
  const draft = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  const LEFT_OUT = ["csrfmiddlewaretoken", "show_zone"];
  const typed = () => [...new FormData(form)].filter(([name]) => !LEFT_OUT.includes(name));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  if (person) {
    sessionStorage.removeItem(KEY);
    if (form && draft?.lost && draft.person === person && draft.path === location.pathname) {
      fill(new Map(draft.typed));
    }
  } else if (draft) {
    // No user is signed in, so the server did not accept the last request.
    sessionStorage.setItem(KEY, JSON.stringify({ ...draft, lost: true }));
  }
  if (!form || !person) return;

  const shown = draft?.lost || form.hasAttribute("data-unsaved") ? null : typed();
  let isKept = false;
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-preferences]") || event.defaultPrevented) return;
    isKept = true;
    form.dispatchEvent(new Event("draft:kept"));
  });
  window.addEventListener("pagehide", () => {
    const now = typed();
    if (same(now, shown)) return;
    const kept = { person, path: location.pathname, typed: now, lost: isKept, isKept };
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  });

  // The version of the room comes back too: the server still detects a change by another user.
  function fill(values) {
    const zone = form.elements.zone?.value;
    for (const input of form.elements) {
      if (!input.name || LEFT_OUT.includes(input.name)) continue;
      if (input.type === "radio") input.checked = values.get(input.name) === input.value;
      else if (input.type === "checkbox") input.checked = values.has(input.name);
      else if (values.has(input.name)) input.value = values.get(input.name);
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    const told = document.createElement("div");
    told.className = "toast info";
    const textContent = draft.isKept ? sayKept : sayRestored;
    told.append(Object.assign(document.createElement("p"), { textContent }));
    document.getElementById("messages")?.append(told);
    // The times of the draft are those of its zone: the server shows them in the one of the page.
    const show = () => form.querySelector("[name=rezone]")?.click();
    // htmx is ready then.
    if (zone !== form.elements.zone?.value) document.addEventListener("DOMContentLoaded", show);
  }
})();
