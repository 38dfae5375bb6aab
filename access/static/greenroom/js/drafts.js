// What was typed into a form outlives a sign-in that expired: <form data-draft> is kept in this tab
// while its page is left, and filled in again when the next page that this person sees is the
// same one, after a page for signing in. Anyone else finds nothing. Without it, it is lost.
"use strict";

(() => {
  const KEY = "draft";
  const { person, sayRestored } = document.body.dataset;
  const form = document.querySelector("form[data-draft]");
  const draft = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  const typed = () => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  if (person) {
    sessionStorage.removeItem(KEY);
    if (form && draft?.lost && draft.person === person && draft.path === location.pathname) {
      fill(new Map(draft.typed));
    }
  } else if (draft) {
    // Nobody is signed in: what was sent last did not arrive.
    sessionStorage.setItem(KEY, JSON.stringify({ ...draft, lost: true }));
  }
  if (!form || !person) return;

  const shown = draft?.lost ? null : typed();
  window.addEventListener("pagehide", () => {
    const now = typed();
    if (same(now, shown)) return;
    const kept = { person, path: location.pathname, typed: now };
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  });

  // The version that this person saw comes back too: a change by somebody else meanwhile is told
  // when they save, as it would have been.
  function fill(values) {
    for (const input of form.elements) {
      if (!input.name || input.name === "csrfmiddlewaretoken") continue;
      if (input.type === "radio") input.checked = values.get(input.name) === input.value;
      else if (input.type === "checkbox") input.checked = values.has(input.name);
      else if (values.has(input.name)) input.value = values.get(input.name);
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    const told = document.createElement("div");
    told.className = "toast info";
    told.append(Object.assign(document.createElement("p"), { textContent: sayRestored }));
    document.getElementById("messages")?.append(told);
  }
})();
