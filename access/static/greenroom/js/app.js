// Menus, keys and messages of every page. Each page also works without this script.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // --- Send the time zone of the browser, unless the user has chosen one.
  if (document.body.hasAttribute("data-find-zone")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    // Once in a session: a server that does not know the zone keeps UTC.
    if (zone && zone !== "UTC" && !sessionStorage.getItem("zone")) {
      sessionStorage.setItem("zone", zone);
      const name = document.body.dataset.findZone;
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `${name}=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
      // A reload would empty a form that the user fills in.
      if (!document.querySelector("form[data-keep]")) location.reload();
    }
  }

  // --- Buttons that dismiss, open or close something, on every page.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss], [data-open], [data-close]");
    if (!button) {
      for (const menu of all("details.menu[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
      return;
    }
    if (button.hasAttribute("data-dismiss")) button.closest(".toast")?.remove();
    if (button.dataset.open === "shortcuts") showShortcuts();
    else if (button.dataset.open) document.getElementById(button.dataset.open)?.showModal();
    if (button.hasAttribute("data-close")) button.closest("dialog")?.close();
  });
  document.addEventListener("change", (event) => {
    event.target.closest("form[data-submit-on-change]")?.requestSubmit();
  });
  // Enter in a field is a change, which sends the form already.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("form[data-submit-on-change] input")) return;
    event.preventDefault();
    event.target.blur();
  });

  // --- Time zones: the 500 names are loaded when a field for one is used. A choice from the list
  // counts at once, not when the field is left.
  document.addEventListener("focusin", (event) => {
    const list = event.target.list;
    if (!list?.dataset.load) return;
    const url = list.dataset.load;
    delete list.dataset.load;
    fetch(url)
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((options) => {
        list.innerHTML = options;
      })
      .catch(() => {
        list.dataset.load = url;
      });
    event.target.select();
  });
  document.addEventListener("input", (event) => {
    const chosen = event.inputType === "insertReplacementText" || event.inputType === undefined;
    if (event.target.list && chosen) event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // --- Preferences: a page with entries that no draft keeps is not left.
  const edited = (form) =>
    [...form.elements].some((input) =>
      input.matches("[type=checkbox], [type=radio]")
        ? input.checked !== input.defaultChecked
        : "defaultValue" in input && input.type !== "hidden" && input.value !== input.defaultValue,
    );
  const isKept = (form) => form.hasAttribute("data-keep") || edited(form);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-preferences]")) return;
    if (!all("main form[method=post]:not([data-draft]), #content-main form[method=post]").some(isKept)) return;
    event.preventDefault();
    fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).then(() => {
      const note = form.querySelector("[role=status]") ?? document.createElement("p");
      note.setAttribute("role", "status");
      note.textContent = form.dataset.sayKept;
      form.append(note);
    });
  });

  // --- Keys. An element names its key: <a data-shortcut="g r">. The key clicks a link or button,
  // and focuses a field or a button that sends a form: no key changes anything by itself. Users can switch keys off (WCAG 2.1.4).
  const on = () => localStorage.getItem("shortcuts") !== "off";
  const typing = (target) =>
    target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;
  let typed = "";

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      return;
    }
    if (undoes(event)) {
      event.preventDefault();
      document.getElementById("undo").requestSubmit();
      return;
    }
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    if (modified || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") return showShortcuts();
    if (!on() || event.key.length !== 1) return;
    typed = `${typed} ${event.key}`.trim().split(" ").slice(-2).join(" ");
    const target = named(typed) || named(event.key);
    if (!target) return;
    event.preventDefault();
    typed = "";
    // A button sends a form unless it has another type, wherever it stands.
    const sends = target.type === "submit";
    const field = target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
    if (sends || field) target.focus();
    else target.click();
  });
  // Ctrl Z undoes the last change, Ctrl Shift Z or Ctrl Y redoes it; in a field they are the browser's.
  function undoes(event) {
    const kind = document.getElementById("undo")?.dataset.undo;
    const key = event.key.toLowerCase();
    const wanted = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" && "undo";
    const held = (event.ctrlKey || event.metaKey) && !event.altKey;
    return held && on() && wanted === kind && !typing(event.target);
  }
  const named = (keys) => document.querySelector(`[data-shortcut="${CSS.escape(keys)}"]`);

  function showShortcuts() {
    const dialog = document.getElementById("shortcuts");
    if (!dialog) return;
    const list = dialog.querySelector("[data-shortcut-list]");
    for (const old of all("[data-made]", list)) old.remove();
    for (const target of all("[data-shortcut]")) list.append(...described(target));
    dialog.querySelector("[data-shortcut-switch]").checked = on();
    dialog.showModal();
  }

  function described(target) {
    const keys = document.createElement("dt");
    for (const key of target.dataset.shortcut.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      keys.append(cap, " ");
    }
    const what = document.createElement("dd");
    what.textContent =
      target.getAttribute("aria-label") || target.title || target.textContent || target.name;
    keys.dataset.made = what.dataset.made = "";
    return [keys, what];
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-shortcut-switch]")) return;
    localStorage.setItem("shortcuts", event.target.checked ? "on" : "off");
  });

  // --- A message for each request of htmx that failed.
  const say = (text) => {
    const toast = document.createElement("div");
    toast.className = "toast error";
    toast.append(Object.assign(document.createElement("p"), { textContent: text }));
    document.getElementById("messages")?.replaceChildren(toast);
  };
  const words = document.body.dataset;
  document.body.addEventListener("htmx:sendError", () => say(words.sayOffline));
  document.body.addEventListener("htmx:responseError", () => say(words.sayError));
})();
