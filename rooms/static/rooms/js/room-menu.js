// The menu of a room: a link with data-menu opens its page as a popover. Without this script, the
// link leads to the page.
"use strict";

(() => {
  const EDGE = 8;
  let menu = null;
  let opener = null;

  function made() {
    if (!menu) {
      menu = document.createElement("div");
      menu.id = "room-menu";
      menu.className = "sheet room-menu";
      menu.popover = "auto";
      document.querySelector("main").append(menu);
    }
    return menu;
  }

  // Below the link, or above it where the window ends.
  function place() {
    const at = opener.getBoundingClientRect();
    const [width, height] = [menu.offsetWidth, menu.offsetHeight];
    const left = Math.max(EDGE, Math.min(at.right - width, innerWidth - width - EDGE));
    const below = at.bottom + height + EDGE < innerHeight || at.top < height + EDGE;
    menu.style.left = `${left + scrollX}px`;
    menu.style.top = `${(below ? at.bottom : at.top - height) + scrollY}px`;
  }

  async function open(link) {
    opener = link;
    opener.focus();
    made().replaceChildren();
    await htmx.ajax("GET", link.href, { target: menu, swap: "innerHTML" });
    if (!menu.childElementCount || opener !== link) return;
    menu.showPopover();
    place();
    menu.querySelector("button:enabled, a")?.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-menu]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });

  // --- In the list, htmx sends the form: a refusal is shown in the menu, a change closes it.
  let sent = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    if (!menu?.contains(detail.requestConfig.elt)) return;
    sent = detail.xhr;
    if (![409, 422].includes(sent.status)) return;
    Object.assign(detail, { shouldSwap: true, isError: false, target: menu, swapOverride: "innerHTML" });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.xhr !== sent) return;
    sent = null;
    if (menu.querySelector("[role=alert]")) return menu.querySelector("[role=alert]").focus();
    menu.hidePopover();
    document.getElementById(opener.closest("[data-row]")?.id)?.querySelector("[data-menu]").focus();
  });

  // --- Copy the id. Browsers have a clipboard only with HTTPS and on this machine.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy-id]");
    if (!button) return;
    const code = button.parentElement.querySelector("code");
    const note = button.parentElement.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(code.textContent);
      note.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(code);
      note.textContent = button.dataset.selected;
    }
  });
})();
