// The command palette: finds pages by name. Enter opens a page, and no key changes anything.
// It follows the pattern of a combobox with a list: the focus stays in the field.
"use strict";

(() => {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const field = dialog.querySelector("[role=combobox]");
  const list = dialog.querySelector("[role=listbox]");
  const status = dialog.querySelector("[role=status]");
  const busy = dialog.querySelector(".busy");
  const DELAY = 120;
  let timer = 0;
  let request = null;
  // Enter before the answer opens the first result of the answer.
  let opensFirst = false;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) open();
    else if (event.target === dialog) dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    const held = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!held || event.key.toLowerCase() !== "k") return;
    if (localStorage.getItem("shortcuts") === "off") return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });

  function open() {
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    field.value = "";
    dialog.showModal();
    field.focus();
    ask();
  }
  dialog.addEventListener("close", () => {
    clearTimeout(timer);
    timer = 0;
    opensFirst = false;
    request?.abort();
    show("", "");
  });

  field.addEventListener("input", () => {
    opensFirst = false;
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY);
  });

  // --- The last search wins: a new one cancels the request of the former.
  async function ask() {
    timer = 0;
    request?.abort();
    const mine = (request = new AbortController());
    busy.hidden = false;
    try {
      const query = new URLSearchParams({ q: field.value, at: location.pathname });
      const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
      const answer = await fetch(`${dialog.dataset.url}?${query}`, { headers, signal: mine.signal });
      const signIn = answer.headers.get("HX-Redirect");
      if (signIn) return location.assign(signIn);
      if (!answer.ok && answer.status !== 422) throw new Error(answer.statusText);
      const html = await answer.text();
      if (request === mine) answered(html);
    } catch (fault) {
      if (request === mine && fault.name !== "AbortError") show("", dialog.dataset.sayFailed);
    }
    if (request !== mine) return;
    request = null;
    busy.hidden = true;
  }

  function answered(html) {
    const parts = document.createElement("template");
    parts.innerHTML = html;
    const count = parts.content.querySelector("[data-count]");
    count.remove();
    show(parts.content, count.textContent);
    if (opensFirst) chosen()?.click();
    opensFirst = false;
  }

  function show(results, text) {
    list.replaceChildren(results);
    status.textContent = text;
    choose(options()[0]);
    field.setAttribute("aria-expanded", String(options().length > 0));
  }

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  }

  // --- Keys of the field.
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const all = options();
      choose(all.at((all.indexOf(chosen()) + step) % all.length));
    }
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (timer || request) opensFirst = true;
      else chosen()?.click();
    }
  });
  list.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen()) choose(option);
  });
  // A link to a place of this page does not load another one.
  list.addEventListener("click", (event) => {
    if (event.target.closest("[role=option]") && !event.ctrlKey && !event.metaKey) dialog.close();
  });
})();
