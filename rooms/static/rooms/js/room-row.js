// A row of the list that becomes a form: a click on its capacity or times, or a key, opens it; Escape
// closes it. The form has a <form> in #row-forms, which only users who may change rooms have.
"use strict";

(() => {
  const forms = document.getElementById("row-forms");
  const rowOf = (element) => element?.closest("[data-row]");
  const current = () => rowOf(document.activeElement);
  // The rows as they were, by id.
  const kept = new Map();

  async function edit(row, name) {
    const url = row.querySelector("[data-row-link]").href;
    const { id } = row;
    const before = row.cloneNode(true);
    await htmx.ajax("GET", `${url}/row`, { target: row, swap: "outerHTML" });
    const open = document.getElementById(id);
    if (!open || !("editing" in open.dataset)) return;
    kept.set(id, before);
    const input = open.querySelector(`[name=${name}]`);
    input.focus();
    if (input.type === "number") input.select();
  }

  function cancel(row) {
    const before = kept.get(row.id);
    row.replaceWith(before);
    tidy();
    before.querySelector("[data-row-link]").focus();
  }

  // A form whose row is closed has only its token.
  function tidy() {
    for (const form of forms?.children ?? []) {
      const row = form.id.replace("edit-", "row-");
      if (document.getElementById(row)?.dataset.editing !== undefined) continue;
      kept.delete(row);
      form.remove();
    }
  }

  document.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    if (event.target.closest("[data-cancel-edit]")) return cancel(row);
    if (event.target.closest("[data-menu-row]")) return current()?.querySelector("[data-menu]")?.click();
    const key = event.target.closest("[data-edit-row]");
    const link = event.target.closest("a[data-edit]");
    if (!forms || !(key || link) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const edited = key ? current() : row;
    if (edited && !("editing" in edited.dataset)) edit(edited, link?.dataset.edit ?? "max_members");
  });

  document.addEventListener("keydown", (event) => {
    const row = event.key === "Escape" && event.target.closest("[data-editing]");
    if (row) cancel(row);
  });

  // --- The saved row, or the same form with errors.
  document.addEventListener("htmx:afterSettle", (event) => {
    const row = event.detail.elt;
    if (row.matches?.("[data-editing]")) row.querySelector("[aria-invalid=true]")?.focus();
    tidy();
  });

  // 409: the room's page takes the form over, with all that was typed.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const form = detail.requestConfig.elt;
    if (detail.xhr.status !== 409 || !form.matches("[data-row-form]")) return;
    detail.isError = false;
    form.submit();
  });
})();
